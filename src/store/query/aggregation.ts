import { AgentlogError } from '../../core/errors.ts';
import { durationMs, type Span, STATUS_CODE } from '../../core/span.ts';
import { dimensionOf } from './dimensions.ts';
import {
  type AggregateQuery,
  type AggregateRow,
  DEFAULT_LIMIT,
  DIMENSIONS,
  MEASURES,
  type Measure,
} from './query.ts';
import { isInWindow, type SpanTest, spanTest } from './span-filter.ts';

/** Groups kept at once; a query that makes more is refused rather than answered in part. */
const GROUP_LIMIT = 200_000;
/** Values kept for percentiles over all groups, 8 bytes each; an id kept for counting traces weighs ten of them. */
const VALUE_LIMIT = 20_000_000;
const ID_WEIGHT = 10;
/** Which value of a sorted list each percentile is. */
export const RANKS: Partial<Record<Measure['name'], number>> = { p50: 0.5, p95: 0.95, p99: 0.99 };

interface Group {
  readonly keys: readonly (string | null)[];
  count: number;
  errorCount: number;
  readonly traceIds: Set<string> | undefined;
  /** One for each quantity that is measured, in the order of {@link Aggregation.quantities}. */
  readonly series: readonly Series[];
}

interface Series {
  readonly values: number[] | undefined;
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** Computes an {@link AggregateQuery} from spans in any order: exact. */
export class Aggregation {
  readonly #query: AggregateQuery;
  readonly #fits: SpanTest;
  readonly #dimensions: readonly ((span: Span) => string | null)[];
  readonly #quantities: readonly string[];
  readonly #isRanked: ReadonlySet<string>;
  readonly #countsTraces: boolean;
  readonly #groups = new Map<string, Group>();
  #keptCount = 0;

  /** @throws AgentlogError USAGE for what the vocabulary does not know. */
  constructor(query: AggregateQuery) {
    checkQuery(query);
    this.#query = query;
    this.#fits = spanTest(query.where);
    this.#dimensions = query.groupBy.map((dimension) => dimensionOf[dimension]);
    this.#quantities = [...new Set(query.measures.map(quantityOf))];
    this.#isRanked = new Set(query.measures.filter(({ name }) => RANKS[name] !== undefined).map(quantityOf));
    this.#countsTraces = query.measures.some(({ name }) => name === 'trace_count');
  }

  /** @throws AgentlogError QUERY_UNSUPPORTED when the groups are too many to keep. */
  add(span: Span): void {
    if (!isInWindow(this.#query, span.startTimeUnixNano) || !this.#fits(span)) return;
    const group = this.#groupOf(this.#dimensions.map((dimension) => dimension(span)));
    group.count += 1;
    if (span.status.code === STATUS_CODE.error) group.errorCount += 1;
    if (group.traceIds !== undefined && !group.traceIds.has(span.traceId)) {
      group.traceIds.add(span.traceId);
      this.#keep(ID_WEIGHT);
    }
    for (const [index, quantity] of this.#quantities.entries()) {
      const value = quantity === 'duration_ms' ? durationMs(span) : span.attributes[quantity];
      const series = group.series[index];
      if (typeof value !== 'number' || !Number.isFinite(value) || series === undefined) continue;
      series.count += 1;
      series.sum += value;
      if (value < series.min) series.min = value;
      if (value > series.max) series.max = value;
      if (series.values !== undefined) {
        series.values.push(value);
        this.#keep(1);
      }
    }
  }

  /** The groups in the order asked for, and how many there are without the limit. */
  result(): { rows: AggregateRow[]; groupCount: number } {
    const rows = [...this.#groups.values()].map((group) => ({
      group: group.keys,
      values: this.#query.measures.map((measure) => this.#valueOf(group, measure)),
    }));
    const { orderBy = 0, limit = DEFAULT_LIMIT } = this.#query;
    rows.sort((a, b) => compareRows(a, b, orderBy));
    return { rows: rows.slice(0, limit), groupCount: rows.length };
  }

  #groupOf(keys: readonly (string | null)[]): Group {
    const id = JSON.stringify(keys);
    const known = this.#groups.get(id);
    if (known !== undefined) return known;
    if (this.#groups.size >= GROUP_LIMIT) throw tooMuch(`more than ${GROUP_LIMIT} groups`);
    const series = this.#quantities.map((quantity) => ({
      values: this.#isRanked.has(quantity) ? [] : undefined,
      count: 0,
      sum: 0,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
    }));
    const group = {
      keys,
      count: 0,
      errorCount: 0,
      traceIds: this.#countsTraces ? new Set<string>() : undefined,
      series,
    };
    this.#groups.set(id, group);
    return group;
  }

  #keep(weight: number): void {
    this.#keptCount += weight;
    if (this.#keptCount > VALUE_LIMIT)
      throw tooMuch(`more than ${VALUE_LIMIT} values, or ${VALUE_LIMIT / ID_WEIGHT} trace ids,`);
  }

  #valueOf(group: Group, measure: Measure): number | null {
    if (measure.name === 'count') return group.count;
    if (measure.name === 'error_count') return group.errorCount;
    if (measure.name === 'error_rate') return group.errorCount / group.count;
    if (measure.name === 'trace_count') return group.traceIds?.size ?? 0;
    const series = group.series[this.#quantities.indexOf(quantityOf(measure))];
    if (series === undefined || series.count === 0) return null;
    const rank = RANKS[measure.name];
    if (rank !== undefined) return valueAtRank(series.values ?? [], rank);
    if (measure.name === 'mean') return series.sum / series.count;
    return measure.name === 'min' ? series.min : measure.name === 'max' ? series.max : series.sum;
  }
}

/** Largest first by one measure, null last; ties in the order of the groups. */
export function compareRows(a: AggregateRow, b: AggregateRow, orderBy: number): number {
  const [x, y] = [
    a.values[orderBy] ?? Number.NEGATIVE_INFINITY,
    b.values[orderBy] ?? Number.NEGATIVE_INFINITY,
  ];
  if (x !== y) return x < y ? 1 : -1;
  const [left, right] = [JSON.stringify(a.group), JSON.stringify(b.group)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function quantityOf({ of = 'duration_ms' }: Measure): string {
  return of;
}

function valueAtRank(values: number[], rank: number): number | null {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(rank * sorted.length) - 1)] ?? null;
}

function checkQuery({ groupBy, measures, orderBy = 0 }: AggregateQuery): void {
  const unknown = [
    ...groupBy.filter((dimension) => !DIMENSIONS.includes(dimension)),
    ...measures.map(({ name }) => name).filter((name) => !MEASURES.includes(name)),
  ];
  if (unknown.length === 0 && measures.length > 0 && measures[orderBy] !== undefined) return;
  throw new AgentlogError(
    'USAGE',
    `Expected at least one measure of ${MEASURES.join(', ')}, ordered by one of them, grouped by any of ${DIMENSIONS.join(', ')}.`,
  );
}

function tooMuch(what: string): AgentlogError {
  return new AgentlogError(
    'QUERY_UNSUPPORTED',
    `The answer would need ${what} in memory. Narrow it with a filter or a window, or group by less.`,
  );
}
