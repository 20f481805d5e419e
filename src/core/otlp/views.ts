import type { HrTime, Link, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { encodeLogRecord, encodeSpan } from './encode.ts';
import { encodeLogProto, encodeSpanProto } from './encode-proto.ts';
import { type Encodable, Encoded, type Form, type Origin } from './encoded.ts';

/** What a destination is given: a record that is safe to write, encoded once for all who want it in that form. */
export type Item = Origin & Encodable;

/** The fields of a span that enrichment and redaction may replace. */
export interface SpanParts {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: ReadableSpan['attributes'];
  readonly events: ReadableSpan['events'];
  readonly links: Link[];
  readonly status: SpanStatus;
  readonly spanContext: SpanContext;
  readonly parentSpanContext?: SpanContext | undefined;
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
}

/**
 * A span beside the live one: what could be changed is given, the rest is read from the span.
 * A class rather than `Object.create`: 0.2 µs instead of 0.6 (FACTS §2). The live span is never written to.
 */
export class SpanView implements ReadableSpan, Item {
  readonly name: string;
  readonly kind: SpanKind;
  readonly parentSpanContext?: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly duration: HrTime;
  readonly ended: boolean;
  readonly events: ReadableSpan['events'];
  readonly links: Link[];
  readonly status: SpanStatus;
  readonly resource: Resource;
  readonly instrumentationScope: InstrumentationScope;
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
  readonly #context: SpanContext;
  /** May be those of other spans as well. */
  readonly #shared: ReadableSpan['attributes'];
  #attributes: ReadableSpan['attributes'] | undefined;
  #json: Encoded | undefined;
  #protobuf: Encoded | undefined;

  constructor(span: ReadableSpan, parts: SpanParts) {
    this.name = parts.name;
    this.kind = parts.kind;
    if (parts.parentSpanContext) this.parentSpanContext = parts.parentSpanContext;
    this.startTime = span.startTime;
    this.endTime = span.endTime;
    this.duration = span.duration;
    this.ended = span.ended;
    this.#shared = parts.attributes;
    this.events = parts.events;
    this.links = parts.links;
    this.status = parts.status;
    this.resource = parts.resource;
    this.instrumentationScope = parts.scope;
    this.droppedAttributesCount = span.droppedAttributesCount;
    this.droppedEventsCount = span.droppedEventsCount;
    this.droppedLinksCount = span.droppedLinksCount;
    this.#context = parts.spanContext;
  }

  spanContext(): SpanContext {
    return this.#context;
  }

  /** For exporters of the user's own, which may write to them. */
  get attributes(): ReadableSpan['attributes'] {
    this.#attributes ??= { ...this.#shared };
    return this.#attributes;
  }

  get isSampled(): boolean {
    return (this.#context.traceFlags & 1) === 1;
  }

  encodedAs(form: Form): Encoded {
    if (form === 'protobuf') {
      this.#protobuf ??= encodeSpanProto(this, this.#shared);
      return this.#protobuf;
    }
    this.#json ??= encodeSpan(this, this.#shared);
    return this.#json;
  }
}

/** The fields of a log record that enrichment and redaction may replace. */
export type LogParts = Pick<
  ReadableLogRecord,
  'body' | 'attributes' | 'eventName' | 'severityText' | 'resource' | 'instrumentationScope'
> & { readonly spanContext?: SpanContext | undefined };

/** A log record beside the live one, as {@link SpanView}. */
export class LogView implements ReadableLogRecord, Item {
  readonly hrTime: HrTime;
  readonly hrTimeObserved: HrTime;
  readonly spanContext?: SpanContext;
  readonly severityText?: string;
  readonly severityNumber?: NonNullable<ReadableLogRecord['severityNumber']>;
  readonly body?: NonNullable<ReadableLogRecord['body']>;
  readonly eventName?: string;
  readonly resource: Resource;
  readonly instrumentationScope: ReadableLogRecord['instrumentationScope'];
  readonly attributes: ReadableLogRecord['attributes'];
  readonly droppedAttributesCount: number;
  #json: Encoded | undefined;
  #protobuf: Encoded | undefined;

  constructor(log: ReadableLogRecord, parts: LogParts) {
    this.hrTime = log.hrTime;
    this.hrTimeObserved = log.hrTimeObserved;
    if (parts.spanContext) this.spanContext = parts.spanContext;
    if (parts.severityText !== undefined) this.severityText = parts.severityText;
    if (log.severityNumber !== undefined) this.severityNumber = log.severityNumber;
    if (parts.body !== undefined && parts.body !== null) this.body = parts.body;
    if (parts.eventName !== undefined) this.eventName = parts.eventName;
    this.resource = parts.resource;
    this.instrumentationScope = parts.instrumentationScope;
    this.attributes = parts.attributes;
    this.droppedAttributesCount = log.droppedAttributesCount;
  }

  get isSampled(): boolean {
    return this.spanContext === undefined || (this.spanContext.traceFlags & 1) === 1;
  }

  encodedAs(form: Form): Encoded {
    if (form === 'protobuf') {
      this.#protobuf ??= encodeLogProto(this);
      return this.#protobuf;
    }
    this.#json ??= Encoded.ofText(encodeLogRecord(this), this);
    return this.#json;
  }
}
