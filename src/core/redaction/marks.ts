import type { Match, RuleKind } from './rule.ts';

/** What this engine writes: the mark in place of a secret, the one of URLs, a pseudonym, the note of a cut. */
const MARKS =
  /\[REDACTED:[\w-]{1,64}\]|(?<![A-Za-z])REDACTED(?![A-Za-z])|\[[a-z][\w-]{0,63}:[0-9a-f]{12}\]|\[CUT: \d{1,15} characters\]/g;
const MARK_ID =
  /\[REDACTED:([\w-]{1,64})\]|\[([a-z][\w-]{0,63}):[0-9a-f]{12}\]|(?<![A-Za-z])REDACTED(?![A-Za-z])/g;
/** A closing tag that a value ran into. */
const STRUCTURE = /<\/[A-Za-z][\w:-]{0,40}>/g;
/** A character written as `%2F`, percent signs of further layers included, or as `\\n`. */
const ENCODED = /%(?:25)*([0-9A-F]{2})|\\[nrtbf]/gi;
const WORD = /[\p{L}\p{N}]/u;

/** Whether a text may hold marks: one quick look, so that texts without pay nothing. */
export function mayHoldMarks(text: string): boolean {
  return (
    text.includes('REDACTED') || /\[(?:[a-z][\w-]{0,63}:[0-9a-f]{12}|CUT: \d{1,15} characters)\]/.test(text)
  );
}

/** The text with `instead` in place of each mark. */
export function withoutMarks(text: string, instead = ''): string {
  return mayHoldMarks(text) ? text.replace(MARKS, instead) : text;
}

/** Stands for the rule of a mark that names none. */
const ANY = '';

/** What rules leave of a match once it is masked, as expressions: `npm_` and the mark. */
export class RedactedForms {
  readonly #sources: ReadonlyMap<string, readonly string[]>;
  readonly #names: string[] = [];
  readonly #compiled = new Map<string, RegExp>();

  constructor(
    rules: Iterable<{ readonly id: string; readonly kind?: RuleKind; readonly redacted?: string }>,
  ) {
    const sources = new Map<string, string[]>();
    for (const { id, kind, redacted } of rules) {
      if (redacted === undefined) continue;
      // A name may stand before the mark of any rule.
      for (const key of kind === 'assignment' ? [ANY] : [id, ANY]) {
        sources.set(key, [...(sources.get(key) ?? []), redacted]);
      }
      if (kind === 'assignment') this.#names.push(redacted);
    }
    this.#sources = sources;
  }

  /** `text` without its marks and what their rules left beside them. */
  strip(text: string): string {
    // The mark of URLs names no rule: it may be that of any.
    const ids = new Set([...text.matchAll(MARK_ID)].map(([, id, person]) => id ?? person ?? ANY));
    let rest = text;
    for (const id of ids) rest = rest.replace(this.#form(id), ' ');
    return rest.replace(MARKS, ' ').replace(STRUCTURE, ' ');
  }

  #form(id: string): RegExp {
    const known = this.#compiled.get(id);
    if (known !== undefined) return known;
    const form = new RegExp([...(this.#sources.get(id) ?? []), ...this.#names].join('|') || '(?!)', 'gi');
    this.#compiled.set(id, form);
    return form;
  }
}

/**
 * The matches that hold more than what was masked before: text that was redacted on the write side is redacted
 * again on the read side, and must neither change nor count again. Whatever stands beside a mark and is not what a
 * rule leaves there is new, so that no secret hides behind a mark that the app itself wrote.
 */
export function newMatches(text: string, matches: readonly Match[], forms: RedactedForms): readonly Match[] {
  return matches.filter((match) => {
    // The match may begin or end inside a mark: seen whole, it is one.
    const start = markOver(text, match.start)?.start ?? match.start;
    const end = markOver(text, match.end)?.end ?? match.end;
    // It may begin inside `%20` as well.
    const percent = text.lastIndexOf('%', start);
    const seen = text.slice(percent >= 0 && start - percent < 3 ? percent : start, end);
    if (seen.search(MARKS) < 0) return true;
    return WORD.test(forms.strip(decoded(seen)));
  });
}

function decoded(text: string): string {
  return text.replace(ENCODED, (_, hex: string | undefined) =>
    hex === undefined ? ' ' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/**
 * Tells, asked in ascending order, whether a place stands in the rule's name of a whole mark that ends a word: what an
 * app writes behind one (`[REDACTED:password]=…`) is looked at.
 */
export function insideOfMarks(text: string): (at: number) => boolean {
  const form = /\[REDACTED:[\w-]{1,64}\](?=[\s,;.)]|$)/g;
  let mark = form.exec(text);
  return (at) => {
    while (mark !== null && form.lastIndex <= at) mark = form.exec(text);
    return mark !== null && mark.index < at;
  };
}

/** Whether `at` stands in the rule's name of a mark. */
export function isInMark(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - LONGEST_MARK), at);
  return before.lastIndexOf('[REDACTED:') > before.lastIndexOf(']');
}

const WHOLE_MARK = /\[REDACTED:[\w-]{1,64}\]/y;

/** Whether `text[start, end)` is a mark and nothing else. */
export function isMark(text: string, start: number, end: number): boolean {
  if (!text.startsWith('[REDACTED:', start)) return false;
  WHOLE_MARK.lastIndex = start;
  return WHOLE_MARK.test(text) && WHOLE_MARK.lastIndex === end;
}

const LONGEST_MARK = 80;

/** The mark that reaches over `at`, begun before it and ending behind it. */
function markOver(text: string, at: number): { readonly start: number; readonly end: number } | undefined {
  const from = Math.max(0, at - LONGEST_MARK);
  for (const { index, 0: mark } of text.slice(from, at + LONGEST_MARK).matchAll(MARKS)) {
    const start = from + index;
    const end = start + mark.length;
    if (start < at && end > at) return { start, end };
  }
  return undefined;
}
