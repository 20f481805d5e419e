export { createRedactor } from './create-redactor.ts';
export { type KeySense, senseOfKey } from './keys.ts';
export type { Redactor, RedactorOptions, UserRule } from './redactor.ts';
export type { Example, Match, Rule, RuleKind } from './rule.ts';
export { RULES } from './rules/index.ts';
