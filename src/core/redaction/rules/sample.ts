export type Alphabet = keyof typeof ALPHABETS;

const ALPHABETS = {
  alnum: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
  lower: 'abcdefghijklmnopqrstuvwxyz0123456789',
  base32: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  hex: '0123456789abcdef',
  digits: '0123456789',
  url: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  base64: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
} as const;

/**
 * A run of characters for the examples of the rules; the same for the same arguments, different at each place.
 * Made at run time, so that no scanner finds a token in these files.
 */
export function sample(alphabet: Alphabet, length: number, seed = 1): string {
  const chars = ALPHABETS[alphabet];
  let state = (seed * 2_654_435_761 + length * 40_503 + alphabet.length) >>> 0;
  let out = '';
  while (out.length < length) {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    out += chars[(state >>> 8) % chars.length];
  }
  return out;
}
