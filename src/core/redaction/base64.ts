/** A run of base64 inside a text, and what it says. */
export interface Base64Run {
  readonly start: number;
  readonly end: number;
  readonly decoded: string;
}

/** Shorter runs cannot hold a secret of any rule: 16 characters are 12 bytes. */
const MIN_RUN = 16;
/** How many characters are decoded to see whether a run is text at all: 9 bytes. */
const PROBE = 12;

/** Character → its six bits plus one, both alphabets; 0 for all others. */
const SIX_BITS: Uint8Array = new Uint8Array(65_536);
for (const [index, char] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries()) {
  SIX_BITS[char.charCodeAt(0)] = index + 1;
}
SIX_BITS['-'.charCodeAt(0)] = 63;
SIX_BITS['_'.charCodeAt(0)] = 64;

/** Whether a run of base64 that decodes to text stands anywhere in `text`. Reads one character in sixteen. */
export function hasBase64Text(text: string): boolean {
  return nextRun(text, 0) !== undefined;
}

/** Every run of base64 that decodes to text, in order. Ids, hashes, paths and images decode to noise and are left out. */
export function base64Runs(text: string): Base64Run[] {
  const runs: Base64Run[] = [];
  let from = 0;
  for (;;) {
    const run = nextRun(text, from);
    if (run === undefined) return runs;
    runs.push({ ...run, decoded: decodeRun(text.slice(run.start, run.end)) });
    from = run.end;
  }
}

function nextRun(text: string, from: number): { start: number; end: number } | undefined {
  let floor = from;
  for (let probe = from + MIN_RUN - 1; probe < text.length; probe += MIN_RUN) {
    if (SIX_BITS[text.charCodeAt(probe)] === 0) {
      floor = probe + 1;
      continue;
    }
    let start = probe;
    while (start > floor && SIX_BITS[text.charCodeAt(start - 1)] !== 0) start--;
    let end = probe + 1;
    while (end - start < MIN_RUN && end < text.length && SIX_BITS[text.charCodeAt(end)] !== 0) end++;
    if (end - start >= MIN_RUN) {
      while (end < text.length && SIX_BITS[text.charCodeAt(end)] !== 0) end++;
      const textStart = startOfText(text, start, end);
      if (textStart >= 0) return { start: textStart, end };
    }
    floor = end;
    // The next probe must land at most MIN_RUN - 1 past the end of this run.
    probe = end - 1;
  }
  return undefined;
}

/** A run may have a path in front of it (`/data/eyJ…`): each part after a slash, dash or underscore is tried. */
function startOfText(text: string, start: number, end: number): number {
  if (looksLikeText(text, start)) return start;
  for (let at = start, tries = 0; at < end - MIN_RUN && tries < 8; at++) {
    const bits = SIX_BITS[text.charCodeAt(at)] as number;
    if (bits < 63) continue;
    tries++;
    if (looksLikeText(text, at + 1)) return at + 1;
  }
  return -1;
}

function looksLikeText(text: string, start: number): boolean {
  let continuation = 0;
  let zeros = 0;
  for (let group = start; group < start + PROBE; group += 4) {
    let bits = 0;
    for (let index = 0; index < 4; index++) {
      const six = SIX_BITS[text.charCodeAt(group + index)] as number;
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
      else if (byte > 126 || (byte < 32 && byte !== 10 && byte !== 13 && byte !== 9)) return false;
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
  return isWideBig ? bytes.subarray(1).toString('utf16le') : bytes.toString('latin1');
}
