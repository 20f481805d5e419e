import type { Match } from './rule.ts';

/** The visible mark of a rule; it never quotes what it stands for. */
export function marker(ruleId: string): string {
  return `[REDACTED:${ruleId}]`;
}

/** What semantic conventions put into URLs. https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/ */
export const URL_MARK = 'REDACTED';

const URL_END = /[\s"'<>`\\]|$/g;

/** Joins matches that touch: sorted, without overlaps. A rule that names the issuer lends its id to the whole. */
export function mergeMatches(matches: readonly Match[]): Match[] {
  if (matches.length < 2) return [...matches];
  const sorted = [...matches].sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Match[] = [];
  let last = sorted[0] as Match;
  for (const next of sorted.slice(1)) {
    if (next.start >= last.end) {
      merged.push(last);
      last = next;
      continue;
    }
    last = join(last, next);
  }
  merged.push(last);
  return merged;
}

function join(last: Match, next: Match): Match {
  const isLastSpecific = last.isSpecific === true;
  const nextPrefix = next.prefixStart ?? next.start;
  const isNextBetter =
    next.isSpecific === true && (!isLastSpecific || nextPrefix < (last.prefixStart ?? last.start));
  const better = isNextBetter ? next : last;
  // The value of an assignment that begins with an issuer's public prefix: the prefix may stay.
  const keepsPrefix = isNextBetter && !isLastSpecific && next.end >= last.end && nextPrefix <= last.start;
  const start = keepsPrefix ? next.start : last.start;
  const { isBare = false, quote = '"' } = last;
  return { ...better, start, end: Math.max(last.end, next.end), isBare, quote };
}

/** Puts the marks in; `isUrl` when the whole text is part of a URL. `onMask` learns of each
 * mark and may give another one. */
export function maskMatches(
  text: string,
  matches: readonly Match[],
  isUrl: boolean,
  onMask: (ruleId: string, secret: string) => string | undefined,
): string {
  let out = '';
  let copied = 0;
  let urlEnd = -1;
  let nextUrl = text.indexOf('://');
  for (const match of matches) {
    while (nextUrl >= 0 && nextUrl < match.start) {
      URL_END.lastIndex = nextUrl;
      urlEnd = URL_END.exec(text)?.index ?? text.length;
      nextUrl = text.indexOf('://', Math.max(urlEnd, nextUrl + 3));
    }
    const own = onMask(match.ruleId, text.slice(match.start, match.end));
    const plain = isUrl || match.start < urlEnd ? URL_MARK : marker(match.ruleId);
    const mark = own ?? plain;
    const quote = match.isBare === true ? (match.quote ?? '"') : '';
    out += text.slice(copied, match.start) + quote + mark + quote;
    copied = match.end;
  }
  return out + text.slice(copied);
}
