/**
 * The same text in memory of its own: V8 keeps a concatenation as a tree of its parts, and a part of a text together
 * with all of it. Neither should be kept for long.
 */
export function inOnePiece(text: string): string {
  // UTF-8 has no half of a surrogate pair.
  const encoding = text.isWellFormed() ? 'utf8' : 'utf16le';
  return Buffer.from(text, encoding).toString(encoding);
}
