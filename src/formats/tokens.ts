/**
 * How many tokens a text will be, without a tokenizer: measured against o200k_base (OpenAI's), for which it is within
 * 10 % and never more than 5 % under on bundles, prose, JSON and code; lists of names of people are taken for less. Other
 * tokenizers differ: Claude's count up to a fifth more. About 40 MB/s.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(PIECE)) tokens += costOf(piece);
  return Math.ceil(tokens * MARGIN);
}

/** Rather too many than too few. */
const MARGIN = 1.022;

/** How o200k_base parts a text before it looks pieces up; what is no letter may lead a word. */
const PIECE =
  /[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:'(?:s|t|re|ve|m|ll|d))?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+/gu;

const WORD = /^([^A-Za-z]?)([A-Za-z]+)/;

function costOf(piece: string): number {
  const first = piece.charCodeAt(0);
  // Digits come in threes.
  if (first >= 48 && first <= 57) return 1;
  if (!isAscii(piece)) return foreign(piece);
  const [, lead, word] = WORD.exec(piece) ?? [];
  if (word === undefined) return /^\s+$/.test(piece) ? Math.max(1, piece.length / 24) : marks(piece);
  return lead === ' ' ? known(word) : lead === '' ? bare(word) : led(lead ?? '', word);
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** Tokens of words of 1, 2, 3, … letters, as o200k_base has them on average over code, prose, JSON and bundles. */
const KNOWN = [1, 1, 1.02, 1.01, 1.01, 1.03, 1.06, 1.09, 1.07, 1.15, 1.24, 1.25];
const BARE = [1, 1.01, 1.07, 1.02, 1.06, 1.07, 1.21, 1.32, 1.4, 1.35, 1.6, 1.7];
/** With a capital: names, and the words inside of camelCase. */
const TITLED = [1, 1, 1.09, 1.05, 1.08, 1.14, 1.19, 1.4, 1.35, 1.5, 1.7, 1.9];
const TITLED_BARE = [1, 1.03, 1.1, 1.02, 1.04, 1.07, 1.07, 1.18, 1.25, 1.2, 1.45, 1.6];
const DOTTED = [1, 1.01, 1.17, 1.05, 1.2, 1.14, 1.17, 1.27, 1.25, 1.35, 1.5, 1.7];
const MARKED = [1.03, 1.56, 1.52, 1.39, 1.49, 1.46, 1.89, 1.78, 2.12, 2.06, 2.3, 2.5];
const SHOUTED = [1, 1, 1.11, 1.23, 1.2, 1.43, 1.69, 2];
const SHOUTED_BARE = [1, 1.1, 1.39, 1.65, 2.2, 1.5, 2.6, 3.5];
const SHOUTED_MARKED = [1, 1.02, 1.23, 1.3, 1.35, 1.62, 1.88, 1.9];

/** After a blank: most words of the language are one token. */
function known(word: string): number {
  if (isShouted(word)) return byLength(SHOUTED, word, 3.8);
  return byLength(isTitled(word) ? TITLED : KNOWN, word, 9);
}

/** At the beginning of a line, after a digit, inside a name. */
function bare(word: string): number {
  if (isShouted(word)) return byLength(SHOUTED_BARE, word, 2.4);
  return byLength(isTitled(word) ? TITLED_BARE : BARE, word, 4.2);
}

/** With a mark before it, which is often a token of its own; code is full of `.name` and `(name`. */
function led(lead: string, word: string): number {
  if (isShouted(word)) return byLength(SHOUTED_MARKED, word, 3.5);
  return '.(_'.includes(lead) ? byLength(DOTTED, word, 6) : byLength(MARKED, word, 4.6);
}

/** Longer words than the table has are a token for so many letters. */
function byLength(table: readonly number[], { length }: string, lettersEach: number): number {
  return table[length - 1] ?? length / lettersEach;
}

function isTitled(word: string): boolean {
  return word.charCodeAt(0) < 0x61;
}

function isShouted(word: string): boolean {
  return word.length > 1 && /^[A-Z][A-Z]/.test(word);
}

/** Rows of one sign, as under a heading, are few tokens; mixed ones about a third of their length. */
function marks(piece: string): number {
  const { length } = piece;
  if (length > 4 && /^ ?(.)\1+$/.test(piece)) return Math.max(1, length / 24);
  return length <= 3 ? 1.01 : length <= 6 ? 1 + (length - 3) * 0.3 : length / 2.8;
}

/** Common signs are one token; letters of other scripts most often less than one each, rare ones two. */
function foreign(piece: string): number {
  let tokens = 0;
  for (const char of piece) {
    const code = char.codePointAt(0) ?? 0;
    tokens += code < 0x80 ? 0.25 : code < 0x250 ? 0.8 : code < 0x2000 ? 0.5 : code > 0xffff ? 2 : 0.8;
  }
  return Math.max(1, tokens);
}
