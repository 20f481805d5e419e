/**
 * The same text in memory of its own. V8 keeps a concatenation as a tree of its parts, and a part of a text together
 * with all of it: neither should be kept for long. Surrogates that stand alone become U+FFFD.
 */
export function inOnePiece(text: string): string {
  return Buffer.from(text).toString();
}
