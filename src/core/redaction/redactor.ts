import type { AttributeValue } from '../span.ts';
import type { Rule } from './rule.ts';

/** What the engine may be told. Every field has a default. */
export interface RedactorOptions {
  /** Longer texts are cut to this many bytes before they are scanned; the cut is marked. Default 65,536. */
  readonly maxValueBytes?: number;
  /** The SDK's own limits for the length of values: a text of exactly this length may end inside a secret. May grow. */
  readonly valueLengthLimits?: ReadonlySet<number>;
  /** `default` masks what is surely a secret, `strict` adds weak keys and all personal data, `off` masks nothing. */
  readonly policy?: 'default' | 'strict' | 'off';
  /** Rules of the user's own, beside the built-in table. A broken or dangerous one is left out and said once. */
  readonly extraRules?: readonly (Rule | UserRule)[];
  /** A JSON file of such rules: a list of `{ id, literals, pattern, flags? }`, so that the read side can have them too. */
  readonly rulesFile?: string;
  /** Further sensitive keys, by words: `customer ref` fits `customer_ref`, `customerRef` and `x.customer-ref`. */
  readonly extraKeys?: readonly string[];
  /** Attribute keys (whole, or a prefix that ends in `*`) whose values are left as they are. */
  readonly allow?: readonly string[];
  /** Ids of rules that do not run. */
  readonly disable?: readonly string[];
  /** Ids of rules that are off by default and shall run: `email`, `phone`, `ip-address`. */
  readonly enable?: readonly string[];
  /** Counts what would be masked and changes nothing. */
  readonly dryRun?: boolean;
  /** Personal data becomes `[rule-id:3f9c…]`, an HMAC under this key, so that distinct values can still be counted. */
  readonly pseudonymKey?: string;
  /** Told once for each rule that failed; its value was masked whole. Default: OpenTelemetry's `diag`. */
  readonly onError?: (ruleId: string) => void;
  /** Told once, at the start, of each rule of the user's and each id that cannot be used. Default: `diag`. */
  readonly onProblem?: (message: string) => void;
}

/** A rule as a user writes it: a literal that every match contains first, and the expression that begins there. */
export interface UserRule {
  readonly id: string;
  /** Plain texts, three characters or more; the expression is tried only where one of them stands. */
  readonly literals: readonly string[];
  /** Begins at the literal; its first group is masked, or all of it when it has none. No unbounded nested repeats. */
  readonly pattern: RegExp;
  /** What it finds, in a few words, for `redact --explain`. */
  readonly description?: string;
  /** Where the form is described. */
  readonly reference?: string;
}

/**
 * Masks secrets by key and by value. One instance serves a process; it never throws: a value it fails on is
 * masked whole (`[REDACTED:error]`), counted, and reported once.
 *
 * Every method returns the very same reference when there was nothing to mask, so that only what changed is copied.
 */
export interface Redactor {
  /** Free text: a span name, a message, a log body. */
  text(text: string): string;
  /** A value of any shape under a key; a sensitive key masks the value whole. */
  value(key: string, value: AttributeValue): AttributeValue;
  /** A flat or nested map of attributes: keys as well as values. */
  attributes<T extends object>(attributes: T): T;
  /** How many values were masked since the start. A span's own count is the difference around its redaction. */
  readonly maskedCount: number;
  /** Masked values by rule id, for the reports. */
  readonly countsByRule: ReadonlyMap<string, number>;
}
