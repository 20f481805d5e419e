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
  const a = hashWord(text, WORD_SEED_1) >>> 0;
  const b = hashWord(text, WORD_SEED_2) >>> 0;
  return a.toString(16).padStart(8, '0') + b.toString(16).padStart(8, '0');
}
