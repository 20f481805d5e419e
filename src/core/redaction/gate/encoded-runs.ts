import { isText, nextState, textOf } from './text-bytes.ts';

/** A part of a text that spells another: base64, hexadecimal digits, bytes printed one by one; noise when it has the shape of a token instead. */
export interface EncodedRun {
  readonly start: number;
  readonly end: number;
  readonly decoded: string;
  /** Of bytes printed one by one, what stands before them and may name them. */
  readonly before?: string;
  /** The mask needs quotes: numbers in JSON. */
  readonly isBare?: boolean;
}

/** Shorter runs say too little: 20 characters are 15 bytes. */
const MIN_RUN = 20;
/** How many characters are decoded to see whether a run is text at all: 9 bytes. */
const PROBE = 12;
/** A path before a run is looked through so far. */
const MAX_PATH = 256;
const FULL_STOP = 46;
const LETTER_P = 112;
const DASH = 45;

/** Character → its six bits plus one, both alphabets; 0 for all others. */
const SIX_BITS: Uint8Array = new Uint8Array(256);
for (const [index, char] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries()) {
  SIX_BITS[char.charCodeAt(0)] = index + 1;
}
SIX_BITS['-'.charCodeAt(0)] = 63;
SIX_BITS['_'.charCodeAt(0)] = 64;

/** Whether a digit is the first of a byte of ASCII. */
const FIRST_DIGITS: Uint8Array = new Uint8Array(256);
for (const digit of '0234567') FIRST_DIGITS[digit.charCodeAt(0)] = 1;

/** Character → its four bits; less than 0 for all others. */
const HEX_DIGITS: Int8Array = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  HEX_DIGITS[digit.charCodeAt(0)] = HEX_DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}

/** Whether a run of base64 or of hexadecimal digits that reads as text stands anywhere in `bytes[from, end)`. Reads little more than one byte in twenty. */
export function hasEncodedText(bytes: Uint8Array, end: number, from = 0): boolean {
  return nextRun(bytes, from, end) !== undefined;
}

/** Every run of base64 or of hexadecimal digits that reads as text, in order. Ids, hashes, paths and images decode to noise and are left out. */
export function readEncodedRuns(bytes: Uint8Array, length: number, text: string): EncodedRun[] {
  const runs: EncodedRun[] = [];
  let from = 0;
  for (;;) {
    const run = nextRun(bytes, from, length);
    if (run === undefined) return runs;
    let { end } = run;
    while (!run.isHex && end < run.end + 2 && text[end] === '=') end++;
    const decoded = textOf(Buffer.from(text.slice(run.start, run.end), run.isHex ? 'hex' : 'base64'));
    runs.push({ start: run.start, end, decoded });
    from = end;
  }
}

function nextRun(
  bytes: Uint8Array,
  from: number,
  length: number,
): { start: number; end: number; isHex: boolean } | undefined {
  let floor = from;
  for (let probe = from + MIN_RUN - 1; probe < length; probe += MIN_RUN) {
    if (SIX_BITS[bytes[probe] as number] === 0) {
      floor = probe + 1;
      continue;
    }
    if (!isLongAround(bytes, probe)) continue;
    let start = probe;
    while (start > floor && SIX_BITS[bytes[start - 1] as number] !== 0) start--;
    let end = probe + 1;
    while (end < length && SIX_BITS[bytes[end] as number] !== 0) end++;
    if (end - start >= MIN_RUN) {
      if (hasTokenShape(bytes, start, end)) return { start, end, isHex: false };
      if (mayEndInHex(bytes, end)) {
        const hexStart = startOfHex(bytes, start, end);
        if (hexStart >= 0) return { start: hexStart, end, isHex: true };
      }
      const textStart = startOfText(bytes, start, end);
      if (textStart >= 0) return { start: textStart, end, isHex: false };
    }
    floor = end;
    // The next probe must land at most MIN_RUN - 1 past the end of this run.
    probe = end - 1;
  }
  return undefined;
}

/**
 * Tokens without a literal the gate could look for: `SK` or `AC` and 32 digits; `pat…`, a full stop and 64 digits;
 * 32, 8 and 8 digits joined by dashes.
 */
function hasTokenShape(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start === 50) return bytes[start + 32] === DASH && bytes[start + 41] === DASH;
  if (end - start === 34) return isOneOf(bytes[start], 'SA') && isOneOf(bytes[start + 1], 'KC');
  return end - start === 64 && bytes[start - 1] === FULL_STOP && bytes[start - 18] === LETTER_P;
}

function isOneOf(byte: number | undefined, letters: string): boolean {
  return byte === letters.charCodeAt(0) || byte === letters.charCodeAt(1);
}

/** A run as long as MIN_RUN around `probe` reaches ten bytes to one side at least. */
function isLongAround(bytes: Uint8Array, probe: number): boolean {
  return (
    (SIX_BITS[bytes[probe - 10] as number] !== 0 && SIX_BITS[bytes[probe - 5] as number] !== 0) ||
    (SIX_BITS[bytes[probe + 10] as number] !== 0 && SIX_BITS[bytes[probe + 5] as number] !== 0)
  );
}

/** A run may have a path in front of it (`/data/eyJ…`): each part after a slash, dash or underscore is tried. */
function startOfText(bytes: Uint8Array, start: number, end: number): number {
  if (looksLikeText(bytes, start)) return start;
  const last = Math.min(end - MIN_RUN, start + MAX_PATH);
  for (let at = start, tries = 0; at < last && tries < 8; at++) {
    const bits = SIX_BITS[bytes[at] as number] as number;
    if (bits < 63) continue;
    tries++;
    if (looksLikeText(bytes, at + 1)) return at + 1;
  }
  return -1;
}

/** The first bytes of a run of base64. */
function looksLikeText(bytes: Uint8Array, start: number): boolean {
  let state = 0;
  for (let group = start; group < start + PROBE; group += 4) {
    let bits = 0;
    for (let index = 0; index < 4; index++) {
      const six = SIX_BITS[bytes[group + index] as number] as number;
      if (six === 0) return false;
      bits = (bits << 6) | (six - 1);
    }
    for (let shift = 16; shift >= 0; shift -= 8) {
      state = nextState(state, (bits >> shift) & 0xff);
      if (state < 0) return false;
    }
  }
  return isText(state);
}

/** A quick look at the last four bytes of a run, where nearly all ids end: hexadecimal digits of ASCII. */
function mayEndInHex(bytes: Uint8Array, end: number): boolean {
  return (
    ((FIRST_DIGITS[bytes[end - 2] as number] as number) &
      (FIRST_DIGITS[bytes[end - 4] as number] as number) &
      (FIRST_DIGITS[bytes[end - 6] as number] as number) &
      (FIRST_DIGITS[bytes[end - 8] as number] as number)) !==
    0
  );
}

/**
 * Where the hexadecimal digits begin that end a run, if they read as text; behind an `x` (`0x`, `\\x` of Postgres), a
 * path or a name. -1 for none.
 */
function startOfHex(bytes: Uint8Array, start: number, end: number): number {
  let from = end;
  while (from - 2 >= start && hexByte(bytes, from - 2) >= 0) from -= 2;
  if (end - from < MIN_RUN) return -1;
  let state = 0;
  for (let at = from; at < from + MIN_RUN; at += 2) {
    state = nextState(state, hexByte(bytes, at));
    if (state < 0) return -1;
  }
  return isText(state) ? from : -1;
}

function hexByte(bytes: Uint8Array, at: number): number {
  return ((HEX_DIGITS[bytes[at] as number] as number) << 4) | (HEX_DIGITS[bytes[at + 1] as number] as number);
}
