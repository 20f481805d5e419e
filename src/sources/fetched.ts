import type { Span } from '../core/span.ts';
import { tallyOf } from '../store/coverage.ts';
import { Aggregation } from '../store/query/aggregation.ts';
import { Summaries } from '../store/summaries.ts';
import { isSpent } from './allowance.ts';
import type { AggregateAnswer, AggregateQuery, Coverage, SearchAnswer, TraceQuery } from './source.ts';

/** Whole traces that a backend gave for a question: at least all that fit, unless there were too many to ask for. */
export interface Fetched {
  readonly spans: readonly Span[];
  /** Whether the backend may hold more that fit. */
  readonly isCut: boolean;
  /** How far back the backend looked, when it would not look further than that unasked. */
  readonly sinceUnixNano?: bigint;
}

/** What a backend is asked for: what an aggregate shares with a search, and how many traces. */
export type Question = Pick<TraceQuery, 'errorsOnly' | 'where' | 'sinceUnixNano' | 'untilUnixNano' | 'limit'>;

/** Gets whole traces for a question. */
export type Fetch = (question: Question) => Promise<Fetched>;

const NOTHING: Fetched = { spans: [], isCut: false };

/**
 * The answer to a search: every filter is checked here once more, whatever the backend did with it.
 * @throws AgentlogError USAGE before anything is sent.
 */
export async function searchFetched(query: TraceQuery, fetch: Fetch): Promise<SearchAnswer> {
  searchIn(query, NOTHING);
  return searchIn(query, await fetch(query));
}

/**
 * The numbers over the spans that are fetched: a sample, whose size the coverage says; or what `estimate` knows without.
 * @throws AgentlogError USAGE before anything is sent.
 */
export async function aggregateFetched(
  query: AggregateQuery,
  fetch: Fetch,
  estimate: () => Promise<AggregateAnswer | undefined> = async () => undefined,
): Promise<AggregateAnswer> {
  aggregateIn(query, NOTHING);
  const { limit: _groups, ...question } = query;
  return (await estimate()) ?? aggregateIn(query, await fetch(question));
}

function searchIn(query: TraceQuery, fetched: Fetched): SearchAnswer {
  const summaries = new Summaries(query);
  summaries.addAll(fetched.spans);
  const { traceCount } = summaries;
  const isCut = fetched.isCut || summaries.isCut;
  return { ...summaries.result(), traceCount, isCut, coverage: coverageOf(fetched) };
}

function aggregateIn(query: AggregateQuery, fetched: Fetched): AggregateAnswer {
  const aggregation = new Aggregation(query);
  for (const span of fetched.spans) aggregation.add(span);
  const traceCount = new Set(fetched.spans.map((span) => span.traceId)).size;
  const coverage = { ...coverageOf(fetched), sampledTraceCount: traceCount };
  return { ...aggregation.result(), accuracy: 'sampled', ...(fetched.isCut && { isCut: true }), coverage };
}

export function coverageOf({ spans, isCut, sinceUnixNano }: Fetched): Coverage {
  const tally = tallyOf(spans, []);
  if (isCut) tally.sampledTraceCount = new Set(spans.map((span) => span.traceId)).size;
  if (sinceUnixNano !== undefined) tally.searchedSinceUnixNano = sinceUnixNano;
  return tally;
}

/**
 * Runs `ask` on the items, at most `parallel` at once; the answers are in the order of the items. When an allowance is
 * spent on the way they are those of the first items that were answered, and `isWhole` says so.
 * @throws AgentlogError what `ask` throws; SOURCE_LIMIT when nothing was answered.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  parallel: number,
  ask: (item: T) => Promise<R>,
): Promise<{ readonly answers: R[]; readonly isWhole: boolean }> {
  const answers: { readonly answer: R }[] = new Array(items.length);
  let next = 0;
  let spent: unknown;
  const work = async (): Promise<void> => {
    for (let index = next++; index < items.length && spent === undefined; index = next++) {
      try {
        answers[index] = { answer: await ask(items[index] as T) };
      } catch (error) {
        if (!isSpent(error)) throw error;
        spent = error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, work));
  const given = answers.flatMap((each) => (each === undefined ? [] : [each.answer]));
  if (spent !== undefined && given.length === 0) throw spent;
  return { answers: given, isWhole: spent === undefined };
}
