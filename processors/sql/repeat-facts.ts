import {
  DB_DUPLICATE_COUNT,
  DB_QUERY_COUNT,
  N_PLUS_ONE_COUNT,
  N_PLUS_ONE_DURATION_MS,
  N_PLUS_ONE_KIND,
  N_PLUS_ONE_SEVERITY,
  N_PLUS_ONE_SIGNATURE,
  N_PLUS_ONE_SUMMARY,
} from '../../src/core/attributes.ts';
import type { Repeat, Settled } from '../../src/core/n-plus-one/index.ts';
import type { Facts } from '../processor.ts';

const ARRAYS = [
  [N_PLUS_ONE_SIGNATURE, 'signature'],
  [N_PLUS_ONE_SUMMARY, 'summary'],
  [N_PLUS_ONE_COUNT, 'count'],
  [N_PLUS_ONE_DURATION_MS, 'durationMs'],
  [N_PLUS_ONE_KIND, 'kind'],
  [N_PLUS_ONE_SEVERITY, 'severity'],
] as const;

/** Writes repeats as parallel arrays, worst first as they come; nothing for none. */
export function setRepeatFacts(repeats: readonly Repeat[], facts: Facts): void {
  if (repeats.length === 0) return;
  for (const [key, field] of ARRAYS) {
    // Each is an array of one type, which the compiler cannot see.
    const values: readonly (string | number)[] = repeats.map((repeat) => repeat[field]);
    facts.set(key, values as string[]);
  }
}

/** What a local root says of everything below it: the counts, and the worst repeat before its own. */
export function setTotals(settled: Settled, facts: Facts): void {
  const { repeats, totals } = settled;
  if (totals === undefined) return;
  if (totals.queryCount > 0) {
    facts.set(DB_QUERY_COUNT, totals.queryCount);
    facts.set(DB_DUPLICATE_COUNT, totals.duplicateCount);
  }
  const { worst } = totals;
  setRepeatFacts(worst === undefined || repeats.includes(worst) ? repeats : [worst, ...repeats], facts);
}
