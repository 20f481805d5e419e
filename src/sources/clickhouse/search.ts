import { type Cursor, readCursor, writeCursor } from '../../store/query/cursor.ts';
import { DEFAULT_LIMIT, type TraceQuery } from '../../store/query/query.ts';
import { Summaries, type TraceSummary } from '../../store/summaries.ts';
import { inParallel } from '../fetched.ts';
import { IS_ERROR, LOG_TEXT, SPAN_TEXT, START_NANOS } from './columns.ts';
import { all, spanCondition, wordConditions } from './conditions.ts';
import type { Connection } from './connection.ts';
import { Parameters } from './parameters.ts';
import { type Row, RowReader, SPAN_SELECTION } from './rows.ts';
import type { Schema } from './schema.ts';

/** The page of traces that a query asks for, and what it rests on. */
export interface Found {
  readonly traces: readonly TraceSummary[];
  readonly matchCount: number;
  readonly traceCount: number;
  readonly spanCount: number;
  readonly oldestUnixNano?: bigint;
  readonly newestUnixNano?: bigint;
  readonly nextCursor?: string;
}

const ORDERS: Record<NonNullable<TraceQuery['order']>, string> = {
  newest: 'start',
  slowest: 'nanos',
  errors: 'errors',
};
/** Ids in one statement: they stand in the address, which a proxy may bound at 8 KB. */
const IDS_AT_ONCE = 100;
const PARALLEL = 2;

/**
 * SQL decides which traces are on the page and in which order, `Summaries` makes their summaries.
 * @throws AgentlogError USAGE as `Summaries`, before anything is sent.
 */
export async function search(connection: Connection, schema: Schema, query: TraceQuery): Promise<Found> {
  new Summaries(query);
  const { order = 'newest', limit = DEFAULT_LIMIT } = query;
  const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor, query);
  const parameters = new Parameters();
  const rows = await connection.rows(pageSql(schema, query, cursor, parameters), parameters);
  const [totals] = rows;
  const found = rows.filter((row) => Number(row.isOnPage) === 1);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && found.length > page.length;
  const untilUnixNano = cursor?.untilUnixNano ?? String(BigInt(String(totals?.newestMatch ?? 0)) + 1n);
  return {
    traces: await summariesOf(connection, page),
    matchCount: Number(totals?.matchCount ?? 0),
    traceCount: Number(totals?.traceCount ?? 0),
    spanCount: Number(totals?.spanCount ?? 0),
    ...(totals !== undefined && {
      oldestUnixNano: BigInt(String(totals.oldest)),
      newestUnixNano: BigInt(String(totals.newest)),
    }),
    ...(hasMore && {
      nextCursor: writeCursor(
        { key: String(last[`${ORDERS[order]}Key`]), traceId: String(last.TraceId), untilUnixNano },
        query,
      ),
    }),
  };
}

/** The page, its first row first, and one row more; at least one row, if there is a trace at all, for the totals. */
function pageSql(
  schema: Schema,
  query: TraceQuery,
  cursor: Cursor | undefined,
  parameters: Parameters,
): string {
  const { order = 'newest', limit = DEFAULT_LIMIT } = query;
  const key = ORDERS[order];
  const words = wordConditions(query.text, parameters);
  const found = words.map((condition, index) => `max(${condition(SPAN_TEXT)}) AS w${index}`);
  const traces = `SELECT TraceId, min(${START_NANOS}) AS start, max(${START_NANOS}) AS latest,
    max(${START_NANOS} + toInt64(Duration)) AS stop, if(stop > start, stop - start, 0) AS nanos, count() AS spans,
    countIf(${IS_ERROR}) AS errors, ${[`max(${spanCondition(query.where, parameters)}) AS fits`, ...found].join(', ')}
    FROM otel_traces WHERE ${sinceCondition(schema, query, parameters)} GROUP BY TraceId`;
  const hasWordsOfLogs = words.length > 0 && schema.hasLogs;
  const ofLogs = words.map((condition, index) => `max(${condition(LOG_TEXT)}) AS l${index}`);
  const logs = `LEFT JOIN (SELECT TraceId, ${ofLogs.join(', ')} FROM otel_logs WHERE TraceId != '' GROUP BY TraceId) AS logs
    USING (TraceId)`;
  const isMatch = all([
    'fits',
    ...(query.sinceUnixNano === undefined ? [] : [`start >= ${parameters.bind(query.sinceUnixNano)}`]),
    ...(query.untilUnixNano === undefined ? [] : [`start < ${parameters.bind(query.untilUnixNano)}`]),
    ...(query.errorsOnly ? ['errors > 0'] : []),
    ...(cursor === undefined ? [] : [`start < ${parameters.bind(BigInt(cursor.untilUnixNano))}`]),
    ...words.map((_, index) => (hasWordsOfLogs ? `(w${index} OR l${index})` : `w${index}`)),
  ]);
  return `SELECT TraceId, toString(${key}) AS ${key}Key, toString(start) AS startTime, toString(latest) AS latestTime,
    isOnPage, count() OVER () AS traceCount, countIf(isMatch) OVER () AS matchCount, sum(spans) OVER () AS spanCount,
    toString(min(start) OVER ()) AS oldest, toString(max(stop) OVER ()) AS newest,
    toString(maxIf(start, isMatch) OVER ()) AS newestMatch
    FROM (SELECT *, (${isMatch}) AS isMatch, (isMatch AND ${behind(key, cursor, parameters)}) AS isOnPage
      FROM (${traces}) AS traces ${hasWordsOfLogs ? logs : ''})
    ORDER BY isOnPage DESC, ${key} DESC, TraceId LIMIT ${Math.trunc(limit) + 1}`;
}

/**
 * Leaves out what cannot be of a trace that began in the window: spans before it, and traces that the exporter's lookup
 * table knows to have begun earlier. Their times there are whole seconds.
 */
function sinceCondition(
  { hasLookup }: Schema,
  { sinceUnixNano }: TraceQuery,
  parameters: Parameters,
): string {
  if (sinceUnixNano === undefined || !hasLookup) return "TraceId != ''";
  const seconds = sinceUnixNano / 1_000_000_000n;
  const since = parameters.bindTime(seconds * 1_000_000_000n);
  return `TraceId != '' AND Timestamp >= ${since} AND TraceId NOT IN (SELECT TraceId FROM otel_traces_trace_id_ts
    WHERE Start < toDateTime(${parameters.bind(seconds)})
      AND TraceId IN (SELECT TraceId FROM otel_traces WHERE Timestamp >= ${since}))`;
}

function behind(column: string, cursor: Cursor | undefined, parameters: Parameters): string {
  if (cursor === undefined) return '1';
  const key = parameters.bind(BigInt(cursor.key));
  return `(${column} < ${key} OR (${column} = ${key} AND TraceId > ${parameters.bind(cursor.traceId)}))`;
}

/** In the order of the rows. */
async function summariesOf(connection: Connection, page: readonly Row[]): Promise<TraceSummary[]> {
  const parts = Array.from({ length: Math.ceil(page.length / IDS_AT_ONCE) }, (_, index) =>
    page.slice(index * IDS_AT_ONCE, (index + 1) * IDS_AT_ONCE),
  );
  const summaries = new Summaries({ limit: page.length });
  await inParallel(parts, PARALLEL, async (part) => {
    const parameters = new Parameters();
    const times = (column: string): bigint[] => part.map((row) => BigInt(String(row[column])));
    const [first, last] = [times('startTime'), times('latestTime')].map((each) =>
      each.sort((a, b) => (a < b ? -1 : 1)),
    ) as [bigint[], bigint[]];
    const ids = parameters.bind(part.map((row) => String(row.TraceId)));
    const rows = await connection.rows(
      `SELECT ${SPAN_SELECTION} FROM otel_traces WHERE TraceId IN ${ids}
        AND Timestamp >= ${parameters.bindTime(first[0] ?? 0n)} AND Timestamp <= ${parameters.bindTime(last.at(-1) ?? 0n)}`,
      parameters,
    );
    const reader = new RowReader();
    summaries.addAll(rows.map((row) => reader.span(row)));
  });
  const byId = new Map(summaries.result().traces.map((trace) => [trace.traceId, trace]));
  return page.flatMap((row) => byId.get(String(row.TraceId)) ?? []);
}
