import type { Example, Match, Rule, RuleKind } from '../rule.ts';
import { workOf } from '../work.ts';
import { redactedForm } from './redacted-form.ts';

/** One line of the table for a secret of a fixed form. */
export interface PatternRow {
  readonly id: string;
  readonly kind?: RuleKind;
  /** Each match begins with one of these, or holds it after `before`. */
  readonly literals: readonly string[];
  /**
   * The form, beginning at the literal. Its group, one of four at most, is masked and ends the match; what stands before the group
   * (the issuer's public prefix) stays. Bounded repeats only.
   */
  readonly form: string;
  /** `i` when case does not matter. */
  readonly flags?: string;
  /** Characters that must not stand right before the match; `''` for a form that needs no border. */
  readonly border?: string;
  /** The match begins up to this many characters before the literal, all of this class. */
  readonly before?: { readonly chars: string; readonly max: number };
  /** A last look at the masked part, such as a checksum; gets the whole match as well. */
  readonly check?: (secret: string, whole: string) => boolean;
  /** See {@link Rule.work}. */
  readonly work?: number;
  readonly reference: string;
  /** Makes a text with one match in it, and what of it must go. */
  readonly example: () => Example;
}

/**
 * Public examples of documentation, which nobody needs to hide. Only what no issuer gives out: the alphabet or one
 * letter over and over behind an issuer's prefix may be anything.
 */
const DOCUMENTATION = /[xX]{8}|\.\.\.|…|[*#]{4}|^[0_.-]+$/;

const LETTER_OR_DIGIT = /[A-Za-z0-9]/;
const MAX_TAIL = 4_096;

/** What was redacted before: the rest belongs to what follows. */
const BEGINS_MASKED = /^['"`]?\[?REDACTED(?:[:\]\W]|$)/;

/** Makes a rule of a row. */
export function pattern(row: PatternRow): Rule {
  const form = new RegExp(row.form, `y${row.flags ?? ''}`);
  const border = row.border === '' ? undefined : new RegExp(`[${row.border ?? 'A-Za-z0-9'}]`);
  const before = row.before === undefined ? undefined : tableOf(row.before.chars);
  const maxBefore = row.before?.max ?? 0;
  return {
    id: row.id,
    kind: row.kind ?? 'token',
    literals: row.literals,
    reference: row.reference,
    // Only worked out where a text has marks in it.
    get redacted() {
      return redactedForm(row.form);
    },
    ...(row.work === undefined ? {} : { work: row.work }),
    examples: () => [row.example()],
    find(text, at, _literal, memo): Match | undefined {
      let start = at;
      if (before !== undefined) {
        while (start > 0 && at - start < maxBefore && before[text.charCodeAt(start - 1)] === 1) start--;
      }
      if (
        border !== undefined &&
        start > 0 &&
        border.test(text[start - 1] as string) &&
        !endsEscape(text, start)
      ) {
        return undefined;
      }
      form.lastIndex = start;
      const found = form.exec(text);
      if (found === null) return undefined;
      const end = form.lastIndex;
      memo.work += workOf(end - start);
      const secret = found[1] ?? found[2] ?? found[3] ?? found[4] ?? found[0];
      if (BEGINS_MASKED.test(secret) || DOCUMENTATION.test(secret) || row.check?.(secret, found[0]) === false)
        return undefined;
      const match = {
        start: end - secret.length,
        end: endOfRun(text, end),
        ruleId: row.id,
        isSpecific: true,
      };
      // Words before the secret are no prefix.
      return /\s/.test(text.slice(start, match.start)) ? match : { ...match, prefixStart: start };
    },
  };
}

/** A token may be longer than its form knows: letters and digits right behind it go too. */
function endOfRun(text: string, end: number): number {
  if (!LETTER_OR_DIGIT.test(text[end - 1] as string)) return end;
  const limit = Math.min(text.length, end + MAX_TAIL);
  let at = end;
  while (at < limit && LETTER_OR_DIGIT.test(text[at] as string)) at++;
  return at;
}

/** A class of ASCII characters, looked up by code: the step back to the beginning runs at every literal. */
function tableOf(chars: string): Uint8Array {
  const one = new RegExp(`[${chars}]`);
  return Uint8Array.from({ length: 128 }, (_, code) => (one.test(String.fromCharCode(code)) ? 1 : 0));
}

/** Whether the character before `at` belongs to an escape (`%22`, `\n`, `\u0022`), so that a token may begin here. */
export function endsEscape(text: string, at: number): boolean {
  return text[at - 3] === '%' || text[at - 2] === '\\' || (text[at - 6] === '\\' && text[at - 5] === 'u');
}
