import { MOMENT_MS } from '../analyses/facts/moment.ts';
import { DB_QUERY_COUNT, SERVICE_NAME } from '../core/attributes.ts';
import { durationMs, type Span } from '../core/span.ts';
import type { AggregateQuery, AggregateRow, SpanFilter, Window } from '../sources/source.ts';
import { routeOf } from './entry-span.ts';

/** From so many requests on a baseline says what is usual. */
export const USUAL_FROM = 5;

/** Whether there were enough requests to say what is usual. */
export function isUsualKnown(baseline: Baseline | undefined): baseline is Baseline {
  return baseline !== undefined && baseline.requestCount >= USUAL_FROM;
}

/** More spans make the numbers no better, and take longer. */
export const ENOUGH = 500_000;
/** Of fewer requests the numbers are asked of all there is. */
const FEW = 50;

/** How the same route behaved in the day before this trace. */
export interface Baseline {
  /** Text from telemetry. */
  readonly route: string;
  readonly requestCount: number;
  /** The source looked at some of the day's spans: there were more requests. */
  readonly isSample?: true;
  /** From 0 to 1. */
  readonly errorRate: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Other requests of the route that ran at the same time, if they took what is usual; absent where that is not known. */
  readonly concurrentCount?: number;
  /** Database queries per request, on average; absent where nobody counted them. */
  readonly queriesPerRequest?: number;
  /** This request beside it. */
  readonly thisMs: number;
  readonly thisQueryCount?: number;
}

/** Asks the source; what it does not answer has no rows. */
export type Ask = (query: AggregateQuery) => Promise<{
  readonly rows: readonly AggregateRow[];
  /** Made from everything that fits. */
  readonly isWhole: boolean;
}>;

/** The baseline of the route that a trace came in by, out of one question, of a large store two. */
export async function askBaseline(
  entry: Span,
  window: Window,
  isRemote: boolean,
  ask: Ask,
): Promise<Baseline | undefined> {
  const route = routeOf(entry);
  if (route === undefined) return undefined;
  const query: AggregateQuery = {
    ...window,
    where: requestsOf(route, entry),
    groupBy: [],
    measures: [
      { name: 'count' },
      { name: 'error_rate' },
      { name: 'p50' },
      { name: 'p95' },
      { name: 'mean', of: DB_QUERY_COUNT },
    ],
  };
  let { rows, isWhole } = await ask({ ...query, enough: ENOUGH });
  const isRare = (rows[0]?.values[0] ?? 0) < FEW;
  if (!isWhole && isRare && !isRemote) ({ rows, isWhole } = await ask(query));
  const [count, errorRate, p50Ms, p95Ms, queries] = rows[0]?.values ?? [];
  if (!count || typeof p50Ms !== 'number' || typeof p95Ms !== 'number') return undefined;
  // Only a request with queries says how many.
  const thisQueryCount = entry.attributes[DB_QUERY_COUNT] ?? (typeof queries === 'number' ? 0 : undefined);
  return {
    route,
    requestCount: count,
    ...(!isWhole && { isSample: true }),
    errorRate: errorRate ?? 0,
    p50Ms,
    p95Ms,
    ...(typeof queries === 'number' && { queriesPerRequest: queries }),
    thisMs: durationMs(entry),
    ...(typeof thisQueryCount === 'number' && { thisQueryCount }),
  };
}

/** Other requests of the route that ran at the same time, if they took what is usual; undefined when nobody knows. */
export async function askConcurrency(
  entry: Span,
  { route, p50Ms }: Baseline,
  ask: Ask,
): Promise<number | undefined> {
  const { rows, isWhole } = await ask({
    sinceUnixNano: entry.startTimeUnixNano - BigInt(Math.round(Math.max(0, p50Ms - MOMENT_MS) * 1e6)),
    untilUnixNano: entry.endTimeUnixNano,
    where: requestsOf(route, entry),
    groupBy: [],
    measures: [{ name: 'count' }],
  });
  return isWhole ? (rows[0]?.values[0] ?? 1) - 1 : undefined;
}

function requestsOf(route: string, { resource }: Span): SpanFilter {
  const service = resource.attributes[SERVICE_NAME];
  return { route, isEntry: true, ...(typeof service === 'string' && { service }) };
}
