import {
  type AggregateQuery,
  DIMENSIONS,
  type LogQuery,
  MEASURES,
  type SpanFilter,
  type TraceQuery,
} from '../../src/store/query/query.ts';

const HOUR = 3_600_000_000_000n;
const START = 1_795_250_400_000_000_000n;

/** One of each condition, and some together. */
export const FILTERS: readonly SpanFilter[] = [
  {},
  { service: 'shop' },
  { service: 'sto"ck' },
  { service: 'nobody' },
  { route: '/orders/:id' },
  { route: 'POST /checkout' },
  { route: "/it's" },
  { name: 'Größe ✓' },
  { name: '' },
  { spanId: '0000000000000001' },
  { linkedTraceId: 'ab'.repeat(16) },
  { exceptionType: 'TypeError' },
  { exceptionType: "o'no", isError: true },
  { exceptionFingerprint: 'f1' },
  { isEntry: true },
  { isEntry: false },
  { isError: true },
  { isError: false },
  { httpStatus: '5xx' },
  { httpStatus: '404' },
  { minDurationMs: 300 },
  { maxDurationMs: 0 },
  { minDurationMs: 100, maxDurationMs: 200, isError: true },
  { attributes: [{ key: 'mixed', op: 'exists' }] },
  { attributes: [{ key: 'mixed', op: 'equals', value: 'seven' }] },
  { attributes: [{ key: 'mixed', op: 'equals', value: 7 }] },
  { attributes: [{ key: 'mixed', op: 'equals', value: true }] },
  { attributes: [{ key: 'mixed', op: 'matches', pattern: 'sev.n$' }] },
  { attributes: [{ key: 'host.id', op: 'equals', value: 'h1' }] },
  { attributes: [{ key: 'http.route', op: 'matches', pattern: '^/(orders|checkout)' }] },
  {
    attributes: [
      { key: 'gen_ai.request.model', op: 'equals', value: 'gpt-5' },
      { key: 'session.id', op: 'exists' },
    ],
  },
  { attributes: [{ key: "it's); DROP", op: 'exists' }] },
];

export const TRACE_QUERIES: readonly TraceQuery[] = [
  ...FILTERS.map((where): TraceQuery => ({ where, limit: 1_000 })),
  { errorsOnly: true, limit: 7 },
  { text: 'card DECLINED', limit: 1_000 },
  { text: 'müssen', limit: 1_000 },
  { text: '100% [x]', limit: 1_000 },
  { text: 'nothing says this' },
  { order: 'slowest', limit: 5 },
  { order: 'errors', limit: 5, where: { service: 'shop' } },
  { sinceUnixNano: START + HOUR, limit: 1_000 },
  { untilUnixNano: START + HOUR, limit: 1_000, errorsOnly: true },
  { sinceUnixNano: START + HOUR, untilUnixNano: START + 2n * HOUR, order: 'slowest', limit: 3 },
];

const ALL_MEASURES = MEASURES.map((name) => ({ name }));

export const AGGREGATE_QUERIES: readonly AggregateQuery[] = [
  ...FILTERS.map((where): AggregateQuery => ({ where, groupBy: [], measures: ALL_MEASURES })),
  ...DIMENSIONS.map(
    (dimension): AggregateQuery => ({ groupBy: [dimension], measures: ALL_MEASURES, limit: 1_000 }),
  ),
  { groupBy: ['service', 'route'], measures: [{ name: 'p95' }, { name: 'count' }], limit: 4 },
  {
    groupBy: ['model'],
    measures: [
      { name: 'sum', of: 'gen_ai.usage.input_tokens' },
      { name: 'p50', of: 'agentlog.gen_ai.cost_usd' },
    ],
  },
  {
    groupBy: ['db_signature'],
    measures: [{ name: 'count' }, { name: 'trace_count' }],
    where: { attributes: [{ key: 'db.system.name', op: 'exists' }] },
  },
  {
    groupBy: ['hour', 'status_class'],
    measures: [{ name: 'error_rate' }, { name: 'count' }],
    orderBy: 1,
    limit: 3,
  },
  {
    groupBy: ['service'],
    measures: [{ name: 'max' }],
    sinceUnixNano: START + HOUR,
    untilUnixNano: START + 2n * HOUR,
  },
];

export const LOG_QUERIES: readonly LogQuery[] = [
  {},
  { limit: 1_000 },
  { minSeverity: 13, limit: 1_000 },
  { service: 'payments', limit: 1_000 },
  { text: 'declined card', limit: 1_000 },
  { attributes: [{ key: 'exception.type', op: 'equals', value: 'TypeError' }], limit: 1_000 },
  { attributes: [{ key: 'n', op: 'equals', value: 2 }], limit: 1_000 },
  { sinceUnixNano: START + HOUR, limit: 3 },
  { untilUnixNano: START + 1n },
];
