import { isUtf8 } from 'node:buffer';

/** A run of base64 inside a text, and what it says; noise when the run has the shape of a token instead. */
export interface Base64Run {
  readonly start: number;
  readonly end: number;
  readonly decoded: string;
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
/** Colours of a terminal begin with it. */
const ESCAPE = 27;

/** Character → its six bits plus one, both alphabets; 0 for all others. */
const SIX_BITS: Uint8Array = new Uint8Array(256);
for (const [index, char] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries()) {
  SIX_BITS[char.charCodeAt(0)] = index + 1;
}
SIX_BITS['-'.charCodeAt(0)] = 63;
SIX_BITS['_'.charCodeAt(0)] = 64;

/** Whether a run of base64 that decodes to text stands anywhere in `bytes[from, end)`. Reads little more than one byte in twenty. */
export function hasBase64Text(bytes: Uint8Array, end: number, from = 0): boolean {
  return nextRun(bytes, from, end) !== undefined;
}

/** Every run of base64 that decodes to text, in order. Ids, hashes, paths and images decode to noise and are left out. */
export function readBase64Runs(bytes: Uint8Array, length: number, text: string): Base64Run[] {
  const runs: Base64Run[] = [];
  let from = 0;
  for (;;) {
    const run = nextRun(bytes, from, length);
    if (run === undefined) return runs;
    let end = run.end;
    while (end < run.end + 2 && text[end] === '=') end++;
    runs.push({ start: run.start, end, decoded: decodeRun(text.slice(run.start, run.end)) });
    from = end;
  }
}

function nextRun(
  bytes: Uint8Array,
  from: number,
  length: number,
): { start: number; end: number } | undefined {
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
      if (hasTokenShape(bytes, start, end)) return { start, end };
      const textStart = startOfText(bytes, start, end);
      if (textStart >= 0) return { start: textStart, end };
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

function looksLikeText(bytes: Uint8Array, start: number): boolean {
  let continuation = 0;
  let zeros = 0;
  for (let group = start; group < start + PROBE; group += 4) {
    let bits = 0;
    for (let index = 0; index < 4; index++) {
      const six = SIX_BITS[bytes[group + index] as number] as number;
      if (six === 0) return false;
      bits = (bits << 6) | (six - 1);
    }
    for (let shift = 16; shift >= 0; shift -= 8) {
      const byte = (bits >> shift) & 0xff;
      if (byte === 0 && ++zeros <= 5) continue;
      if (continuation > 0) {
        if ((byte & 0xc0) !== 0x80) return false;
        continuation--;
      } else if (byte >= 0xc2 && byte <= 0xf4) continuation = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
      else if (byte > 126 || (byte < 32 && byte !== 10 && byte !== 13 && byte !== 9 && byte !== ESCAPE))
        return false;
    }
  }
  // UTF-16 text has every other byte empty.
  return zeros === 0 || zeros >= 4;
}

function decodeRun(run: string): string {
  const bytes = Buffer.from(run, 'base64');
  const isWide = bytes[1] === 0 && bytes[3] === 0;
  const isWideBig = bytes[0] === 0 && bytes[2] === 0;
  if (isWide) return bytes.toString('utf16le');
  return isWideBig ? bytes.subarray(1).toString('utf16le') : textOf(bytes);
}

/** UTF-8, the last character of which may be cut off, or one character a byte. */
function textOf(bytes: Buffer): string {
  for (let cut = 0; cut < 4; cut++) {
    const whole = bytes.subarray(0, bytes.length - cut);
    if (isUtf8(whole)) return whole.toString();
  }
  return bytes.toString('latin1');
}
