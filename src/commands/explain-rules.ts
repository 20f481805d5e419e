import { createRedactor, type RedactorOptions } from '../core/redaction/index.ts';
import { readRulesFile } from '../core/redaction/read-rules-file.ts';
import { DESCRIPTIONS } from '../core/redaction/rules/descriptions.ts';
import { ALL_RULES } from '../core/redaction/rules/index.ts';

const KEYS_REFERENCE = 'https://opentelemetry.io/docs/specs/semconv/registry/attributes/';

/** One rule as a person reads it. */
export interface ExplainedRule {
  readonly rule: string;
  readonly description: string;
  /** `optional` is off unless enabled. */
  readonly state: 'on' | 'off' | 'optional';
  /** An example of the rule after redaction: what stays and where the mark goes. */
  readonly leaves: readonly string[];
  readonly reference: string;
}

/** Every rule, the user's last, sorted as in the table; one row for each id. */
export function explainRules(options: RedactorOptions): ExplainedRule[] {
  const rows = new Map<string, ExplainedRule>();
  rows.set('sensitive-key', keyRow());
  const redactor = createRedactor({ policy: 'strict' });
  const isStrict = options.policy === 'strict';
  for (const rule of ALL_RULES) {
    const isOptional = rule.isOptIn === true && !isStrict && options.enable?.includes(rule.id) !== true;
    const isOff = options.policy === 'off' || options.disable?.includes(rule.id) === true;
    const leaves = rule.examples().map(({ text }) => printable(redactor.text(text)));
    rows.set(rule.id, {
      rule: rule.id,
      description: DESCRIPTIONS[rule.id] ?? rule.description ?? '',
      state: isOff ? 'off' : isOptional ? 'optional' : 'on',
      leaves: [...new Set([...(rows.get(rule.id)?.leaves ?? []), ...leaves])],
      reference: rule.reference,
    });
  }
  for (const rule of readRulesFile(options.rulesFile, () => undefined)) {
    const { id, description = 'a rule of the rules file', reference = '' } = rule;
    rows.set(id, { rule: id, description, state: 'on', leaves: [], reference });
  }
  return [...rows.values()];
}

function keyRow(): ExplainedRule {
  return {
    rule: 'sensitive-key',
    description: DESCRIPTIONS['sensitive-key'] ?? '',
    state: 'on',
    leaves: ['{"db.password":"[REDACTED:sensitive-key]"}'],
    reference: KEYS_REFERENCE,
  };
}

function printable(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
