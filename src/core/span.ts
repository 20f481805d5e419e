/**
 * A span and a log record as the read side knows them, in the field names of OTLP.
 *
 * Ids are lower-case hex, times are nanoseconds since the epoch, `kind` and `status.code` are OTLP's
 * numbers. Source: https://github.com/open-telemetry/opentelemetry-proto (v1.7).
 */

export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | AttributeValue[]
  | { [key: string]: AttributeValue };

export type Attributes = Record<string, AttributeValue>;

export interface Resource {
  readonly attributes: Attributes;
}

export interface Scope {
  readonly name: string;
  readonly version?: string;
}

/** OTLP's span kinds, by number: unspecified 0, internal 1, server 2, client 3, producer 4, consumer 5. */
export const SPAN_KIND = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

/** OTLP's status codes. */
export const STATUS_CODE = { unset: 0, ok: 1, error: 2 } as const;

export interface SpanEvent {
  readonly name: string;
  readonly timeUnixNano: bigint;
  readonly attributes: Attributes;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

/** Bits of `flags`: whether it says if the parent (of a link: the span) is of another process, and that it is. */
export const SPAN_FLAGS = { hasIsRemote: 0x100, isRemote: 0x200 } as const;

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  readonly status: { readonly code: number; readonly message?: string };
  /** How many attributes, events and links the SDK dropped at its limits, in all. */
  readonly droppedCount: number;
  readonly resource: Resource;
  readonly scope: Scope;
}

export interface LogRecord {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly timeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText?: string;
  readonly eventName?: string;
  readonly body: AttributeValue;
  readonly attributes: Attributes;
  readonly resource: Resource;
  readonly scope: Scope;
}

/** The duration of a span in milliseconds; never negative. */
export function durationMs(span: Pick<Span, 'startTimeUnixNano' | 'endTimeUnixNano'>): number {
  const nanos = span.endTimeUnixNano - span.startTimeUnixNano;
  return nanos > 0n ? Number(nanos) / 1e6 : 0;
}
