import type { Match } from './rule.ts';

/** A rule over groups of digits, which have no literal the gate could look for. */
export interface NumberRule {
  readonly id: string;
  /** The masked part of `text[start, end)`, a run of digits, capitals, spaces and dashes; undefined when it is none. */
  find(text: string, start: number, end: number): Match | undefined;
  readonly reference: string;
  examples(): readonly { readonly text: string; readonly secret: string }[];
}

/** In the shortest number that matters (`ddd-dd-dddd`) and in grouped cards every sixth place meets a digit. */
const STRIDE = 6;
const MIN_DIGITS = 9;
const MAX_RUN = 64;

/** Whether a run with nine digits or more stands anywhere in `text`. Reads one character in six. */
export function hasNumberRun(text: string): boolean {
  return nextRun(text, 0) !== undefined;
}

/** Every match of the number rules. */
export function findNumbers(text: string, rules: readonly NumberRule[]): Match[] {
  const matches: Match[] = [];
  if (rules.length === 0) return matches;
  let from = 0;
  for (;;) {
    const run = nextRun(text, from);
    if (run === undefined) return matches;
    from = run.end;
    for (const rule of rules) {
      const match = rule.find(text, run.start, run.end);
      if (match === undefined) continue;
      matches.push(match);
      break;
    }
  }
}

function nextRun(text: string, from: number): { start: number; end: number } | undefined {
  let floor = from;
  for (let probe = from + STRIDE - 1; probe < text.length; probe += STRIDE) {
    if (!isDigit(text.charCodeAt(probe))) continue;
    let start = probe;
    while (start > floor && probe - start < MAX_RUN && isRunChar(text.charCodeAt(start - 1))) start--;
    let end = probe + 1;
    while (end < text.length && end - probe < MAX_RUN && isRunChar(text.charCodeAt(end))) end++;
    if (countDigits(text, start, end) >= MIN_DIGITS) return { start, end };
    floor = end;
    probe = end - 1;
  }
  return undefined;
}

function countDigits(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) if (isDigit(text.charCodeAt(at))) count++;
  return count;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Digits, capitals (IBAN), a space or a dash between groups. */
function isRunChar(code: number): boolean {
  return isDigit(code) || code === 32 || code === 45 || (code >= 65 && code <= 90);
}
