/**
 * What can be asked of many traces: a small closed vocabulary, not SQL. These comments are the specification; every
 * source answers it alike or refuses with QUERY_UNSUPPORTED.
 */

/** A condition on one attribute: of the span, else of its resource. A list fits when one of its members does. */
export type AttributeCondition =
  | { readonly key: string; readonly op: 'equals'; readonly value: string | number | boolean }
  | { readonly key: string; readonly op: 'exists' }
  /** The value as text holds a match of this expression: RE2's syntax without look-around and back-references. */
  | { readonly key: string; readonly op: 'matches'; readonly pattern: string };

/** Conditions on one span: all that are given must hold on the same one. */
export interface SpanFilter {
  /** `service.name`, exactly. */
  readonly service?: string;
  /** `http.route`, exactly: `/orders/:id`, or with the method before it: `GET /orders/:id`. */
  readonly route?: string;
  /** The span itself, 16 lower-case hex digits. */
  readonly spanId?: string;
  /** A trace that it links to, 32 lower-case hex digits. */
  readonly linkedTraceId?: string;
  /** Type of the exception it recorded (`exception.type` of an event or of its own), else its `error.type`, exactly. */
  readonly exceptionType?: string;
  /** `agentlog.exception.fingerprint` of the span itself, exactly: quicker than a condition on that attribute. */
  readonly exceptionFingerprint?: string;
  /** Name of the span, exactly. */
  readonly name?: string;
  /** SERVER and CONSUMER spans, and spans without a parent; false: the others. */
  readonly isEntry?: boolean;
  /** Status error; false: the others. */
  readonly isError?: boolean;
  /** `http.response.status_code`: `500`, or a class: `5xx`. */
  readonly httpStatus?: string;
  /** Both inclusive. */
  readonly minDurationMs?: number;
  readonly maxDurationMs?: number;
  readonly attributes?: readonly AttributeCondition[];
}

/** Since (inclusive) and until (exclusive), by the start of a span or the time of a log record. */
export interface Window {
  readonly sinceUnixNano?: bigint;
  readonly untilUnixNano?: bigint;
}

export const TRACE_ORDERS = ['newest', 'slowest', 'errors'] as const;
/** Latest start, longest duration or most failed spans first; ties by trace id. */
export type TraceOrder = (typeof TRACE_ORDERS)[number];

/** Asks for traces. The window is about the start of the trace. */
export interface TraceQuery extends Window {
  /** Only traces with a failed span, whichever it is. */
  readonly errorsOnly?: boolean;
  /** Only traces with a span that fits. */
  readonly where?: SpanFilter;
  /**
   * Only traces in which every one of these words stands somewhere, case folded: in names of spans, statements,
   * routes and URLs, messages of exceptions and statuses, bodies of log records.
   */
  readonly text?: string;
  /** Default `newest`. */
  readonly order?: TraceOrder;
  /** At most this many. Default 20. */
  readonly limit?: number;
  /** Goes on where an answer's `nextCursor` ended. Traces that start after the first page never shift a later one. */
  readonly cursor?: string;
}

export const DEFAULT_LIMIT = 20;

export const DIMENSIONS = [
  'service',
  'version',
  'route',
  'name',
  'status_class',
  'peer',
  'db_system',
  'db_summary',
  'db_signature',
  'db_table',
  'exception_fingerprint',
  'exception_type',
  'model',
  'provider',
  'session',
  'minute',
  'hour',
] as const;
/** What spans are grouped by. A span without it is in the group null. */
export type Dimension = (typeof DIMENSIONS)[number];

export const MEASURES = [
  'count',
  'error_count',
  'error_rate',
  'trace_count',
  'sum',
  'min',
  'max',
  'mean',
  'p50',
  'p95',
  'p99',
] as const;
/** What is computed of a group. `error_rate` is from 0 to 1; a percentile is the value at rank ⌈p·n⌉. */
export type MeasureName = (typeof MEASURES)[number];

export interface Measure {
  readonly name: MeasureName;
  /** What `sum` to `p99` are of: `duration_ms` (default), or a numeric attribute. Spans without it do not count. */
  readonly of?: string;
}

/** Asks for numbers over the spans that fit, not over traces. */
export interface AggregateQuery extends Window {
  readonly where?: SpanFilter;
  readonly groupBy: readonly Dimension[];
  /** At least one. */
  readonly measures: readonly Measure[];
  /** Index of the measure that the groups are ordered by, largest first; ties by group. Default 0. */
  readonly orderBy?: number;
  /** At most this many groups. Default 20. */
  readonly limit?: number;
  /**
   * So many spans are enough to answer from: a source that holds many more may take an even sample of them, and says
   * so. Default: all.
   */
  readonly enough?: number;
}

/** One group: null for a dimension it lacks, null for a measure of no values. */
export interface AggregateRow {
  readonly group: readonly (string | null)[];
  readonly values: readonly (number | null)[];
}

/** Asks for log records, newest first. */
export interface LogQuery extends Window {
  readonly service?: string;
  readonly traceId?: string;
  readonly spanId?: string;
  /** OTLP's severity number: 9 info, 13 warn, 17 error. */
  readonly minSeverity?: number;
  /** Every word stands in the body or in the exception's type and message, case folded. */
  readonly text?: string;
  readonly attributes?: readonly AttributeCondition[];
  /** Default 20. */
  readonly limit?: number;
}
