import type { Match } from './rule.ts';

/** What this engine writes in place of a secret: the mark, the one of URLs, a pseudonym. */
const MARKS = /\[REDACTED:[\w-]{1,64}\]|(?<![A-Za-z])REDACTED(?![A-Za-z])|\[[a-z][\w-]{0,63}:[0-9a-f]{12}\]/g;
/** An issuer's public prefix, a scheme or a bracket beside a mark is not longer; no secret is that short. */
const MAX_REST = 24;

/** Whether a text may hold marks: one quick look, so that texts without pay nothing. */
export function mayHoldMarks(text: string): boolean {
  return text.includes('REDACTED') || /\[[a-z][\w-]{0,63}:[0-9a-f]{12}\]/.test(text);
}

/** The text with `instead` in place of each mark. */
export function withoutMarks(text: string, instead = ''): string {
  return mayHoldMarks(text) ? text.replace(MARKS, instead) : text;
}

/**
 * The matches that hold more than what was masked before: text that was redacted on the write side is redacted
 * again on the read side, and must neither change nor count again.
 */
export function newMatches(text: string, matches: readonly Match[]): readonly Match[] {
  if (matches.length === 0 || !mayHoldMarks(text)) return matches;
  const marks = [...text.matchAll(MARKS)].map(({ index, 0: mark }) => ({
    start: index,
    end: index + mark.length,
  }));
  if (marks.length === 0) return matches;
  let first = 0;
  return matches.filter((match) => {
    while (first < marks.length && (marks[first] as { end: number }).end <= match.start) first++;
    let covered = 0;
    for (let index = first; index < marks.length; index++) {
      const mark = marks[index] as { start: number; end: number };
      if (mark.start >= match.end) break;
      covered += Math.min(mark.end, match.end) - Math.max(mark.start, match.start);
    }
    return covered === 0 || match.end - match.start - covered > MAX_REST;
  });
}
