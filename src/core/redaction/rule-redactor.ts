import { inOnePiece } from '../in-one-piece.ts';
import type { AttributeValue } from '../span.ts';
import { isPlaceholder } from './assignment/placeholder.ts';
import { isWeakSecret } from './assignment/random-looking.ts';
import { CUT_MARGIN, cutMark, fittingLength, wasCut } from './cut.ts';
import { cutOffMatches } from './cut-off.ts';
import { Gate, SEAM } from './gate/gate.ts';
import { isAmongOthers, isWorthLearning, KeyCache, type KeyFacts, PLAIN_KEY } from './key-facts.ts';
import type { KeySense } from './keys.ts';
import { mayHoldMarks, newMatches, RedactedForms } from './marks.ts';
import { marker, maskMatches, mergeMatches } from './mask.ts';
import { isPairValue, pairRole, pairSense } from './pairs.ts';
import { pseudonym } from './pseudonym.ts';
import type { Redactor, RedactorOptions } from './redactor.ts';
import { RouteParameters } from './route-parameters.ts';
import type { Match } from './rule.ts';
import { findSecrets, KEY_RULE_ID, RuleFault, type Scanner } from './scan.ts';
import type { Settings } from './settings.ts';
import { isOdd, redactBytes, redactTree, type TreeRedactor } from './tree.ts';
import { Work } from './work.ts';

const DEFAULT_MAX_VALUE_BYTES = 65_536;
const ERROR_RULE_ID = 'error';
/** No rule matches anything shorter. */
const MIN_LENGTH = 5;
/** Longer texts go through the gate on their own. */
const SHORT_TEXT = 1_024;
const MAX_LEARNT = 256;
const MAX_NAMES = 256;
const URL_KEYS = /^(?:url\.|http\.(?:url|target)$)/;

/** The engine itself: the rules and the gate over them, the keys seen so far, the counters. */
export class RuleRedactor implements Redactor, TreeRedactor {
  readonly countsByRule: Map<string, number> = new Map();
  maskedCount = 0;
  readonly #maxValueBytes: number;
  readonly #cutLengths: ReadonlySet<number>;
  readonly #gate: Gate;
  readonly #scanner: Scanner;
  readonly #keys: KeyCache;
  readonly #routes: RouteParameters;
  #forms: RedactedForms | undefined;
  readonly work: Work = new Work();
  readonly #names = new Set<string>();
  /** Stands before the first key of all attributes. */
  readonly #first: KeyFacts = { ...PLAIN_KEY };
  readonly #settings: Settings;
  readonly #personal: ReadonlySet<string>;
  readonly #pseudonymKey: string | undefined;
  readonly #reported = new Set<string>();
  readonly #onError: (ruleId: string) => void;

  constructor(settings: Settings, options: RedactorOptions, onError: (ruleId: string) => void) {
    this.#maxValueBytes = options.maxValueBytes ?? DEFAULT_MAX_VALUE_BYTES;
    this.#cutLengths = options.valueLengthLimits ?? new Set();
    this.#pseudonymKey = options.pseudonymKey === '' ? undefined : options.pseudonymKey;
    this.#onError = onError;
    this.#settings = settings;
    const { rules, numberRules, shapeRules } = settings;
    const entries = rules.flatMap((rule, tag) => rule.literals.map((literal) => ({ literal, tag })));
    this.#gate = new Gate(
      entries,
      rules.some((rule) => rule.id === 'email'),
    );
    this.#keys = new KeyCache((key) => this.#readFacts(key));
    this.#routes = new RouteParameters(this);
    const senseOf = (key: string): KeySense => this.senseOf(key);
    this.#scanner = { rules, numberRules, shapeRules, gate: this.#gate, senseOf, work: this.work };
    const personal = rules.filter((rule) => rule.kind === 'personal').concat(numberRules as never[]);
    this.#personal = new Set(personal.map((rule) => rule.id));
  }

  text(text: string): string {
    if (text.length > MAX_LEARNT) return this.#redact(text, false);
    if (this.#names.has(text)) return text;
    const redacted = this.#redact(text, false);
    if (redacted === text) this.#learn(text);
    return redacted;
  }

  /** Names of spans and events come again and again. */
  #learn(text: string): void {
    if (this.#names.size >= MAX_NAMES) this.#names.clear();
    this.#names.add(inOnePiece(text));
  }

  value(key: string, value: AttributeValue): AttributeValue {
    return this.#value(key, value, undefined);
  }

  /** `given`: what another attribute says about this one. */
  #value(key: string, value: AttributeValue, given: KeySense): AttributeValue {
    try {
      const { isAllowed, isUrl, sense = given } = this.#factsOf(key);
      return isAllowed ? value : redactTree(this, key, value, { sense, isUrl });
    } catch (error) {
      return this.fail(error);
    }
  }

  attributes<T extends object>(attributes: T): T {
    try {
      return this.#routes.mask(this.#attributes(attributes as Record<string, AttributeValue>)) as T;
    } catch (error) {
      return { [marker(ERROR_RULE_ID)]: this.fail(error) } as T;
    }
  }

  /**
   * All short texts are joined and go through the gate at once: one pass for a span instead of one for each value.
   * Nearly all spans end here; the others are looked at value by value.
   */
  #attributes(before: Record<string, AttributeValue>): Record<string, AttributeValue> {
    let joined = '';
    let last = '';
    let learner: KeyFacts | undefined;
    let lesson = '';
    let facts = this.#first;
    for (const key in before) {
      const value = before[key];
      facts = this.#keys.after(facts, key);
      if (!facts.isPlain) return this.#eachAttribute(before);
      if (typeof value === 'string') {
        if (value.length < MIN_LENGTH) continue;
        if (facts.trust > 0 && (value === facts.clean || isAmongOthers(facts, value))) continue;
        if (value.length > SHORT_TEXT || this.#mayBeCutOff(value)) return this.#eachAttribute(before);
        if (learner === undefined && isWorthLearning(facts)) {
          learner = facts;
          lesson = value;
        }
        // An address often stands under two keys.
        if (value === last) continue;
        joined = joined === '' ? value : joined + SEAM + value;
        last = value;
      } else if (isOdd(value)) return this.#eachAttribute(before);
    }
    if (joined !== '' && !this.#gate.isClean(joined)) return this.#eachAttribute(before);
    if (learner !== undefined && lesson.length <= MAX_LEARNT) this.#keys.learn(learner, inOnePiece(lesson));
    return before;
  }

  #eachAttribute(before: Record<string, AttributeValue>): Record<string, AttributeValue> {
    const texts: string[] = [];
    const keys: string[] = [];
    const odd: string[] = [];
    const senseOfPair = this.#pairSense(before);
    for (const key in before) {
      const value = before[key];
      const facts = this.#factsOf(key);
      if (senseOfPair !== undefined && isPairValue(key, value)) {
        odd.push(key);
        continue;
      }
      if (facts.isPlain && typeof value === 'string') {
        if (value.length < MIN_LENGTH || value === facts.clean) continue;
        if (value.length <= SHORT_TEXT && !this.#mayBeCutOff(value)) {
          texts.push(value);
          keys.push(key);
          continue;
        }
      } else if (facts.isPlain && !isOdd(value)) continue;
      odd.push(key);
    }
    const suspects = texts.length === 0 ? [] : (this.#gate.suspectParts(texts) ?? []);
    let copy: Record<string, AttributeValue> | undefined;
    for (const key of [...suspects.map((part) => keys[part] as string), ...odd]) {
      const value = before[key] as AttributeValue;
      const given = isPairValue(key, value) ? senseOfPair : undefined;
      const after = value === undefined ? value : this.#value(key, value, given);
      const { name } = this.#factsOf(key);
      if (after === value && name === key) continue;
      copy ??= { ...before };
      if (name !== key) {
        delete copy[key];
        this.count(KEY_RULE_ID);
      }
      copy[name] = after;
    }
    return copy ?? before;
  }

  #pairSense(attributes: Record<string, AttributeValue>): KeySense {
    for (const key in attributes) {
      if (this.#factsOf(key).isPairName) return pairSense(attributes, (name) => this.senseOf(name));
    }
    return undefined;
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

  isAllowed(path: string): boolean {
    return this.#settings.isAllowed(path);
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
      // What was cut before, and grew by its marks, is not cut again.
      const fitting = fittingLength(text, wasCut(text) ? 4 * this.#maxValueBytes : this.#maxValueBytes);
      if (fitting === text.length && !this.#mayBeCutOff(text) && this.#gate.isClean(text)) return text;
      return this.work.within(text, fitting, (length) => this.#mask(text, length, isUrl));
    } catch (error) {
      return this.fail(error);
    }
  }

  /** The cut falls behind a secret, never into it: what straddles it is seen whole and masked. */
  #mask(text: string, fitting: number, isUrl: boolean): string {
    const head = text.slice(0, fitting + Math.min(CUT_MARGIN, fitting));
    const isClean = fitting < text.length && this.#gate.isClean(head);
    const matches = isClean ? [] : this.#newMatches(head);
    const markFor = (ruleId: string, secret: string): string | undefined => this.#markFor(ruleId, secret);
    if (fitting === text.length)
      return matches.length === 0 ? text : maskMatches(text, matches, isUrl, markFor);
    const before = matches.filter((match) => match.start < fitting);
    const end = Math.max(fitting, before.at(-1)?.end ?? 0);
    return maskMatches(head.slice(0, end), before, isUrl, markFor) + cutMark(text);
  }

  #mayBeCutOff(text: string): boolean {
    return this.#cutLengths.size > 0 && this.#cutLengths.has(text.length);
  }

  /** What was not masked before. */
  #newMatches(text: string): readonly Match[] {
    const found = findSecrets(this.#scanner, text);
    const matches = this.#mayBeCutOff(text)
      ? mergeMatches([...found, ...cutOffMatches(text, this.#gate, this.#settings.rules)])
      : found;
    if (matches.length === 0 || !mayHoldMarks(text)) return matches;
    const { rules, numberRules, shapeRules } = this.#settings;
    this.#forms ??= new RedactedForms([...rules, ...numberRules, ...shapeRules]);
    return newMatches(text, matches, this.#forms);
  }

  bytes(bytes: Uint8Array, sense: KeySense): Uint8Array | string {
    return redactBytes(this, bytes, sense);
  }

  #factsOf(key: string): KeyFacts {
    return this.#keys.get(key);
  }

  #readFacts(key: string): KeyFacts {
    if (this.#settings.isAllowed(key))
      return { ...PLAIN_KEY, key, name: key, isAllowed: true, isPlain: false };
    const sense = this.#settings.senseOf(key);
    const name = this.#redact(key, false);
    const isPairName = pairRole(key) === 'name';
    const isPlain = sense !== 'strong' && sense !== 'weak' && name === key && !isPairName;
    return { ...PLAIN_KEY, key, sense, name, isPlain, isPairName, isUrl: URL_KEYS.test(key) };
  }

  /** Personal data may be replaced by a pseudonym. */
  #markFor(ruleId: string, secret: string): string | undefined {
    this.count(ruleId);
    if (this.#pseudonymKey === undefined || !this.#personal.has(ruleId)) return undefined;
    return pseudonym(ruleId, secret, this.#pseudonymKey);
  }
}
