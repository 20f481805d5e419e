import type { UserRule } from './redactor.ts';
import type { Match, Rule } from './rule.ts';

/** How much of a text a user's expression is given, so that its time is bounded. */
const WINDOW = 4_096;
/** What one look may cost: what is allowed below is slow for a rule of ours. */
const WORK = 16;
const MIN_LITERAL = 3;
/** Lengths of hostile text an expression is tried with; each may take so long. */
const TRIAL_LENGTHS: readonly number[] = [8, 12, 16, 18, 20, 22, 24, 26, 28, 64, 256, 1_024, WINDOW];
const TRIAL_MILLIS = 8;
const TRIALS = 3;
const TRIAL_CHARS: readonly string[] = ['a', '0', ' ', '-', 'a1', 'aA0.'];
/** A repeat without end of a group that itself repeats or offers a choice. */
const NESTED_REPEAT = /\((?:[^()\\]|\\.)*(?:[+*|]|\{\d*,\d*\})(?:[^()\\]|\\.)*\)(?:[+*]|\{\d+,\d*\})/;

/** Why a user's rule cannot be used; undefined when it can. */
export function faultOfUserRule(rule: UserRule): string | undefined {
  if (typeof rule !== 'object' || rule === null) return 'it is not an object';
  if (typeof rule.id !== 'string' || !/^[\w-]{1,64}$/.test(rule.id)) return 'its id is not a short word';
  if (!Array.isArray(rule.literals) || rule.literals.length === 0) return 'it has no literals';
  for (const literal of rule.literals) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the gate reads ASCII
    if (typeof literal !== 'string' || literal.length < MIN_LITERAL || !/^[\x00-\x7f]+$/.test(literal)) {
      return `a literal is not ${MIN_LITERAL} or more ASCII characters`;
    }
  }
  if (!(rule.pattern instanceof RegExp)) return 'its pattern is not a RegExp';
  if (NESTED_REPEAT.test(rule.pattern.source)) return 'its pattern repeats a repeat';
  if (isSlow(rule)) return 'its pattern takes too long on hostile text';
  return undefined;
}

/** The rule as the engine runs it. The expression begins at the literal and sees {@link WINDOW} characters. */
export function compileUserRule(rule: UserRule): Rule {
  const form = new RegExp(rule.pattern.source, `${rule.pattern.flags.replace(/[gyd]/g, '')}yd`);
  return {
    id: rule.id,
    kind: 'token',
    literals: rule.literals,
    reference: rule.reference ?? 'the user',
    ...(rule.description === undefined ? {} : { description: rule.description }),
    examples: () => [],
    work: WORK,
    find(text, at): Match | undefined {
      form.lastIndex = 0;
      const found = form.exec(text.slice(at, at + WINDOW));
      const place = found?.indices?.[1] ?? found?.indices?.[0];
      if (place === undefined || place[0] === place[1]) return undefined;
      return { start: at + place[0], end: at + place[1], ruleId: rule.id, isSpecific: true };
    },
  };
}

function millisOf(form: RegExp, text: string): number {
  const start = performance.now();
  form.lastIndex = 0;
  form.test(text);
  return performance.now() - start;
}

function isSlow(rule: UserRule): boolean {
  const form = new RegExp(rule.pattern.source, `${rule.pattern.flags.replace(/[gyd]/g, '')}y`);
  for (const length of TRIAL_LENGTHS) {
    for (const chars of TRIAL_CHARS) {
      const text = `${rule.literals[0]}${chars.repeat(Math.ceil(length / chars.length))}!`;
      // A busy machine interrupts now and then, and a rule that is left out lets secrets through: slow is slow each time.
      let tries = 0;
      while (tries < TRIALS && millisOf(form, text) > TRIAL_MILLIS) tries++;
      if (tries === TRIALS) return true;
    }
  }
  return false;
}
