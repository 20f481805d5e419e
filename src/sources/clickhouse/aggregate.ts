import { Aggregation, RANKS } from '../../store/query/aggregation.ts';
import {
  type AggregateQuery,
  type AggregateRow,
  DEFAULT_LIMIT,
  type Measure,
} from '../../store/query/query.ts';
import { DIMENSION_COLUMNS, DURATION_MS, IS_ERROR, numberIn } from './columns.ts';
import { all, spanCondition, windowCondition } from './conditions.ts';
import type { Connection } from './connection.ts';
import { Parameters } from './parameters.ts';

/** How {@link AggregateQuery} is answered, and from how many spans. */
export interface Aggregated {
  readonly rows: AggregateRow[];
  readonly groupCount: number;
  readonly spanCount: number;
}

/**
 * The groups of a query, as `Aggregation` computes them from spans.
 * @throws AgentlogError USAGE as `Aggregation`, before anything is sent.
 */
export async function aggregate(connection: Connection, query: AggregateQuery): Promise<Aggregated> {
  new Aggregation(query);
  const { groupBy, measures, orderBy = 0, limit = DEFAULT_LIMIT } = query;
  const parameters = new Parameters();
  const where = all([spanCondition(query.where, parameters), windowCondition(query, parameters)]);
  const groups = groupBy.map((_, index) => `g${index}`);
  const columns = [
    ...groupBy.map(
      (dimension, index) => `CAST(${DIMENSION_COLUMNS[dimension]} AS Nullable(String)) AS g${index}`,
    ),
    ...measures.map((measure, index) => `${measureOf(measure, parameters)} AS m${index}`),
    'count() AS spans',
  ];
  const grouped = `SELECT ${columns.join(', ')} FROM otel_traces WHERE ${where} ${
    groups.length === 0 ? 'HAVING count() > 0' : `GROUP BY ${groups.join(', ')}`
  }`;
  // In the order of the groups as JSON, as the reference has them; ClickHouse escapes slashes there. A column, because
  // older servers (before 24.3) do not sort by an expression beside a window.
  const ties = `replaceAll(toJSONString([${groups.join(', ')}]), '\\\\/', '/')`;
  const tie = groups.length === 0 ? "''" : ties;
  const rows = await connection.rows(
    `SELECT *, count() OVER () AS groups, sum(spans) OVER () AS spanCount, ${tie} AS tie FROM (${grouped})
      ORDER BY m${orderBy} DESC NULLS LAST, tie LIMIT ${Math.trunc(limit)}`,
    parameters,
  );
  return {
    rows: rows.map((row) => ({
      group: groups.map((group) => (row[group] ?? null) as string | null),
      values: measures.map((_, index) => numberOf(row[`m${index}`])),
    })),
    groupCount: Number(rows[0]?.groups ?? 0),
    spanCount: Number(rows[0]?.spanCount ?? 0),
  };
}

function measureOf(measure: Measure, parameters: Parameters): string {
  const { name, of = 'duration_ms' } = measure;
  if (name === 'count') return 'count()';
  if (name === 'error_count') return `countIf(${IS_ERROR})`;
  if (name === 'error_rate') return `countIf(${IS_ERROR}) / count()`;
  if (name === 'trace_count') return 'uniqExact(TraceId)';
  const value = of === 'duration_ms' ? DURATION_MS : numberIn(`SpanAttributes[${parameters.bind(of)}]`);
  const rank = RANKS[name];
  if (rank === undefined) return `${name === 'mean' ? 'avg' : name}OrNull(${value})`;
  // Not `quantileExact`: that takes the next value where the rank falls on one.
  const index = `greatest(1, toUInt64(ceil(${rank} * count(${value}))))`;
  return `if(count(${value}) = 0, NULL, arraySort(groupArray(${value}))[${index}])`;
}

function numberOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
