import type { Match } from './rule.ts';

/** What this engine writes in place of a secret: the mark, the one of URLs, a pseudonym. */
const MARKS = /\[REDACTED:[\w-]{1,64}\]|(?<![A-Za-z])REDACTED(?![A-Za-z])|\[[a-z][\w-]{0,63}:[0-9a-f]{12}\]/g;
/** What the engine leaves beside a mark: a card's last four, a scheme, words of SQL, a URL's host, closing tags, quotes, brackets and signs. */
const BESIDE =
  /(?<=\[REDACTED:card\])\d{4}|(?<=REDACTED)@[\w.-]{1,255}|\b(?:Bearer|Basic|Digest|create|alter|user|role|identified)\b|<\/[A-Za-z][\w:-]{0,40}>|\\[nrtbf]|%(?:25)*(?:2[0-9A-F]|3[A-F]|5[B-F]|7[B-D])/gi;
const WORDS = /[\p{L}\p{N}]+/gu;

/** The cost of a password hash, the region in a prefix: no rule takes so short a word for a secret. */
const MAX_WORD = 4;
const MAX_UNKNOWN = 6;

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
 * again on the read side, and must neither change nor count again. Whatever stands beside a mark and is not known
 * to be harmless (`isPublic`: an issuer's prefix, a word of a rule) is new, so that no secret hides behind a mark
 * that the app itself wrote.
 */
export function newMatches(
  text: string,
  matches: readonly Match[],
  isPublic: (word: string) => boolean,
): readonly Match[] {
  if (matches.length === 0 || !mayHoldMarks(text)) return matches;
  return matches.filter((match) => {
    // The match may begin or end inside a mark: seen whole, it is one.
    const start = markOver(text, match.start)?.start ?? match.start;
    const end = markOver(text, match.end)?.end ?? match.end;
    const seen = text.slice(start, end);
    const rest = seen.replace(BESIDE, ' ').replace(MARKS, ' ');
    if (rest.length === seen.length) return true;
    const unknown = [...rest.matchAll(WORDS)].map(([word]) => word).filter((word) => !isPublic(word));
    return unknown.some((word) => word.length > MAX_WORD) || unknown.join('').length > MAX_UNKNOWN;
  });
}

/** No mark is longer. */
const REACH = 80;

/** The mark that reaches over `at`, begun before it and ending behind it. */
function markOver(text: string, at: number): { readonly start: number; readonly end: number } | undefined {
  const from = Math.max(0, at - REACH);
  for (const { index, 0: mark } of text.slice(from, at + REACH).matchAll(MARKS)) {
    const start = from + index;
    const end = start + mark.length;
    if (start < at && end > at) return { start, end };
  }
  return undefined;
}
