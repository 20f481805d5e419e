import { diag } from '@opentelemetry/api';
import type { AttributeValue } from '../span.ts';
import { isPlaceholder } from './assignment/plausible.ts';
import { hasBase64Text } from './base64.ts';
import { CUT_MARGIN, cutMark, fittingLength } from './cut.ts';
import { Gate } from './gate.ts';
import { type KeySense, senseOfKey } from './keys.ts';
import { marker, maskMatches } from './mask.ts';
import { hasNumberRun } from './numbers.ts';
import type { Redactor, RedactorOptions } from './redactor.ts';
import { RULES } from './rules/index.ts';
import { findSecrets, KEY_RULE_ID, RuleFault, type Scanner } from './scan.ts';
import { redactBytes, redactTree, type TreeRedactor } from './tree.ts';

const DEFAULT_MAX_VALUE_BYTES = 65_536;
const KEY_CACHE_LIMIT = 2_000;
const ERROR_RULE_ID = 'error';
/** No rule matches anything shorter. */
const MIN_LENGTH = 5;
/** Signs of an encoding that hides literals from the gate; they only make a text worth a closer look. */
const ENCODING_LITERALS: readonly string[] = ['%', '\\'];
const URL_KEYS = /^(?:url\.|http\.(?:url|target)$)/;

interface KeyFacts {
  readonly sense: KeySense;
  readonly isUrl: boolean;
  /** The key as it may be written. */
  readonly name: string;
}

/** A {@link Redactor} with the built-in rules. Building one takes a few milliseconds; keep it. */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  return new RuleRedactor(options);
}

class RuleRedactor implements Redactor, TreeRedactor {
  readonly countsByRule: Map<string, number> = new Map();
  maskedCount = 0;
  readonly #maxValueBytes: number;
  readonly #gate: Gate;
  readonly #scanner: Scanner;
  readonly #keys = new Map<string, KeyFacts>();
  readonly #reported = new Set<string>();
  readonly #onError: (ruleId: string) => void;

  constructor(options: RedactorOptions) {
    this.#maxValueBytes = options.maxValueBytes ?? DEFAULT_MAX_VALUE_BYTES;
    this.#onError = options.onError ?? reportToDiag;
    const rules = RULES;
    const entries = rules.flatMap((rule, tag) => rule.literals.map((literal) => ({ literal, tag })));
    this.#gate = new Gate([...entries, ...ENCODING_LITERALS.map((literal) => ({ literal, tag: -1 }))]);
    this.#scanner = { rules, numberRules: [], gate: new Gate(entries) };
  }

  text(text: string): string {
    return this.#redact(text, false);
  }

  value(key: string, value: AttributeValue): AttributeValue {
    try {
      const facts = this.#factsOf(key);
      return redactTree(this, value, facts.sense, facts.isUrl);
    } catch (error) {
      return this.fail(error);
    }
  }

  attributes<T extends object>(attributes: T): T {
    try {
      const before = attributes as Record<string, AttributeValue>;
      let copy: Record<string, AttributeValue> | undefined;
      for (const key in before) {
        const value = before[key] as AttributeValue;
        const facts = this.#factsOf(key);
        const after = typeof value === 'boolean' ? value : this.value(key, value);
        if (after === value && facts.name === key) continue;
        copy ??= { ...before };
        if (facts.name !== key) {
          delete copy[key];
          this.count(KEY_RULE_ID);
        }
        copy[facts.name] = after;
      }
      return (copy ?? attributes) as T;
    } catch (error) {
      return { [marker(ERROR_RULE_ID)]: this.fail(error) } as T;
    }
  }

  /** A string inside a value; `sense` is what its key says. */
  leaf(text: string, sense: KeySense, isUrl: boolean): string {
    if (sense === 'strong') return this.whole(text);
    return this.#redact(text, isUrl);
  }

  /** The value of a sensitive key. */
  whole(value: string): string {
    if (value === '' || isPlaceholder(value)) return value;
    this.count(KEY_RULE_ID);
    return marker(KEY_RULE_ID);
  }

  senseOf(key: string): KeySense {
    return this.#factsOf(key).sense;
  }

  nameOf(key: string): string {
    return this.#factsOf(key).name;
  }

  count(ruleId: string): void {
    this.maskedCount++;
    this.countsByRule.set(ruleId, (this.countsByRule.get(ruleId) ?? 0) + 1);
  }

  /** Masks a value whole because something broke. */
  fail(error: unknown): string {
    const ruleId = error instanceof RuleFault ? error.ruleId : 'engine';
    this.count(ERROR_RULE_ID);
    if (!this.#reported.has(ruleId)) {
      this.#reported.add(ruleId);
      try {
        this.#onError(ruleId);
      } catch {
        // The user's own callback must not undo the mask.
      }
    }
    return marker(ERROR_RULE_ID);
  }

  #redact(text: string, isUrl: boolean): string {
    if (text.length < MIN_LENGTH) return text;
    try {
      const fitting = fittingLength(text, this.#maxValueBytes);
      if (fitting < text.length) return this.#redactCut(text, fitting, isUrl);
      return this.#isClean(text) ? text : this.#mask(text, isUrl);
    } catch (error) {
      return this.fail(error);
    }
  }

  #isClean(text: string): boolean {
    return !this.#gate.test(text) && !hasNumberRun(text) && !hasBase64Text(text);
  }

  #mask(text: string, isUrl: boolean): string {
    const matches = findSecrets(this.#scanner, text);
    if (matches.length === 0) return text;
    return maskMatches(text, matches, isUrl, (ruleId) => {
      this.count(ruleId);
      return undefined;
    });
  }

  /** The cut falls behind a secret, never into it: what straddles it is seen whole and masked. */
  #redactCut(text: string, fitting: number, isUrl: boolean): string {
    const head = text.slice(0, fitting + CUT_MARGIN);
    const matches = this.#isClean(head) ? [] : findSecrets(this.#scanner, head);
    const before = matches.filter((match) => match.start < fitting);
    const end = Math.max(fitting, before.at(-1)?.end ?? 0);
    const masked = maskMatches(head.slice(0, end), before, isUrl, (ruleId) => {
      this.count(ruleId);
      return undefined;
    });
    return masked + cutMark(text);
  }

  bytes(bytes: Uint8Array, sense: KeySense): Uint8Array | string {
    return redactBytes(this, bytes, sense);
  }

  #factsOf(key: string): KeyFacts {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const facts: KeyFacts = {
      sense: senseOfKey(key),
      isUrl: URL_KEYS.test(key),
      name: this.#redact(key, false),
    };
    if (this.#keys.size < KEY_CACHE_LIMIT && key.length <= 256) this.#keys.set(key, facts);
    return facts;
  }
}

function reportToDiag(ruleId: string): void {
  diag.error(`agentlog: redaction rule "${ruleId}" failed; the values it fails on are masked whole`);
}
