/** What a character can begin or continue, one byte for each of the first 128. */
export const CHAR = { other: 0, space: 1, word: 2, digit: 3, quote: 4, punctuation: 5 } as const;

/** The class of each ASCII character; `punctuation` is what the lexer looks at more closely. */
export const CHAR_CLASS: Uint8Array = new Uint8Array(128);

for (const c of ' \t\n\r\f\v\0') CHAR_CLASS[c.charCodeAt(0)] = CHAR.space;
for (let c = 97; c <= 122; c++) {
  CHAR_CLASS[c] = CHAR.word;
  CHAR_CLASS[c - 32] = CHAR.word;
}
CHAR_CLASS[95] = CHAR.word;
for (let c = 48; c <= 57; c++) CHAR_CLASS[c] = CHAR.digit;
for (const c of '\'"`') CHAR_CLASS[c.charCodeAt(0)] = CHAR.quote;
for (const c of '[$:@#-/?%.,();+{}') CHAR_CLASS[c.charCodeAt(0)] = CHAR.punctuation;

/** Each ASCII character that may stand inside a name, in lower case; 0 for any other. */
export const FOLDED: Uint8Array = new Uint8Array(128);

for (let c = 0; c < 128; c++) {
  const kind = CHAR_CLASS[c];
  if (kind === CHAR.word) FOLDED[c] = c >= 65 && c <= 90 ? c + 32 : c;
  else if (kind === CHAR.digit || c === 36 || c === 35) FOLDED[c] = c;
}

/** The character at `i`, 0 past the end. `charCodeAt` past the end gives NaN, which makes all code around it slower. */
export function codeAt(text: string, i: number): number {
  return i < text.length ? text.charCodeAt(i) : 0;
}

/** A character that begins a name: a letter, `_`, or anything beyond ASCII that is not a space. */
export function isWordStart(code: number): boolean {
  return code < 128 ? CHAR_CLASS[code] === CHAR.word : !isWideSpace(code);
}

/** A character inside a name: a letter, a digit, `_`, `$`, `#`, or beyond ASCII. */
export function isWordPart(code: number): boolean {
  if (code >= 128) return !isWideSpace(code);
  const kind = CHAR_CLASS[code];
  return kind === CHAR.word || kind === CHAR.digit || code === 36 || code === 35;
}

/** Spaces beyond ASCII that some databases accept and copied text brings along. */
export function isWideSpace(code: number): boolean {
  return code === 0xa0 || code === 0x3000 || code === 0xfeff || code === 0x2028 || code === 0x2029;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
