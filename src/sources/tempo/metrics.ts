import { AgentlogError } from '../../core/errors.ts';
import { compareRows } from '../../store/query/aggregation.ts';
import { DEFAULT_LIMIT, type Dimension, type Measure } from '../../store/query/query.ts';
import type { Json } from '../json-answer.ts';
import type { AggregateQuery, AggregateRow } from '../source.ts';
import { attribute, spanSet } from './traceql.ts';

/** What a group of TraceQL metrics goes by; dimensions that are not here are answered from a sample. */
const LABELS: Partial<Record<Dimension, readonly string[]>> = {
  service: ['resource.service.name'],
  version: ['resource.service.version'],
  route: ['span.http.request.method', 'span.http.route'],
  name: ['name'],
  peer: ['span.server.address'],
  db_system: ['span.db.system.name'],
  db_summary: ['span.db.query.summary'],
  db_signature: ['span.agentlog.db.signature'],
  db_table: ['span.db.collection.name'],
  exception_fingerprint: ['span.agentlog.exception.fingerprint'],
  provider: ['span.gen_ai.provider.name'],
};
const FUNCTIONS: Partial<Record<Measure['name'], string>> = {
  sum: 'sum_over_time',
  min: 'min_over_time',
  max: 'max_over_time',
  mean: 'avg_over_time',
};
const QUANTILES: Partial<Record<Measure['name'], string>> = { p50: '0.5', p95: '0.95', p99: '0.99' };
/** More attributes than that Tempo refuses to group by. */
const LABEL_LIMIT = 5;

/** One query of TraceQL metrics and what to make of its numbers. */
interface Column {
  readonly query: string;
  /** Whether its numbers are seconds, which are milliseconds here. */
  readonly isTime: boolean;
}

/** The queries for an aggregate, and how their answers join; undefined when TraceQL cannot say what is asked. */
export interface MetricsPlan {
  readonly queries: readonly string[];
  join(answers: readonly Json[]): { rows: AggregateRow[]; groupCount: number };
}

/** How TraceQL metrics answer this question: counts are true, percentiles right within a factor of two (log2 buckets). */
export function metricsPlan(query: AggregateQuery): MetricsPlan | undefined {
  const labels = query.groupBy.map((dimension) => LABELS[dimension]);
  const filter = spanSet(query.where);
  if (!filter.isExact || labels.includes(undefined) || labels.flat().length > LABEL_LIMIT) return undefined;
  const by = labels.length === 0 ? '' : ` by (${labels.flat().join(', ')})`;
  const columns = query.measures.map((measure) => columnsOf(measure, filter.text, by));
  if (columns.includes(undefined)) return undefined;
  // Every group has a count, so that one of no values is there as well.
  const all = [count(filter.text, by), ...columns.flatMap((each) => each ?? [])];
  const queries = [...new Set(all.map((each) => each.query))];
  return { queries, join: (answers) => join(query, queries, columns as Column[][], answers) };
}

function columnsOf(measure: Measure, filter: string, by: string): Column[] | undefined {
  const { name, of = 'duration_ms' } = measure;
  if (name === 'count') return [count(filter, by)];
  if (name === 'error_count') return [count(failed(filter), by)];
  if (name === 'error_rate') return [count(failed(filter), by), count(filter, by)];
  const [quantity, isTime] = of === 'duration_ms' ? ['duration', true] : [attribute('span', of), false];
  const over = FUNCTIONS[name];
  if (over !== undefined) return [{ query: `${filter} | ${over}(${quantity})${by}`, isTime }];
  const quantile = QUANTILES[name];
  if (quantile === undefined) return undefined;
  return [{ query: `${filter} | quantile_over_time(${quantity}, ${quantile})${by}`, isTime }];
}

function count(filter: string, by: string): Column {
  return { query: `${filter} | count_over_time()${by}`, isTime: false };
}

function failed(filter: string): string {
  return filter === '{ }' ? '{ status = error }' : `${filter.slice(0, -2)} && status = error }`;
}

function join(
  { groupBy, measures, orderBy = 0, limit = DEFAULT_LIMIT }: AggregateQuery,
  queries: readonly string[],
  columns: readonly (readonly Column[])[],
  answers: readonly Json[],
): { rows: AggregateRow[]; groupCount: number } {
  const groups = new Map<string, (string | null)[]>();
  const values = queries.map((_, index) => seriesOf(answers[index] ?? {}, groupBy, groups));
  const numberIn = ({ query, isTime }: Column, id: string): number | undefined => {
    const value = values[queries.indexOf(query)]?.get(id);
    return value === undefined || !isTime ? value : Math.round(value * 1e9) / 1e6;
  };
  const rows = [...groups].map(([id, group]) => ({
    group,
    values: measures.map(({ name }, index) => {
      const [first, second] = (columns[index] ?? []).map((column) => numberIn(column, id));
      if (name === 'error_rate') return (first ?? 0) / (second ?? 1);
      return first ?? (name === 'count' || name === 'error_count' ? 0 : null);
    }),
  }));
  rows.sort((a, b) => compareRows(a, b, orderBy));
  return { rows: rows.slice(0, limit), groupCount: rows.length };
}

/** The value of each series by its group, and the groups that were not known yet. */
function seriesOf(
  answer: Json,
  groupBy: readonly Dimension[],
  groups: Map<string, (string | null)[]>,
): Map<string, number> {
  const values = new Map<string, number>();
  for (const series of Array.isArray(answer.series) ? (answer.series as Json[]) : []) {
    const value = Number(series.value ?? 0);
    const labels = new Map(
      (Array.isArray(series.labels) ? (series.labels as Json[]) : []).map(({ key, value }) => [
        key,
        textOf(value),
      ]),
    );
    const group = groupBy.map((dimension) => groupOf(dimension, labels));
    const id = JSON.stringify(group);
    if (!Number.isFinite(value)) throw damaged();
    groups.set(id, group);
    values.set(id, value);
  }
  return values;
}

function groupOf(dimension: Dimension, labels: ReadonlyMap<unknown, string | null>): string | null {
  const [first, second] = (LABELS[dimension] ?? []).map((label) => labels.get(label) ?? null);
  if (dimension !== 'route') return first ?? null;
  return second === null || second === undefined || first === null ? (second ?? null) : `${first} ${second}`;
}

/** The group of spans without the attribute is called nil. */
function textOf(value: unknown): string | null {
  const { stringValue } = (value ?? {}) as Json;
  return typeof stringValue === 'string' && stringValue !== 'nil' && stringValue !== '<nil>'
    ? stringValue
    : null;
}

function damaged(): AgentlogError {
  return new AgentlogError('SOURCE_FAILED', 'Tempo gave a metric that is no number. Check its version.');
}
