/** A run of digits, capitals, spaces and dashes that may be a card, an account or a social security number. */
export interface NumberRun {
  readonly start: number;
  readonly end: number;
}

/** A run is read this far to each side of a digit. */
const MAX_REACH = 64;
/** In the shortest number that matters (`ddd-dd-dddd`) and in grouped cards every sixth place meets a digit. */
const STRIDE = 6;
const MIN_CARD_DIGITS = 13;
const MIN_ACCOUNT_LENGTH = 15;
const SPACE = 32;
const DASH = 45;

/** -1 when the digit at `at` stands in a number run, otherwise the end of what was read. */
export function hasNumberAt(bytes: Uint8Array, at: number, floor: number, length: number): number {
  // A run of eleven or more reaches five bytes to one side at least.
  if ((RUN_BYTES[bytes[at - 5] as number] as number) + (RUN_BYTES[bytes[at + 5] as number] as number) === 0)
    return at;
  const run = runAround(bytes, at, floor, length);
  return isCandidate(bytes, run, length) ? -1 : run.end;
}

/** Every number run. */
export function readNumberRuns(bytes: Uint8Array, length: number): NumberRun[] {
  const runs: NumberRun[] = [];
  let floor = 0;
  for (let probe = STRIDE - 1; probe < length; probe += STRIDE) {
    if (!isDigit(bytes[probe] as number)) continue;
    const run = runAround(bytes, probe, floor, length);
    if (isCandidate(bytes, run, length)) runs.push(run);
    floor = run.end;
    probe = run.end - 1;
  }
  return runs;
}

function runAround(bytes: Uint8Array, at: number, floor: number, length: number): NumberRun {
  let start = at;
  while (start > floor && at - start < MAX_REACH && isRunByte(bytes[start - 1] as number)) start--;
  let end = at + 1;
  while (end < length && end - at < MAX_REACH && isRunByte(bytes[end] as number)) end++;
  return { start, end };
}

/** Long enough, and not a piece of an id: hexadecimal digits, a UUID. Times and counters are too short or begin with 1. */
function isCandidate(bytes: Uint8Array, run: NumberRun, length: number): boolean {
  const { start, end } = partOutsideIds(bytes, run, length);
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

/** What is left of a run when the word it shares with other letters, at either side, is left out. */
function partOutsideIds(bytes: Uint8Array, run: NumberRun, length: number): NumberRun {
  let { start, end } = run;
  if (start > 0 && isWordByte(bytes[start - 1] as number))
    while (start < end && bytes[start] !== SPACE) start++;
  if (end < length && isWordByte(bytes[end] as number)) while (end > start && bytes[end - 1] !== SPACE) end--;
  return { start, end };
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** Digits, capitals (IBAN), a space or a dash between groups. */
const RUN_BYTES: Uint8Array = new Uint8Array(256);
for (const char of '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -') RUN_BYTES[char.charCodeAt(0)] = 1;

function isRunByte(byte: number): boolean {
  return RUN_BYTES[byte] === 1;
}

function isWordByte(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || byte === 95 || byte > 127;
}
