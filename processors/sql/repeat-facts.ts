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

/** Writes repeats as parallel arrays, worst first as they come; nothing for none. */
export function setRepeatFacts(repeats: readonly Repeat[], facts: Facts): void {
  if (repeats.length === 0) return;
  facts.set(
    N_PLUS_ONE_SIGNATURE,
    repeats.map((repeat) => repeat.signature),
  );
  facts.set(
    N_PLUS_ONE_SUMMARY,
    repeats.map((repeat) => repeat.summary),
  );
  facts.set(
    N_PLUS_ONE_COUNT,
    repeats.map((repeat) => repeat.count),
  );
  facts.set(
    N_PLUS_ONE_DURATION_MS,
    repeats.map((repeat) => repeat.durationMs),
  );
  facts.set(
    N_PLUS_ONE_KIND,
    repeats.map((repeat) => repeat.kind),
  );
  facts.set(
    N_PLUS_ONE_SEVERITY,
    repeats.map((repeat) => repeat.severity),
  );
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
