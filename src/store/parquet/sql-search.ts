import type { LogRecord } from '../../core/span.ts';
import { type Cursor, readCursor, writeCursor } from '../query/cursor.ts';
import { LogSearch } from '../query/log-search.ts';
import { DEFAULT_LIMIT, type LogQuery, type TraceQuery } from '../query/query.ts';
import { wordSearch } from '../query/words.ts';
import { Summaries, type TraceSummary } from '../summaries.ts';
import type { Database } from './database.ts';
import { LOG_SELECTION, RowReader, SPAN_SELECTION } from './rows.ts';
import { all, Conditions } from './sql-conditions.ts';

const ORDERS: Record<NonNullable<TraceQuery['order']>, string> = {
  newest: 'start',
  slowest: 'nanos',
  errors: 'errors',
};

export interface SqlSearch {
  readonly traces: readonly TraceSummary[];
  readonly matchCount: number;
  readonly traceCount: number;
  readonly nextCursor?: string;
}

/**
 * The page of traces that a query asks for, as `Summaries` finds it: SQL decides which traces are on the page,
 * `Summaries` makes their summaries.
 * @throws AgentlogError USAGE for a cursor or an expression that cannot be used.
 */
export async function searchBySql(database: Database, query: TraceQuery): Promise<SqlSearch> {
  const { order = 'newest', limit = DEFAULT_LIMIT } = query;
  const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor, query);
  const conditions = new Conditions();
  const matches = matchesSql(query, cursor, conditions);
  const behind = cursor === undefined ? 'true' : behindSql(ORDERS[order], cursor, conditions);
  const column = ORDERS[order];
  const rows = await database.run(
    `WITH ${matches}, page AS (SELECT trace_id, ${column} AS key, start FROM matches WHERE ${behind}
      ORDER BY key DESC, trace_id LIMIT ${Math.trunc(limit) + 1}),
    totals AS (SELECT (SELECT count(*) FROM traces) AS trace_count, count(*) AS match_count, max(start) AS newest FROM matches)
    SELECT * FROM totals LEFT JOIN page ON true ORDER BY key DESC, trace_id`,
    conditions.values,
  );
  const [totals] = rows;
  const found = rows.filter((row) => row.trace_id !== null);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const traces = await summariesOf(
    database,
    page.map((row) => ({ id: String(row.trace_id), start: BigInt(String(row.start)) })),
  );
  const hasMore = last !== undefined && found.length > page.length;
  const untilUnixNano = cursor?.untilUnixNano ?? String(BigInt(String(totals?.newest ?? 0)) + 1n);
  return {
    traces,
    matchCount: Number(totals?.match_count ?? 0),
    traceCount: Number(totals?.trace_count ?? 0),
    ...(hasMore && {
      nextCursor: writeCursor(
        { key: String(last.key), traceId: String(last.trace_id), untilUnixNano },
        query,
      ),
    }),
  };
}

/** One row a trace, and of these the ones that match. */
function matchesSql(query: TraceQuery, cursor: Cursor | undefined, conditions: Conditions): string {
  const words = wordSearch(query.text);
  const fits = `bool_or(${conditions.ofSpan(query.where)}) AS fits`;
  const found = (words?.words ?? []).map((word) => `contains(folded_text, ${conditions.bind(word)})`);
  const spanWords = found.map((condition, index) => `bool_or(${condition}) AS w${index}`);
  const traces =
    `traces AS (SELECT trace_id, min(start_unix_nano) AS start, max(end_unix_nano) AS stop, ` +
    `count(*) FILTER (is_error) AS errors, ` +
    `CASE WHEN max(end_unix_nano) > min(start_unix_nano) THEN max(end_unix_nano) - min(start_unix_nano) ELSE 0 END AS nanos, ` +
    `${[fits, ...spanWords].join(', ')} FROM spans GROUP BY trace_id)`;
  const logWords =
    found.length === 0
      ? ''
      : `, log_words AS (SELECT trace_id, ${found
          .map((condition, index) => `bool_or(${condition}) AS l${index}`)
          .join(', ')} FROM logs WHERE trace_id IS NOT NULL GROUP BY trace_id)`;
  const parts = [
    'fits',
    conditions.ofWindow(query, 'start'),
    ...(query.errorsOnly ? ['errors > 0'] : []),
    ...(cursor === undefined ? [] : [`start < ${conditions.bind(BigInt(cursor.untilUnixNano))}::UBIGINT`]),
    ...found.map((_, index) => `(w${index} OR coalesce(l${index}, false))`),
  ];
  const join = found.length === 0 ? '' : ' LEFT JOIN log_words USING (trace_id)';
  return `${traces}${logWords}, matches AS (SELECT trace_id, start, errors, nanos FROM traces${join} WHERE ${all(parts)})`;
}

function behindSql(column: string, cursor: Cursor, conditions: Conditions): string {
  const key = `${conditions.bind(BigInt(cursor.key))}::UBIGINT`;
  return `(${column} < ${key} OR (${column} = ${key} AND trace_id > ${conditions.bind(cursor.traceId)}))`;
}

/** In the order of the page. */
async function summariesOf(
  database: Database,
  page: readonly { readonly id: string; readonly start: bigint }[],
): Promise<TraceSummary[]> {
  if (page.length === 0) return [];
  const ids = page.map(({ id }) => id);
  const conditions = new Conditions();
  const list = ids.map((id) => conditions.bind(id)).join(', ');
  // Nothing of them began earlier, and Parquet files of earlier spans stay closed.
  const start = page.reduce((min, each) => (each.start < min ? each.start : min), page[0]?.start ?? 0n);
  const since = conditions.ofWindow({ sinceUnixNano: start }, 'start_unix_nano');
  const sql = `SELECT ${SPAN_SELECTION} FROM spans WHERE trace_id IN (${list}) AND ${since}`;
  const reader = new RowReader();
  const summaries = new Summaries({ limit: ids.length });
  for await (const rows of database.stream(sql, conditions.values)) {
    summaries.addAll(rows.map((row) => reader.span(row)));
  }
  const byId = new Map(summaries.result().traces.map((trace) => [trace.traceId, trace]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/**
 * The log records that a query asks for, as `LogSearch` finds them, and how many fit.
 * @throws AgentlogError USAGE for an expression that cannot be used.
 */
export async function logsBySql(
  database: Database,
  query: LogQuery,
): Promise<{ logs: readonly LogRecord[]; matchCount: number }> {
  const { service, traceId, spanId, minSeverity, limit = DEFAULT_LIMIT } = query;
  const conditions = new Conditions();
  const parts = [conditions.ofWindow(query, 'time_unix_nano')];
  if (service !== undefined) parts.push(`service = ${conditions.bind(service)}`);
  if (traceId !== undefined) parts.push(`trace_id = ${conditions.bind(traceId)}`);
  if (spanId !== undefined) parts.push(`span_id = ${conditions.bind(spanId)}`);
  if (minSeverity !== undefined) parts.push(`severity_number >= ${conditions.bind(minSeverity)}`);
  for (const condition of query.attributes ?? []) parts.push(conditions.ofAttribute(condition));
  for (const word of wordSearch(query.text)?.words ?? []) {
    parts.push(`contains(folded_text, ${conditions.bind(word)})`);
  }
  const where = all(parts);
  // Counted by a question of its own: DuckDB's windows fail at times (an internal error, `vector of size 0`).
  const rows = await database.run(
    `SELECT ${LOG_SELECTION}, (SELECT count(*) FROM logs WHERE ${where}) AS match_count FROM logs WHERE ${where}
      ORDER BY time_unix_nano DESC, coalesce(trace_id, ''), coalesce(span_id, ''), body_text LIMIT ${Math.trunc(limit)}`,
    conditions.values,
  );
  const reader = new RowReader();
  const search = new LogSearch({ limit });
  search.addAll(rows.map((row) => reader.log(row)));
  return { logs: search.result(), matchCount: Number(rows[0]?.match_count ?? 0) };
}
