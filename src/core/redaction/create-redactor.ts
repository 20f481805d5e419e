import { diag } from '@opentelemetry/api';
import type { AttributeValue } from '../span.ts';
import { isPlaceholder, isWeakSecret } from './assignment/plausible.ts';
import { CUT_MARGIN, cutMark, fittingLength } from './cut.ts';
import { Gate } from './gate/gate.ts';
import { type KeySense, senseOfKey } from './keys.ts';
import { marker, maskMatches } from './mask.ts';
import type { Redactor, RedactorOptions } from './redactor.ts';
import { NUMBERS, RULES } from './rules/index.ts';
import { findSecrets, KEY_RULE_ID, RuleFault, type Scanner } from './scan.ts';
import { redactBytes, redactTree, type TreeRedactor } from './tree.ts';

const DEFAULT_MAX_VALUE_BYTES = 65_536;
const KEY_CACHE_LIMIT = 2_000;
const ERROR_RULE_ID = 'error';
/** No rule matches anything shorter. */
const MIN_LENGTH = 5;
/** Longer texts go through the gate on their own. */
const SHORT_TEXT = 1_024;
/** No literal has it, so nothing is found over the seam of two texts. */
const SEAM = '\0';
/** Smaller numbers are too short for a card. */
const LONG_NUMBER = 1e12;
/** A key's clean value is learnt anew after so many others. */
const MISSES_TO_LEARN = 64;
const MAX_LEARNT = 256;
const URL_KEYS = /^(?:url\.|http\.(?:url|target)$)/;

interface KeyFacts {
  readonly sense: KeySense;
  readonly isUrl: boolean;
  /** The key as it may be written. */
  readonly name: string;
  /** Nothing about the key matters: only the value's text can hold a secret. */
  readonly isPlain: boolean;
  /** A value that was clean; most keys have the same few values all the time. */
  clean: string;
  /** How many other values were seen since. */
  misses: number;
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
    const rules = RULES.filter((rule) => rule.isOptIn !== true);
    const entries = rules.flatMap((rule, tag) => rule.literals.map((literal) => ({ literal, tag })));
    this.#gate = new Gate(entries);
    this.#scanner = {
      rules,
      numberRules: NUMBERS,
      gate: this.#gate,
      senseOf: (key) => this.senseOf(key),
    };
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
      return this.#attributes(attributes as Record<string, AttributeValue>) as T;
    } catch (error) {
      return { [marker(ERROR_RULE_ID)]: this.fail(error) } as T;
    }
  }

  /**
   * All short texts are joined and go through the gate at once: one pass for a span instead of one for each value.
   * Only what it suspects is looked at on its own.
   */
  #attributes(before: Record<string, AttributeValue>): Record<string, AttributeValue> {
    let joined = '';
    const ends: number[] = [];
    const keys: string[] = [];
    let odd: string[] | undefined;
    let learner: KeyFacts | undefined;
    let lesson = '';
    for (const key in before) {
      const value = before[key];
      if (typeof value === 'boolean' || value === undefined || value === null) {
        if (this.#factsOf(key).isPlain) continue;
      } else if (typeof value === 'number') {
        if (this.#factsOf(key).isPlain && !(value >= LONG_NUMBER)) continue;
      } else if (typeof value === 'string' && value.length <= SHORT_TEXT) {
        const facts = this.#factsOf(key);
        if (facts.isPlain) {
          if (value.length < MIN_LENGTH || value === facts.clean) continue;
          joined += value + SEAM;
          ends.push(joined.length - 1);
          keys.push(key);
          if (++facts.misses >= MISSES_TO_LEARN && learner === undefined) {
            facts.misses = 0;
            learner = facts;
            lesson = value;
          }
          continue;
        }
      }
      odd ??= [];
      odd.push(key);
    }
    const suspects = joined === '' ? undefined : this.#gate.suspectParts(joined, ends);
    if (suspects === undefined && learner !== undefined && lesson.length <= MAX_LEARNT)
      learner.clean = detached(lesson);
    if (suspects === undefined && odd === undefined) return before;
    let copy: Record<string, AttributeValue> | undefined;
    const change = (key: string): void => {
      const value = before[key] as AttributeValue;
      const after = value === undefined ? value : this.value(key, value);
      const { name } = this.#factsOf(key);
      if (after === value && name === key) return;
      copy ??= { ...before };
      if (name !== key) {
        delete copy[key];
        this.count(KEY_RULE_ID);
      }
      copy[name] = after;
    };
    for (const part of suspects ?? []) change(keys[part] as string);
    for (const key of odd ?? []) change(key);
    return copy ?? before;
  }

  /** A string inside a value; `sense` is what its key says. */
  leaf(text: string, sense: KeySense, isUrl: boolean): string {
    if (sense === 'strong' || (sense === 'weak' && isWeakSecret(text))) return this.whole(text);
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
      return this.#gate.isClean(text) ? text : this.#mask(text, isUrl);
    } catch (error) {
      return this.fail(error);
    }
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
    const matches = this.#gate.isClean(head) ? [] : findSecrets(this.#scanner, head);
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
    const sense = senseOfKey(key);
    const name = this.#redact(key, false);
    const facts = {
      sense,
      name,
      isUrl: URL_KEYS.test(key),
      isPlain: sense !== 'strong' && sense !== 'weak' && name === key,
      clean: '',
      misses: MISSES_TO_LEARN - 1,
    };
    if (this.#keys.size < KEY_CACHE_LIMIT && key.length <= 256) this.#keys.set(key, facts);
    return facts;
  }
}

/** A copy that does not keep a longer text alive of which the value was cut. */
function detached(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

function reportToDiag(ruleId: string): void {
  diag.error(`agentlog: redaction rule "${ruleId}" failed; the values it fails on are masked whole`);
}
