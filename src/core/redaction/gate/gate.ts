import { mayHide } from '../decoded.ts';
import { BYTE_LISTS, readByteLists } from './byte-lists.ts';
import { type EncodedRun, hasEncodedText, readEncodedRuns } from './encoded-runs.ts';
import { type GateEntry, type Hit, Literals } from './literals.ts';
import { hasNumber, type NumberRun, readNumberRuns } from './number-runs.ts';

const FIRST_SIZE = 1 << 12;
/** A check may look so many bytes past the end. */
const PADDING = 9;
const BACKSLASH = 92;
const PERCENT = 37;
const AT_SIGN = 64;
const SLASH = 47;
const COLON = 58;
const DOUBLE_QUOTE = 34;
const SHORTEST_PASSWORD = 3;
const SPACE = 32;
const SOFT_HYPHEN = 0xad;
/** No literal has it, so nothing is found over the seam of two texts. */
export const SEAM = '\0';
/** The user and the password of a URL together are not longer. */
const MAX_URL_REACH = 1_024;

/** Bytes that may be a sign: 1. */
const SIGNS: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < SPACE || byte >= SOFT_HYPHEN || byte === BACKSLASH || byte === PERCENT || byte === AT_SIGN ? 1 : 0,
);
/** The tag of what stands before bytes printed one by one, which is no rule's. */
const BYTES = -1;

/** Everything in a text that is worth a look, each list in order. */
export interface Finds {
  readonly hits: readonly Hit[];
  readonly numberRuns: readonly NumberRun[];
  readonly encodedRuns: readonly EncodedRun[];
}

/**
 * Says in one quick pass whether a text can hold anything a rule looks for: a literal, a long number, an encoded
 * part. Works on a copy of the text in bytes; characters past Latin-1 lose their high half, which no literal has.
 */
export class Gate {
  readonly #literals: Literals;
  /** A rule wants every at sign, not only those of URLs. */
  readonly #isAnyAtSign: boolean;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(entries: readonly GateEntry[], isAnyAtSign = false) {
    this.#isAnyAtSign = isAnyAtSign;
    this.#literals = new Literals([...entries, ...BYTE_LISTS.map((literal) => ({ literal, tag: BYTES }))]);
    this.#grow(FIRST_SIZE);
  }

  /** Whether nothing in `text` is worth a look. */
  isClean(text: string): boolean {
    const length = this.#load(text);
    return this.#firstSuspect(text, 0, length) < 0 && !hasRun(this.#bytes, length);
  }

  /** Which of some texts are worth a look, by index; all go through in one pass. Undefined when none is. */
  suspectParts(texts: readonly string[]): number[] | undefined {
    const joined = texts.join(SEAM);
    const length = this.#load(joined);
    let at = this.#firstSuspect(joined, 0, length);
    const hasRuns = hasRun(this.#bytes, length);
    if (at < 0 && !hasRuns) return undefined;
    const suspects: number[] = [];
    let start = 0;
    for (let part = 0; part < texts.length; part++) {
      const end = start + (texts[part] as string).length;
      if (at >= 0 && at < start) at = this.#firstSuspect(joined, start, length);
      if (at >= 0 && at < end) suspects.push(part);
      else if (hasRuns && hasRun(this.#bytes, end, start)) suspects.push(part);
      start = end + SEAM.length;
    }
    return suspects;
  }

  /** All that is worth a look; of literals no more than `most`. */
  find(text: string, most: number = Number.POSITIVE_INFINITY): Finds {
    const length = this.#load(text);
    const hits = this.#literals.hits(this.#bytes, length, most);
    const numberRuns = readNumberRuns(this.#bytes, length);
    const encodedRuns = readEncodedRuns(this.#bytes, length, text);
    if (!hits.some(isOfBytes)) return { hits, numberRuns, encodedRuns };
    encodedRuns.push(...readByteLists(text, hits.filter(isOfBytes), most));
    return { hits: hits.filter((hit) => !isOfBytes(hit)), numberRuns, encodedRuns };
  }

  /** Index of a byte of `text` at or after `from` where something stands, or -1. */
  #firstSuspect(text: string, from: number, length: number): number {
    const bytes = this.#bytes;
    const literals = this.#literals;
    for (let at = literals.next(bytes, from, length); at >= 0; at = literals.next(bytes, at + 1, length)) {
      if (this.#isSign(text, at, from)) return at;
      if (literals.isAt(bytes, at, length)) return at - 2;
    }
    return -1;
  }

  /** A backslash, a percent sign and two hex digits, an at sign behind `://` or a colon, or what nobody sees. */
  #isSign(text: string, at: number, floor: number): boolean {
    const byte = this.#bytes[at] as number;
    return SIGNS[byte] === 1 && this.#isRealSign(text, at, floor, byte);
  }

  #isRealSign(text: string, at: number, floor: number, byte: number): boolean {
    const bytes = this.#bytes;
    if (byte === BACKSLASH) return true;
    if (byte === PERCENT) return isHex(bytes[at + 1] as number) && isHex(bytes[at + 2] as number);
    if (byte === AT_SIGN) return this.#isAnyAtSign || this.#isInAddress(at, floor);
    // Only the low half of a character is in the bytes.
    return mayHide(text[at] as string);
  }

  #isInAddress(at: number, floor: number): boolean {
    const bytes = this.#bytes;
    let isPair = false;
    for (let back = at - 1; back > floor + 1 && at - back < MAX_URL_REACH; back--) {
      const byte = bytes[back] as number;
      // An at sign further left has been looked at before, and it was not in a URL.
      if (byte <= 32 || byte === DOUBLE_QUOTE || byte === AT_SIGN) break;
      if (byte === SLASH && bytes[back - 1] === SLASH && bytes[back - 2] === COLON) return true;
      isPair ||= byte === COLON && at - back > SHORTEST_PASSWORD;
    }
    return isPair;
  }

  #load(text: string): number {
    const { length } = text;
    if (length + PADDING > this.#bytes.length) this.#grow(length + PADDING);
    this.#bytes.write(text, 0, length, 'latin1');
    for (let at = length; at < length + PADDING; at++) this.#bytes[at] = 0;
    return length;
  }

  #grow(size: number): void {
    this.#bytes = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(size)));
  }
}

/** A long number, or base64 or hexadecimal digits that read as text. */
function hasRun(bytes: Uint8Array, end: number, from = 0): boolean {
  return hasNumber(bytes, end, from) || hasEncodedText(bytes, end, from);
}

function isOfBytes(hit: Hit): boolean {
  return hit.entry.tag === BYTES;
}

function isHex(byte: number): boolean {
  const lower = byte | 32;
  return (byte >= 48 && byte <= 57) || (lower >= 97 && lower <= 102);
}
