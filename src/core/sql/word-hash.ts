/** Two independent 32-bit lanes: a signature has 64 bits. Changing any of these numbers changes every stored signature. */
export const WORD_SEED_1: number = 0x811c9dc5 | 0;
export const WORD_SEED_2: number = 0x3c6ef372 | 0;
export const WORD_PRIME_1: number = 0x01000193;
export const WORD_PRIME_2: number = 0x5bd1e995;

/** The hash of a word as the lexer computes it character by character, ASCII case folded. */
export function hashWord(word: string, seed: number): number {
  const prime = seed === WORD_SEED_1 ? WORD_PRIME_1 : WORD_PRIME_2;
  let hash = seed;
  for (let i = 0; i < word.length; i++) {
    let code = word.charCodeAt(i);
    if (code >= 65 && code <= 90) code += 32;
    hash = Math.imul(hash ^ code, prime);
  }
  return hash;
}

/** 16 hex digits for a text; equal texts, ASCII case aside, give equal ones. */
export function signatureOf(text: string): string {
  return hex16(hashWord(text, WORD_SEED_1), hashWord(text, WORD_SEED_2));
}

const DIGITS = new Uint8Array(16);
for (let i = 0; i < 16; i++) DIGITS[i] = '0123456789abcdef'.charCodeAt(i);

/** Two 32-bit numbers as 16 hex digits; a twentieth of the cost of toString and padStart. */
export function hex16(a: number, b: number): string {
  return String.fromCharCode(
    digit(a >>> 28),
    digit(a >>> 24),
    digit(a >>> 20),
    digit(a >>> 16),
    digit(a >>> 12),
    digit(a >>> 8),
    digit(a >>> 4),
    digit(a),
    digit(b >>> 28),
    digit(b >>> 24),
    digit(b >>> 20),
    digit(b >>> 16),
    digit(b >>> 12),
    digit(b >>> 8),
    digit(b >>> 4),
    digit(b),
  );
}

function digit(value: number): number {
  return DIGITS[value & 15] as number;
}
