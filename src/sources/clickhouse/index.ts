import type { LogRecord, Span } from '../../core/span.ts';
import { buildTrace } from '../../core/trace.ts';
import { addToWindow, newTally, tallyOf } from '../../store/coverage.ts';
import { CANDIDATE_LIMIT } from '../../store/lookup.ts';
import { LogSearch } from '../../store/query/log-search.ts';
import { DEFAULT_LIMIT } from '../../store/query/query.ts';
import { SeenSpans } from '../../store/seen-spans.ts';
import type {
  AggregateAnswer,
  AggregateQuery,
  Capabilities,
  Coverage,
  LogAnswer,
  LogQuery,
  OnRecords,
  SearchAnswer,
  TraceAnswer,
  TraceQuery,
  TraceSource,
  Window,
} from '../source.ts';
import { parseTraceId, remoteTraceNotFound, traceAmbiguous } from '../trace-id.ts';
import { aggregate } from './aggregate.ts';
import { LOG_TEXT } from './columns.ts';
import { all, attributeCondition, serviceCondition, windowCondition, wordConditions } from './conditions.ts';
import { Connection } from './connection.ts';
import { Parameters } from './parameters.ts';
import type { Place } from './place.ts';
import { logSelection, RowReader, SPAN_SELECTION } from './rows.ts';
import { readSchema, type Schema } from './schema.ts';
import { search } from './search.ts';

/** Rows of one page when everything is read. */
const PAGE_ROWS = 2_000;

/**
 * The tables of the collector's ClickHouse exporter (`otel_traces`, `otel_logs`), by SQL with bound parameters: exact,
 * over everything that is there. The engine for many machines.
 *
 * The exporter keeps attributes as text, so types are told by what they look like (`values.ts`), and drops flags and
 * counts of what was dropped.
 */
export class ClickhouseSource implements TraceSource {
  readonly name: string;
  readonly #connection: Connection;
  readonly #database: string;
  #schema: Promise<Schema> | undefined;

  constructor(place: Place) {
    this.name = place.endpoint.name;
    this.#database = place.database;
    this.#connection = new Connection(place);
  }

  capabilities(): Capabilities {
    return {
      canResolvePrefix: true,
      canSearch: true,
      hasLogs: true,
      canAggregate: true,
      canFindLinks: true,
      isRemote: true,
    };
  }

  async trace(id: string): Promise<TraceAnswer> {
    const prefix = parseTraceId(id);
    const schema = await this.#probe();
    const ids = prefix.length === 32 ? [prefix] : await this.#candidates(schema, prefix);
    if (ids.length > 1) throw traceAmbiguous(prefix, this.name, ids, ids.length >= CANDIDATE_LIMIT);
    const [only = prefix] = ids;
    const [spans, logs] = await Promise.all([this.#spansOf(schema, only), this.#logsOf(schema, only)]);
    if (spans.length + logs.length === 0) throw await remoteTraceNotFound(prefix, this);
    return { trace: buildTrace(only, spans, logs), coverage: tallyOf(spans, logs) };
  }

  async search(query: TraceQuery): Promise<SearchAnswer> {
    const schema = await this.#probe();
    const { spanCount, oldestUnixNano, newestUnixNano, ...found } = await search(
      this.#connection,
      schema,
      query,
    );
    const coverage = {
      ...newTally(),
      spanCount,
      ...(oldestUnixNano !== undefined && { oldestUnixNano }),
      ...(newestUnixNano !== undefined && { newestUnixNano }),
    };
    return { ...found, isCut: false, coverage };
  }

  async aggregate(query: AggregateQuery): Promise<AggregateAnswer> {
    const { spanCount, ...answer } = await aggregate(this.#connection, query);
    return { ...answer, accuracy: 'exact', coverage: { ...newTally(), spanCount } };
  }

  async logs(query: LogQuery): Promise<LogAnswer> {
    const search = new LogSearch(query);
    const { service, traceId, spanId, minSeverity, limit = DEFAULT_LIMIT } = query;
    const schema = await this.#probe();
    if (!schema.hasLogs) return { logs: [], matchCount: 0, coverage: newTally() };
    const parameters = new Parameters();
    const parts = [windowCondition(query, parameters)];
    if (service !== undefined) parts.push(serviceCondition(service, parameters));
    if (traceId !== undefined) parts.push(`TraceId = ${parameters.bind(traceId)}`);
    if (spanId !== undefined) parts.push(`SpanId = ${parameters.bind(spanId)}`);
    if (minSeverity !== undefined) parts.push(`SeverityNumber >= ${parameters.bind(minSeverity)}`);
    for (const condition of query.attributes ?? [])
      parts.push(attributeCondition(condition, 'LogAttributes', parameters));
    for (const condition of wordConditions(query.text, parameters)) parts.push(condition(LOG_TEXT));
    const rows = await this.#connection.rows(
      `SELECT ${logSelection(schema.hasEventName)}, count() OVER () AS matchCount FROM otel_logs WHERE ${all(parts)}
        ORDER BY Timestamp DESC, TraceId, SpanId, Body LIMIT ${Math.trunc(limit)}`,
      parameters,
    );
    const reader = new RowReader();
    const logs = rows.map((row) => reader.log(row));
    search.addAll(logs);
    return { logs, matchCount: Number(rows[0]?.matchCount ?? 0), coverage: tallyOf([], logs) };
  }

  async read(window: Window, onRecords: OnRecords): Promise<Coverage> {
    const schema = await this.#probe();
    const tally = newTally();
    const reader = new RowReader();
    const seen = new SeenSpans();
    const take = async (spans: readonly Span[], logs: readonly LogRecord[]): Promise<void> => {
      tally.spanCount += spans.length;
      tally.logCount += logs.length;
      for (const span of spans) addToWindow(tally, span);
      await onRecords({ spans: spans.filter((span) => seen.isNew(span)), logs });
    };
    if (schema.hasTraces)
      await this.#pages('otel_traces', SPAN_SELECTION, window, (rows) =>
        take(
          rows.map((row) => reader.span(row)),
          [],
        ),
      );
    if (schema.hasLogs)
      await this.#pages('otel_logs', logSelection(schema.hasEventName), window, (rows) =>
        take(
          [],
          rows.map((row) => reader.log(row)),
        ),
      );
    return tally;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** In order of time; rows that are alike in it come in one page. */
  async #pages(
    table: 'otel_traces' | 'otel_logs',
    selection: string,
    window: Window,
    onRows: (rows: readonly Record<string, unknown>[]) => Promise<void>,
  ): Promise<void> {
    let after = '1';
    for (let last: Readonly<Record<string, unknown>> | undefined; ; ) {
      const parameters = new Parameters();
      if (last !== undefined) {
        const time = parameters.bindTime(BigInt(String(last.time)));
        const ids = [last.TraceId, last.SpanId].map((id) => parameters.bind(String(id)));
        after = `Timestamp >= ${time} AND (Timestamp, TraceId, SpanId) > (${time}, ${ids.join(', ')})`;
      }
      const rows = await this.#connection.rows(
        `SELECT ${selection} FROM ${table} WHERE ${windowCondition(window, parameters)} AND ${after}
          ORDER BY Timestamp, TraceId, SpanId LIMIT ${PAGE_ROWS} WITH TIES`,
        parameters,
      );
      if (rows.length > 0) await onRows(rows);
      if (rows.length < PAGE_ROWS) return;
      last = rows.at(-1);
    }
  }

  async #candidates({ hasTraces, hasLookup, hasLogs }: Schema, prefix: string): Promise<string[]> {
    const parameters = new Parameters();
    const fits = `startsWith(TraceId, ${parameters.bind(prefix)})`;
    const tables = [
      ...(hasTraces ? [hasLookup ? 'otel_traces_trace_id_ts' : 'otel_traces'] : []),
      ...(hasLogs ? ['otel_logs'] : []),
    ];
    const rows = await this.#connection.rows(
      `SELECT DISTINCT TraceId FROM (${tables.map((table) => `SELECT TraceId FROM ${table} WHERE ${fits}`).join(' UNION ALL ')})
        ORDER BY TraceId LIMIT ${CANDIDATE_LIMIT}`,
      parameters,
    );
    return rows.map((row) => String(row.TraceId));
  }

  /** Of spans that share an id, the one that ended last comes last. */
  async #spansOf({ hasTraces, hasLookup }: Schema, traceId: string): Promise<Span[]> {
    if (!hasTraces) return [];
    const parameters = new Parameters();
    const isOfTrace = `TraceId = ${parameters.bind(traceId)}`;
    // Of one type with the column: ClickHouse 26 leaves rows out when it prunes a DateTime64 by a DateTime.
    const bound = (value: string): string =>
      `(SELECT toDateTime64(${value}, 9) FROM otel_traces_trace_id_ts WHERE ${isOfTrace})`;
    // Spans that came before the lookup table was made are not in it.
    const end = "if(count() = 0, toDateTime('2106-01-01 00:00:00', 'UTC'), max(End) + 1)";
    const within = hasLookup ? ` AND Timestamp >= ${bound('min(Start)')} AND Timestamp < ${bound(end)}` : '';
    const rows = await this.#connection.rows(
      `SELECT ${SPAN_SELECTION} FROM otel_traces WHERE ${isOfTrace}${within} ORDER BY Timestamp, Duration`,
      parameters,
    );
    const reader = new RowReader();
    return rows.map((row) => reader.span(row));
  }

  async #logsOf({ hasLogs, hasEventName }: Schema, traceId: string): Promise<LogRecord[]> {
    if (!hasLogs) return [];
    const parameters = new Parameters();
    const rows = await this.#connection.rows(
      `SELECT ${logSelection(hasEventName)} FROM otel_logs WHERE TraceId = ${parameters.bind(traceId)} ORDER BY Timestamp, Body`,
      parameters,
    );
    const reader = new RowReader();
    return rows.map((row) => reader.log(row));
  }

  #probe(): Promise<Schema> {
    this.#schema ??= readSchema(this.#connection, this.name, this.#database);
    // What failed is asked again by the next question.
    this.#schema.catch(() => {
      this.#schema = undefined;
    });
    return this.#schema;
  }
}
