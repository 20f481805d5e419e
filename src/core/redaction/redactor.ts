import type { AttributeValue } from '../span.ts';

/** What the engine may be told. Every field has a default. */
export interface RedactorOptions {
  /** Longer texts are cut to this many bytes before they are scanned; the cut is marked. Default 65,536. */
  readonly maxValueBytes?: number;
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
