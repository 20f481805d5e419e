import { type Base64Run, hasBase64Text, readBase64Runs } from './base64.ts';
import { type GateEntry, type Hit, LiteralAutomaton } from './literal-automaton.ts';
import { hasNumberAt, type NumberRun, readNumberRuns } from './number-runs.ts';
import { DIGITS_BIT, LITERAL_BITS, Prefilter, SIGN_BIT } from './prefilter.ts';

const FIRST_SIZE = 1 << 12;
const BACKSLASH = 92;
const PERCENT = 37;
const AT_SIGN = 64;
const SLASH = 47;
const COLON = 58;
const DOUBLE_QUOTE = 34;
/** No literal has it, so nothing is found over the seam of two texts. */
const SEAM = '\0';
/** The user and the password of a URL together are not longer. */
const MAX_URL_REACH = 1_024;

/** Everything in a text that is worth a look, each list in order. */
export interface Finds {
  readonly hits: readonly Hit[];
  readonly numberRuns: readonly NumberRun[];
  readonly base64Runs: readonly Base64Run[];
}

/**
 * Says in one quick pass whether a text can hold anything a rule looks for: a literal, a long number, an encoded
 * part. Works on a copy of the text in bytes; characters past Latin-1 lose their high half, which no literal has.
 */
export class Gate {
  readonly #automaton: LiteralAutomaton;
  readonly #prefilter: Prefilter;
  /** A rule wants every at sign, not only those of URLs. */
  readonly #isAnyAtSign: boolean;
  #bytes: Buffer = Buffer.alloc(0);
  #words: Uint16Array = new Uint16Array(0);

  constructor(entries: readonly GateEntry[], isAnyAtSign = false) {
    this.#isAnyAtSign = isAnyAtSign;
    this.#automaton = new LiteralAutomaton(entries);
    this.#prefilter = new Prefilter(entries.map((entry) => entry.literal));
    this.#grow(FIRST_SIZE);
  }

  /** Whether nothing in `text` is worth a look. */
  isClean(text: string): boolean {
    const length = this.#load(text);
    return this.#firstSuspect(0, length) < 0 && !hasBase64Text(this.#bytes, length);
  }

  /** Which of some texts are worth a look, by index; all go through in one pass. Undefined when none is. */
  suspectParts(texts: readonly string[]): number[] | undefined {
    const length = this.#load(texts.join(SEAM));
    let at = this.#firstSuspect(0, length);
    const hasBase64 = hasBase64Text(this.#bytes, length);
    if (at < 0 && !hasBase64) return undefined;
    const suspects: number[] = [];
    let start = 0;
    for (let part = 0; part < texts.length; part++) {
      const end = start + (texts[part] as string).length;
      if (at >= 0 && at < start) at = this.#firstSuspect(start, length);
      if (at >= 0 && at < end) suspects.push(part);
      else if (hasBase64 && hasBase64Text(this.#bytes, end, start)) suspects.push(part);
      start = end + SEAM.length;
    }
    return suspects;
  }

  /** All that is worth a look. */
  find(text: string): Finds {
    const length = this.#load(text);
    return {
      hits: this.#automaton.hits(this.#bytes, length),
      numberRuns: readNumberRuns(this.#bytes, length),
      base64Runs: readBase64Runs(this.#bytes, length, text),
    };
  }

  /** Index of a byte at or after `from` where something stands, or -1; the index may lie one before its start. */
  #firstSuspect(from: number, length: number): number {
    const words = this.#words;
    const { first, second } = this.#prefilter;
    const count = (length + 1) >> 1;
    let numbersFrom = from;
    const start = from >> 1;
    let before = start === 0 ? SIGN_BIT : (first[words[start - 1] as number] as number);
    for (let at = start; at < count; at++) {
      const word = words[at] as number;
      const buckets = before & (second[word] as number);
      before = first[word] as number;
      if (buckets === 0) continue;
      if ((buckets & SIGN_BIT) !== 0 && (this.#isSign(2 * at, from) || this.#isSign(2 * at + 1, from))) {
        return Math.max(from, 2 * at);
      }
      if (
        (buckets & LITERAL_BITS) !== 0 &&
        this.#automaton.beginsIn(this.#bytes, 2 * at - 3, 2 * at, length)
      ) {
        return Math.max(from, 2 * at - 1);
      }
      if ((buckets & DIGITS_BIT) !== 0 && 2 * at >= numbersFrom) {
        const runEnd = hasNumberAt(this.#bytes, 2 * at, from, length);
        if (runEnd < 0) return Math.max(from, 2 * at);
        numbersFrom = runEnd;
      }
    }
    return -1;
  }

  /** A backslash, a percent sign and two hex digits, or an at sign behind `://`. */
  #isSign(at: number, floor: number): boolean {
    const bytes = this.#bytes;
    const byte = bytes[at] as number;
    if (byte === BACKSLASH) return true;
    if (byte === PERCENT) return isHex(bytes[at + 1] as number) && isHex(bytes[at + 2] as number);
    return byte === AT_SIGN && (this.#isAnyAtSign || this.#isInUrl(at, floor));
  }

  #isInUrl(at: number, floor: number): boolean {
    const bytes = this.#bytes;
    for (let back = at - 1; back > floor + 1 && at - back < MAX_URL_REACH; back--) {
      const byte = bytes[back] as number;
      // An at sign further left has been looked at before, and it was not in a URL.
      if (byte <= 32 || byte === DOUBLE_QUOTE || byte === AT_SIGN) return false;
      if (byte === SLASH && bytes[back - 1] === SLASH && bytes[back - 2] === COLON) return true;
    }
    return false;
  }

  #load(text: string): number {
    const { length } = text;
    if (length + 8 > this.#bytes.length) this.#grow(length + 8);
    this.#bytes.write(text, 0, length, 'latin1');
    // The last word may be half full, and a check may look three bytes past the end.
    this.#bytes[length] = 0;
    this.#bytes[length + 1] = 0;
    this.#bytes[length + 2] = 0;
    this.#bytes[length + 3] = 0;
    return length;
  }

  #grow(size: number): void {
    const buffer = new ArrayBuffer(2 ** Math.ceil(Math.log2(size)));
    this.#bytes = Buffer.from(buffer);
    this.#words = new Uint16Array(buffer);
  }
}

function isHex(byte: number): boolean {
  const lower = byte | 32;
  return (byte >= 48 && byte <= 57) || (lower >= 97 && lower <= 102);
}
