import { AgentlogError } from '../../core/errors.ts';
import { Aggregation, RANKS } from '../query/aggregation.ts';
import {
  type AggregateQuery,
  type AggregateRow,
  DEFAULT_LIMIT,
  type Dimension,
  type Measure,
} from '../query/query.ts';
import type { Database } from './database.ts';
import { Conditions, isNumber } from './sql-conditions.ts';

const NANOS: Partial<Record<Dimension, string>> = { minute: '60000000000', hour: '3600000000000' };
/** The last year that a time of JavaScript can hold and DuckDB can write. */
const MAX_YEAR = 9_999;

/**
 * The groups of a query over the rows of a database, as {@link Aggregation} computes them; and how many there are.
 * @throws AgentlogError USAGE as {@link Aggregation}.
 */
export async function aggregateBySql(
  database: Database,
  query: AggregateQuery,
): Promise<{ rows: AggregateRow[]; groupCount: number }> {
  new Aggregation(query);
  const { groupBy, measures, orderBy = 0, limit = DEFAULT_LIMIT } = query;
  const conditions = new Conditions();
  const where = `${conditions.ofSpan(query.where)} AND ${conditions.ofWindow(query, 'start_unix_nano')}`;
  const keys = groupBy.map((dimension, index) => `${columnOf(dimension)} AS g${index}`);
  const values = measures.map((measure, index) => `${measureOf(measure, conditions)} AS m${index}`);
  const groups = groupBy.map((_, index) => `g${index}`);
  const grouped = `SELECT ${[...keys, ...values].join(', ')} FROM spans WHERE ${where}${
    groups.length === 0 ? ' HAVING count(*) > 0' : ` GROUP BY ${groups.join(', ')}`
  }`;
  // Ties in the order of the groups as JSON, as the reference has them.
  const ties = `to_json([${groups.map((group) => `${group}::VARCHAR`).join(', ')}])::VARCHAR`;
  const rows = await database.run(
    `WITH found AS MATERIALIZED (${grouped})
      SELECT *, (SELECT count(*) FROM found) AS groups FROM found ORDER BY m${orderBy} DESC NULLS LAST, ${
        groups.length === 0 ? '1' : ties
      } LIMIT ${Math.trunc(limit)}`,
    conditions.values,
  );
  return {
    rows: rows.map((row) => ({
      group: groups.map((group) => (row[group] === null ? null : String(row[group]))),
      values: measures.map((_, index) => numberOf(row[`m${index}`])),
    })),
    groupCount: Number(rows[0]?.groups ?? 0),
  };
}

function columnOf(dimension: Dimension): string {
  const nanos = NANOS[dimension];
  if (nanos === undefined) return dimension;
  const time = `make_timestamp((start_unix_nano // ${nanos} * ${nanos} // 1000)::BIGINT)`;
  return `CASE WHEN year(${time}) <= ${MAX_YEAR} THEN strftime(${time}, '%Y-%m-%dT%H:%M:%SZ') END`;
}

function measureOf(measure: Measure, conditions: Conditions): string {
  const { name } = measure;
  if (name === 'count') return 'count(*)';
  if (name === 'error_count') return 'count(*) FILTER (is_error)';
  if (name === 'error_rate') return 'count(*) FILTER (is_error) / count(*)';
  if (name === 'trace_count') return 'count(DISTINCT trace_id)';
  const value = quantityOf(measure, conditions);
  const rank = RANKS[name];
  if (rank !== undefined) return `quantile_disc(${value}, ${rank})`;
  return `${name === 'mean' ? 'avg' : name}(${value})`;
}

function quantityOf({ of = 'duration_ms' }: Measure, conditions: Conditions): string {
  if (of === 'duration_ms') return 'duration_ms';
  const value = `attributes[${conditions.bind(of)}]`;
  return `CASE WHEN ${isNumber(value)} THEN ${value}::DOUBLE END`;
}

function numberOf(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  throw new AgentlogError(
    'QUERY_UNSUPPORTED',
    'The database answered with what is no number. Please report it.',
  );
}
