import type { DiagLogger } from '@opentelemetry/api';
import { loadSync } from '../load-sync.ts';
import type { AttributeValue } from '../span.ts';
import type { Redactor, RedactorOptions } from './redactor.ts';
import { RuleRedactor } from './rule-redactor.ts';
import { readSettings } from './settings.ts';

/**
 * A {@link Redactor} with the built-in rules and the user's. Building one takes a few milliseconds; keep it.
 * Never throws: a rule of the user's that cannot be used is left out and said once.
 */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  if (options.policy === 'off') return new OffRedactor();
  const onError = options.onError ?? reportBrokenRule;
  const redactor = new RuleRedactor(
    readSettings(options, options.onProblem ?? reportProblem),
    options,
    onError,
  );
  return options.dryRun === true ? new DryRedactor(redactor) : redactor;
}

/** Masks nothing, because the user said so. */
class OffRedactor implements Redactor {
  readonly maskedCount = 0;
  readonly countsByRule: ReadonlyMap<string, number> = new Map();

  text(text: string): string {
    return text;
  }

  value(_key: string, value: AttributeValue): AttributeValue {
    return value;
  }

  attributes<T extends object>(attributes: T): T {
    return attributes;
  }
}

/** Counts what would be masked and changes nothing. */
class DryRedactor implements Redactor {
  readonly #redactor: Redactor;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  get maskedCount(): number {
    return this.#redactor.maskedCount;
  }

  get countsByRule(): ReadonlyMap<string, number> {
    return this.#redactor.countsByRule;
  }

  text(text: string): string {
    this.#redactor.text(text);
    return text;
  }

  value(key: string, value: AttributeValue): AttributeValue {
    this.#redactor.value(key, value);
    return value;
  }

  attributes<T extends object>(attributes: T): T {
    this.#redactor.attributes(attributes);
    return attributes;
  }
}

function reportBrokenRule(ruleId: string): void {
  diag().error(`agentlog: redaction rule "${ruleId}" failed; the values it fails on are masked whole`);
}

function reportProblem(message: string): void {
  diag().warn(`agentlog: ${message}`);
}

/** Loaded when there is something to say: the read side, which masks too, has no other use for the API's 45 files. */
function diag(): DiagLogger {
  return loadSync<typeof import('@opentelemetry/api')>('@opentelemetry/api').diag;
}
