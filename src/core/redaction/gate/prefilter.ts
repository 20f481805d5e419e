import { bucketsOf } from './buckets.ts';

/** Each literal is in one of these buckets. */
const LITERAL_BUCKETS = 28;
export const SIGN_BIT: number = 1 << 28;
export const DIGITS_BIT: number = 1 << 29;
export const LITERAL_BITS: number = SIGN_BIT - 1;
const WILD = -1;
/** Single characters that are worth a look: of an encoding, or of a user in a URL. */
const SIGNS: readonly string[] = ['%', '\\', '@'];

/**
 * Tells quickly that nothing is in a text: reads two bytes at a time and looks both up in two tables, one for the
 * first and one for the second half of four bytes; only where both agree on a bucket can a literal stand.
 *
 * The steps do not wait for each other, so it takes a third of the automaton's time; one place in twenty of a clean
 * text remains for the automaton to look at. Literals have three bytes or more, or are one of the signs. (The idea is that of Hyperscan's FDR.)
 */
export class Prefilter {
  /** Two bytes as one number → the buckets that the first half of four bytes may belong to. */
  readonly first: Uint32Array = new Uint32Array(65_536).fill(SIGN_BIT);
  /** The same for the second half; what both have: {@link LITERAL_BITS}, {@link SIGN_BIT}, {@link DIGITS_BIT}. */
  readonly second: Uint32Array = new Uint32Array(65_536);

  /** Character → the buckets whose short literals begin with it, and end in it: any other character may stand beside it. */
  readonly #begins = new Uint32Array(128);
  readonly #ends = new Uint32Array(128);

  constructor(literals: readonly string[]) {
    const long = literals.map((literal) => literal.toLowerCase()).filter((literal) => literal.length >= 3);
    for (const [literal, bucket] of bucketsOf([...new Set(long)], LITERAL_BUCKETS)) {
      this.#add(literal, 1 << bucket);
    }
    for (let code = 0; code < 128; code++) {
      const [begins, ends] = [this.#begins[code] as number, this.#ends[code] as number];
      if (begins !== 0) this.#mark(this.first, [WILD, code], begins);
      if (ends !== 0) this.#mark(this.second, [code, WILD], ends);
    }
    for (const sign of SIGNS) this.#mark(this.second, [sign.charCodeAt(0), WILD], SIGN_BIT);
    for (const sign of SIGNS) this.#mark(this.second, [WILD, sign.charCodeAt(0)], SIGN_BIT);
    for (let ten = 48; ten <= 57; ten++) {
      for (let one = 48; one <= 57; one++) this.#mark(this.first, [ten, one], DIGITS_BIT);
      this.#mark(this.second, [ten, WILD], DIGITS_BIT);
    }
  }

  /** Both alignments of the literal to the words. */
  #add(literal: string, bit: number): void {
    const at = (index: number): number => literal.charCodeAt(index) || WILD;
    this.#mark(this.first, [at(0), at(1)], bit);
    if (literal.length > 3) {
      this.#mark(this.second, [at(2), at(3)], bit);
      this.#mark(this.first, [at(1), at(2)], bit);
      if (literal.length > 4) this.#mark(this.second, [at(3), at(4)], bit);
      else this.#ends[at(3)] = (this.#ends[at(3)] as number) | bit;
    } else {
      this.#mark(this.second, [at(1), at(2)], bit);
      this.#begins[at(0)] = (this.#begins[at(0)] as number) | bit;
      this.#ends[at(2)] = (this.#ends[at(2)] as number) | bit;
    }
  }

  #mark(table: Uint32Array, [low, high]: readonly [number, number], bit: number): void {
    const lows = casesOf(low);
    const highs = casesOf(high);
    for (let a = 0; a < lows.length; a++) {
      for (let b = 0; b < highs.length; b++) {
        const word = wordOf(lows[a] as number, highs[b] as number);
        table[word] = (table[word] as number) | bit;
      }
    }
  }
}

function casesOf(code: number): readonly number[] {
  if (code === WILD) return ALL_BYTES;
  const lower = code | 32;
  return lower >= 97 && lower <= 122 ? [lower, lower - 32] : [code];
}

const ALL_BYTES: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte);
const IS_LITTLE_ENDIAN: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Two bytes as this machine reads them as one number. */
function wordOf(low: number, high: number): number {
  return IS_LITTLE_ENDIAN ? low | (high << 8) : (low << 8) | high;
}
