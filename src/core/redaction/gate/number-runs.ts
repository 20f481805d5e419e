/** A run of digits, capitals, spaces and dashes that may be a card, an account or a social security number. */
export interface NumberRun {
  readonly start: number;
  readonly end: number;
}

/** A run is read this far to each side of a digit. */
const MAX_REACH = 64;
/** In the shortest number that matters (`ddd-dd-dddd`) and in grouped cards every sixth place meets a digit. */
const STRIDE = 6;
/** `ddd-dd-dddd` */
const SHORTEST = 11;
const MIN_CARD_DIGITS = 13;
const MIN_ACCOUNT_LENGTH = 15;
const SPACE = 32;
const DASH = 45;

/** Whether a number run stands in `bytes[from, end)`. Makes no objects: it runs on every text. */
export function hasNumber(bytes: Uint8Array, end: number, from = 0): boolean {
  let floor = from;
  for (let probe = from + STRIDE - 1; probe < end; probe += STRIDE) {
    const byte = bytes[probe] as number;
    if (byte < 48 || byte > 57 || !mayBeLong(bytes, probe)) continue;
    const start = startOfRun(bytes, probe, floor);
    floor = endOfRun(bytes, probe, end);
    if (floor - start >= SHORTEST && isCandidate(bytes, start, floor, end)) return true;
    probe = floor - 1;
  }
  return false;
}

/** Every number run. */
export function readNumberRuns(bytes: Uint8Array, length: number): NumberRun[] {
  const runs: NumberRun[] = [];
  let floor = 0;
  for (let probe = STRIDE - 1; probe < length; probe += STRIDE) {
    if (!isDigit(bytes[probe] as number)) continue;
    const start = startOfRun(bytes, probe, floor);
    const end = endOfRun(bytes, probe, length);
    if (isCandidate(bytes, start, end, length)) runs.push({ start, end });
    floor = end;
    probe = end - 1;
  }
  return runs;
}

/**
 * Whether a run of eleven may reach over `at`: eight to the right, or five to the left, or six and three. No branches
 * to guess wrong: most numbers end here.
 */
function mayBeLong(bytes: Uint8Array, at: number): boolean {
  const far = runAt(bytes, at + 8) & runAt(bytes, at + 4);
  if (at < 5) return (far | runAt(bytes, at + 6)) !== 0;
  return (far | (runAt(bytes, at - 3) & (runAt(bytes, at - 5) | runAt(bytes, at + 6)))) !== 0;
}

function runAt(bytes: Uint8Array, at: number): number {
  return RUN_BYTES[bytes[at] as number] as number;
}

function startOfRun(bytes: Uint8Array, at: number, floor: number): number {
  let start = at;
  while (start > floor && at - start < MAX_REACH && RUN_BYTES[bytes[start - 1] as number] === 1) start--;
  return start;
}

function endOfRun(bytes: Uint8Array, at: number, length: number): number {
  let end = at + 1;
  while (end < length && end - at < MAX_REACH && RUN_BYTES[bytes[end] as number] === 1) end++;
  return end;
}

/** Long enough, and not a piece of an id: hexadecimal digits, a UUID. Times and counters are too short or begin with 1. */
function isCandidate(bytes: Uint8Array, from: number, to: number, length: number): boolean {
  // What is left when the word the run shares with other letters, at either side, is left out.
  let start = from;
  let end = to;
  if (start > 0 && isWordByte(bytes[start - 1] as number))
    while (start < end && bytes[start] !== SPACE) start++;
  if (end < length && isWordByte(bytes[end] as number)) while (end > start && bytes[end - 1] !== SPACE) end--;
  let digits = 0;
  let capitals = 0;
  let separators = 0;
  let firstDigit = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (isDigit(byte)) {
      if (digits++ === 0) firstDigit = byte - 48;
    } else if (byte === SPACE || byte === DASH) separators++;
    else capitals++;
  }
  if (capitals >= 2 && digits >= 7 && digits + capitals >= MIN_ACCOUNT_LENGTH) return true;
  if (digits >= MIN_CARD_DIGITS) return separators > 3 || (firstDigit >= 2 && firstDigit <= 6);
  return digits >= 9 && separators >= 2;
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** Digits, capitals (IBAN), a space or a dash between groups. */
const RUN_BYTES: Uint8Array = new Uint8Array(256);
for (const char of '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -') RUN_BYTES[char.charCodeAt(0)] = 1;

function isWordByte(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || byte === 95 || byte > 127;
}
