import type { History } from '../analyses/analysis.ts';
import type { Trace } from '../core/trace.ts';
import type { Allowance } from '../sources/allowance.ts';
import type { AggregateRow, Coverage, TraceSource } from '../sources/source.ts';
import { askAround } from './ask-around.ts';
import { type Ask, askBaseline, askConcurrency, type Baseline, ENOUGH } from './baseline.ts';
import { entrySpanOf } from './entry-span.ts';

/** Earlier traces with the same exception fingerprint; none when this is the first. */
export interface Occurrences {
  /** 16 hex digits. */
  readonly fingerprint: string;
  /** A trace that goes over the end of a minute counts in both. */
  readonly traceCount: number;
  /** The minutes of the first and the last one, `2026-11-21T08:40Z`. */
  readonly firstMinute?: string;
  readonly lastMinute?: string;
}

/** What a source knows of the time before the trace. */
export interface Past {
  readonly baseline?: Baseline;
  readonly occurrences: readonly Occurrences[];
  readonly history: History;
  /** There are more spans than a question may group: what ran beside the trace is not asked. */
  readonly isLarge?: true;
  /** Why nothing was asked, or what its numbers lack, in our words. */
  readonly whyNot?: string;
}

const DAY = 86_400_000_000_000n;
/** Kinds of spans whose usual times are known. */
const KIND_LIMIT = 2_000;
const MINUTE_LIMIT = 20_000;
/** Each question decodes every hot file, at about 100 MB/s. */
export const MAX_HOT_BYTES: number = 48 * 1024 * 1024;

const NOTHING: Past = { occurrences: [], history: new Map() };

/**
 * The day before the trace, by some questions to the source. `hotBytes` is what a lookup had to read: of a store
 * too large to be read three times more nothing is asked, and `whyNot` says so, as it does of what `around` did not
 * let be asked.
 * @throws AgentlogError what `aggregate` throws, but for a source that cannot or does not answer.
 */
export async function pastOf(
  source: TraceSource,
  trace: Trace,
  fingerprints: readonly string[],
  hotBytes: number,
  around: Allowance,
): Promise<Past> {
  const entry = entrySpanOf(trace);
  const start = trace.spans[0]?.startTimeUnixNano;
  if (entry === undefined || start === undefined) return NOTHING;
  if (!source.capabilities().canAggregate) return { ...NOTHING, whyNot: 'the source cannot count' };
  if (hotBytes > MAX_HOT_BYTES) {
    const size = `${Math.round(hotBytes / 1_048_576)} MiB of files would be read again`;
    return { ...NOTHING, whyNot: `${size}; after \`agentlog-otel compact\` it is quick` };
  }
  const window = { sinceUnixNano: start > DAY ? start - DAY : 0n, untilUnixNano: start };
  const lacks = new Set<string>();
  let isOver = false;
  const ask: Ask = async (query) => {
    const answer = isOver ? undefined : await askAround(around, () => source.aggregate(query));
    const whyNot = typeof answer === 'string' ? answer : around.spent;
    if (whyNot !== undefined) lacks.add(`${whyNot}, so not all of it was asked`);
    if (answer === undefined || typeof answer === 'string') {
      isOver = true;
      return { rows: [], isWhole: false };
    }
    const { rows, accuracy, isCut, coverage } = answer;
    if (isCut) lacks.add(`its numbers are of a sample: ${sampleOf(coverage)}`);
    else if (accuracy === 'approximate')
      lacks.add('the source estimates its times: they are right within a factor of two');
    return { rows, isWhole: isCut !== true };
  };
  const { rows: kinds, isWhole: isSmall } = await ask({
    ...window,
    groupBy: ['db_signature', 'name'],
    measures: [{ name: 'count' }, { name: 'p50' }, { name: 'p95' }],
    limit: KIND_LIMIT,
    enough: ENOUGH,
  });
  const isRemote = source.capabilities().isRemote === true;
  const baseline = kinds.length === 0 ? undefined : await askBaseline(entry, window, isRemote, ask);
  const occurrences: Occurrences[] = [];
  for (const fingerprint of fingerprints.slice(0, 3)) {
    const { rows: minutes, isWhole } = await ask({
      untilUnixNano: start,
      where: { exceptionFingerprint: fingerprint },
      groupBy: ['minute'],
      measures: [{ name: 'trace_count' }],
      limit: MINUTE_LIMIT,
    });
    // Not asked, or not found in a sample, is not the same as never before.
    if (isWhole || minutes.length > 0) occurrences.push(occurrencesOf(fingerprint, minutes));
  }
  const concurrentCount = baseline && (await askConcurrency(entry, baseline, ask));
  return {
    ...(baseline !== undefined && {
      baseline: { ...baseline, ...(concurrentCount !== undefined && { concurrentCount }) },
    }),
    occurrences,
    history: historyOf(kinds),
    ...(!isSmall && !isRemote && { isLarge: true as const }),
    ...(lacks.size > 0 && { whyNot: [...lacks].join('; ') }),
  };
}

/** Of a backend so many traces, of a store some of its files. */
function sampleOf({ sampledTraceCount }: Coverage): string {
  if (sampledTraceCount === undefined)
    return 'some of the files, taken evenly, for there are very many spans';
  return `${sampledTraceCount} traces that the source gave`;
}

function occurrencesOf(fingerprint: string, rows: readonly AggregateRow[]): Occurrences {
  const minutes = rows.flatMap(({ group: [minute] }) => minute ?? []).sort();
  const [first] = minutes;
  const last = minutes.at(-1);
  return {
    fingerprint,
    traceCount: rows.reduce((sum, { values: [count] }) => sum + (count ?? 0), 0),
    ...(first !== undefined && { firstMinute: short(first) }),
    ...(last !== undefined && { lastMinute: short(last) }),
  };
}

/** Without the seconds, which are always zero. */
function short(minute: string): string {
  return minute.replace(/:00Z$/, 'Z');
}

function historyOf(rows: readonly AggregateRow[]): History {
  const history = new Map<string, { count: number; p50Ms: number; p95Ms: number }>();
  for (const { group, values } of rows) {
    const [signature, name] = group;
    const [count, p50Ms, p95Ms] = values;
    const key = signature ?? name;
    if (key == null || count == null || p50Ms == null || p95Ms == null) continue;
    // Rows come most frequent first: one statement may have run under two names.
    if (!history.has(key)) history.set(key, { count, p50Ms, p95Ms });
  }
  return history;
}
