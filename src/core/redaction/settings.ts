import { assignmentRule } from './assignment/assignment.ts';
import { type KeySense, senseOfKey, splitWords } from './keys.ts';
import { readRulesFile } from './read-rules-file.ts';
import type { RedactorOptions } from './redactor.ts';
import type { Rule } from './rule.ts';
import { ALL_RULES, NUMBERS, RULES, SHAPES } from './rules/index.ts';
import type { RunRule } from './run-rule.ts';
import { compileUserRule, faultOfUserRule } from './user-rule.ts';

export const EXTRA_KEY_ID = 'extra-key';

/** The options as the engine uses them: checked once, when it is made. */
export interface Settings {
  readonly rules: readonly Rule[];
  readonly numberRules: readonly RunRule[];
  readonly shapeRules: readonly RunRule[];
  senseOf(key: string): KeySense;
  isAllowed(key: string): boolean;
}

/** Works out the rules and keys; `onProblem` learns of each rule of the user's and each id that cannot be used, and why. */
export function readSettings(options: RedactorOptions, onProblem: (message: string) => void): Settings {
  const isStrict = options.policy === 'strict';
  const disabled = new Set(options.disable ?? []);
  const enabled = new Set(options.enable ?? []);
  const isOn = (rule: Rule | RunRule): boolean =>
    !disabled.has(rule.id) && (rule.isOptIn !== true || isStrict || enabled.has(rule.id));
  const extraKeys = (options.extraKeys ?? []).map(splitWords).filter((words) => words.length > 0);
  const isExtra = (key: string): boolean => {
    const words = splitWords(key);
    return extraKeys.some((extra) => holdsRun(words, extra));
  };
  const senseOf = (key: string): KeySense => {
    if (extraKeys.length > 0 && isExtra(key)) return 'strong';
    const sense = senseOfKey(key);
    return isStrict && sense === 'weak' ? 'strong' : sense;
  };
  const rules = RULES.filter(isOn);
  const own = [...readRulesFile(options.rulesFile, onProblem), ...(options.extraRules ?? [])];
  for (const rule of own) {
    if (typeof rule === 'object' && rule !== null && 'find' in rule) {
      rules.push(rule);
      continue;
    }
    const fault = faultOfUserRule(rule);
    if (fault === undefined) rules.push(compileUserRule(rule));
    else onProblem(`redaction rule "${idOf(rule)}" is left out: ${fault}`);
  }
  const known = new Set([...ALL_RULES.map((rule) => rule.id), ...own.map(idOf)]);
  for (const field of ['disable', 'enable'] as const) {
    for (const id of options[field] ?? []) {
      if (!known.has(id))
        onProblem(
          `redaction: \`${field}\` names "${id}", and no rule has this id${nearest(id, known)}; \`agentlog-otel redact --explain\` lists them`,
        );
    }
  }
  const literals = extraKeys.map(longest).filter((word) => word.length >= 3 && /^[a-z0-9]+$/.test(word));
  if (literals.length > 0) {
    rules.push(assignmentRule(EXTRA_KEY_ID, literals, (name) => (isExtra(name) ? 'strong' : undefined)));
  }
  return {
    rules,
    numberRules: NUMBERS.filter(isOn),
    shapeRules: SHAPES.filter(isOn),
    senseOf,
    isAllowed: allowList(options.allow ?? []),
  };
}

function idOf(rule: unknown): string {
  return String((rule as { id?: unknown } | null)?.id).slice(0, 64);
}

/** An id that holds the wrong one or begins like it. */
function nearest(id: string, known: ReadonlySet<string>): string {
  const start = id.toLowerCase().slice(0, 4);
  const near = [...known].filter((other) => other.startsWith(start) && start.length === 4);
  return near.length === 0 ? '' : ` (did you mean ${near.slice(0, 3).join(', ')}?)`;
}

/** Whole keys, or prefixes that end in a star. */
function allowList(allow: readonly string[]): (key: string) => boolean {
  const whole = new Set(allow.filter((entry) => !entry.endsWith('*')));
  const prefixes = allow.filter((entry) => entry.endsWith('*')).map((entry) => entry.slice(0, -1));
  return (key) => whole.has(key) || prefixes.some((prefix) => key.startsWith(prefix));
}

function holdsRun(words: readonly string[], run: readonly string[]): boolean {
  for (let start = 0; start + run.length <= words.length; start++) {
    if (run.every((word, index) => words[start + index] === word)) return true;
  }
  return false;
}

function longest(words: readonly string[]): string {
  return words.reduce((best, word) => (word.length > best.length ? word : best), '');
}
