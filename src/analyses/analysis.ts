import type { Trace } from '../core/trace.ts';

/** How much a finding matters: it explains or is a fault; it is worth a look; it is background. */
export type Severity = 'problem' | 'note' | 'info';

/**
 * What an analysis found in a trace.
 *
 * `title` is made of our own words and numbers, never of telemetry text. Facts are in order of importance; a
 * number's key carries its unit (`totalMs`), a key that ends in `spanId` names a span, and every other string may
 * be text from telemetry, so a format quotes it. `spanIds` is the evidence: the most important span first.
 */
export interface Finding {
  readonly analysis: string;
  readonly severity: Severity;
  readonly title: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly spanIds: readonly string[];
}

/**
 * A member of this room: a pure function of one trace, and of what is usual where that is known. Linear in the number of spans, never throws, the worst
 * finding first, no findings for a trace it has nothing to say about.
 */
export type Analysis = (trace: Trace, history?: History) => Finding[];

/** How spans of a kind usually behave, by `historyKeyOf`; from a source that has older traces. */
export type History = ReadonlyMap<
  string,
  { readonly count: number; readonly p50Ms: number; readonly p95Ms: number }
>;
