import type { Rule } from '../rule.ts';
import { CREDENTIAL_RULES } from './credentials.ts';
import { SOURCE_CONTROL_RULES } from './source-control.ts';
import { WEB_RULES } from './web.ts';

/** The table: every built-in rule, the families in order. */
export const RULES: readonly Rule[] = [...CREDENTIAL_RULES, ...WEB_RULES, ...SOURCE_CONTROL_RULES];
