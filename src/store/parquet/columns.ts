import { HTTP_ROUTE, SERVICE_NAME } from '../../core/attributes.ts';
import { type Attributes, durationMs, type LogRecord, type Span, STATUS_CODE } from '../../core/span.ts';
import { textOfValue } from '../query/attribute-test.ts';
import { dimensionOf } from '../query/dimensions.ts';
import { DIMENSIONS, type Dimension } from '../query/query.ts';
import { isEntrySpan, methodOf, statusOf } from '../query/span-filter.ts';
import { foldedTextOfLog, foldedTextOfSpan } from '../query/words.ts';
import { writeAttributes, writeEvents, writeLinks, writeValue } from './json-values.ts';

export type ColumnType = 'VARCHAR' | 'UBIGINT' | 'DOUBLE' | 'BOOLEAN' | 'MAP(VARCHAR, JSON)';
export type Cell = string | bigint | number | boolean | null;

/** One column of a Parquet file: its name, its type there, and where its value comes from. A map is given as JSON text. */
export interface Column<T> {
  readonly name: string;
  readonly type: ColumnType;
  readonly read: (item: T) => Cell;
}

const MAX_TIME = 2n ** 64n - 1n;

/** Dimensions that other columns give. */
const GIVEN: readonly Dimension[] = ['name', 'minute', 'hour'];

/** A row of a span: what it is made of, so that the very same span comes back, and what is often asked for. */
export const SPAN_COLUMNS: readonly Column<Span>[] = [
  text('trace_id', (span) => span.traceId),
  text('span_id', (span) => span.spanId),
  text('parent_span_id', (span) => span.parentSpanId ?? null),
  text('trace_state', (span) => span.traceState ?? null),
  number('flags', (span) => span.flags),
  text('name', (span) => span.name),
  number('kind', (span) => span.kind),
  time('start_unix_nano', (span) => span.startTimeUnixNano),
  time('end_unix_nano', (span) => span.endTimeUnixNano),
  number('status_code', (span) => span.status.code),
  text('status_message', (span) => span.status.message ?? null),
  number('dropped_count', (span) => span.droppedCount),
  map('attributes', (span) => span.attributes),
  text('events', ({ events }) => (events.length === 0 ? null : writeEvents(events))),
  text('links', ({ links }) => (links.length === 0 ? null : writeLinks(links))),
  map('resource', (span) => span.resource.attributes),
  text('scope_name', (span) => span.scope.name),
  text('scope_version', (span) => span.scope.version ?? null),
  { name: 'duration_ms', type: 'DOUBLE', read: durationMs },
  { name: 'is_entry', type: 'BOOLEAN', read: isEntrySpan },
  { name: 'is_error', type: 'BOOLEAN', read: (span) => span.status.code === STATUS_CODE.error },
  number('http_status', (span) => statusOf(span.attributes) ?? null),
  text('http_method', (span) => methodOf(span.attributes) ?? null),
  text('http_route', ({ attributes }) =>
    typeof attributes[HTTP_ROUTE] === 'string' ? attributes[HTTP_ROUTE] : null,
  ),
  ...DIMENSIONS.filter((name) => !GIVEN.includes(name)).map((name) => text<Span>(name, dimensionOf[name])),
  text('folded_text', foldedTextOfSpan),
];

/** A row of a log record. */
export const LOG_COLUMNS: readonly Column<LogRecord>[] = [
  text('trace_id', (log) => log.traceId ?? null),
  text('span_id', (log) => log.spanId ?? null),
  time('time_unix_nano', (log) => log.timeUnixNano),
  number('severity_number', (log) => log.severityNumber),
  text('severity_text', (log) => log.severityText ?? null),
  text('event_name', (log) => log.eventName ?? null),
  text('body', (log) => writeValue(log.body)),
  text('body_text', (log) => textOfValue(log.body)),
  map('attributes', (log) => log.attributes),
  map('resource', (log) => log.resource.attributes),
  text('scope_name', (log) => log.scope.name),
  text('scope_version', (log) => log.scope.version ?? null),
  text('service', ({ resource }) => {
    const name = resource.attributes[SERVICE_NAME];
    return typeof name === 'string' ? name : null;
  }),
  text('folded_text', foldedTextOfLog),
];

function text<T>(name: string, read: (item: T) => string | null): Column<T> {
  return { name, type: 'VARCHAR', read: (item) => read(item)?.toWellFormed() ?? null };
}

/** Every number of JavaScript, also one that no field of OTLP can hold: telemetry comes from anywhere. */
function number<T>(name: string, read: (item: T) => number | null): Column<T> {
  return { name, type: 'DOUBLE', read };
}

function time<T>(name: string, read: (item: T) => bigint): Column<T> {
  return { name, type: 'UBIGINT', read: (item) => (read(item) < MAX_TIME ? read(item) : MAX_TIME) };
}

function map<T>(name: string, read: (item: T) => Attributes): Column<T> {
  return { name, type: 'MAP(VARCHAR, JSON)', read: (item) => writeAttributes(read(item)) };
}
