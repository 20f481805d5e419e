import type { Attributes } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { type BareSpan, spanFlags } from './encode.ts';
import { Encoded, type Origin, SLAB_BYTES } from './encoded.ts';
import { writeAttributes, writeValue } from './proto-attributes.ts';
import { ProtoWriter } from './proto-writer.ts';

/** Of spans in `ScopeSpans` and of log records in `ScopeLogs`. */
const RECORD_FIELD = 2;

/** One for all: only what was sampled is sent as protobuf, so all of it is let go at about the same time. */
const records = new ProtoWriter(SLAB_BYTES);

/**
 * One span as the field `spans` of `ScopeSpans`. Fields at their default are left out. Cost: about as much as the
 * text of it, a third of upstream's serializer.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/v1.7.0/opentelemetry/proto/trace/v1/trace.proto
 */
export function encodeSpanProto(span: BareSpan & Origin, attributes: Attributes): Encoded {
  const writer = records;
  writer.begin();
  const context = span.spanContext();
  const parent = span.parentSpanContext;
  writer.fixed32(16, spanFlags(context.traceFlags, parent?.isRemote));
  const { code, message } = span.status;
  if (code !== 0) {
    const mark = writer.size;
    writer.uint(3, code);
    text(writer, 2, message);
    writer.message(15, mark);
  }
  count(writer, 14, span.droppedLinksCount);
  for (let i = span.links.length - 1; i >= 0; i--) writeLink(writer, span.links[i] as Link);
  count(writer, 12, span.droppedEventsCount);
  for (let i = span.events.length - 1; i >= 0; i--) writeEvent(writer, span.events[i] as Event);
  count(writer, 10, span.droppedAttributesCount);
  writeAttributes(writer, 9, attributes);
  writer.time(8, span.endTime);
  writer.time(7, span.startTime);
  writer.uint(6, span.kind + 1);
  text(writer, 5, span.name);
  if (parent?.spanId) writer.hex(4, parent.spanId);
  text(writer, 3, context.traceState?.serialize());
  writer.hex(2, context.spanId);
  writer.hex(1, context.traceId);
  return finish(span);
}

/**
 * One log record as the field `log_records` of `ScopeLogs`.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/v1.7.0/opentelemetry/proto/logs/v1/logs.proto
 */
export function encodeLogProto(log: ReadableLogRecord & Origin): Encoded {
  const writer = records;
  writer.begin();
  const context = log.spanContext;
  text(writer, 12, log.eventName);
  writer.time(11, log.hrTimeObserved);
  if (context) {
    writer.hex(10, context.spanId);
    writer.hex(9, context.traceId);
    writer.fixed32(8, context.traceFlags);
  }
  count(writer, 7, log.droppedAttributesCount);
  writeAttributes(writer, 6, log.attributes);
  if (log.body !== undefined) {
    const mark = writer.size;
    writeValue(writer, log.body, 0);
    writer.message(5, mark);
  }
  text(writer, 3, log.severityText);
  if (log.severityNumber !== undefined) writer.uint(2, log.severityNumber);
  writer.time(1, log.hrTime);
  return finish(log);
}

/** The fields of a `Resource`. Attributes that have not settled yet are left out. */
export function writeResource(writer: ProtoWriter, resource: Resource): void {
  writeAttributes(writer, 1, resource.attributes);
}

/** The fields of an `InstrumentationScope`. */
export function writeScope(
  writer: ProtoWriter,
  scope: InstrumentationScope & { attributes?: object; droppedAttributesCount?: number },
): void {
  count(writer, 4, scope.droppedAttributesCount ?? 0);
  if (scope.attributes) writeAttributes(writer, 3, scope.attributes);
  text(writer, 2, scope.version);
  text(writer, 1, scope.name);
}

/** A string that is left out when there is nothing in it. */
export function text(writer: ProtoWriter, field: number, value: string | undefined): void {
  if (value) writer.string(field, value);
}

type Event = ReadableSpan['events'][number];
type Link = ReadableSpan['links'][number];

function finish(origin: Origin): Encoded {
  records.message(RECORD_FIELD, 0);
  return new Encoded(origin, records.buffer, records.start, records.end);
}

function writeEvent(writer: ProtoWriter, event: Event): void {
  const mark = writer.size;
  count(writer, 4, event.droppedAttributesCount ?? 0);
  if (event.attributes) writeAttributes(writer, 3, event.attributes);
  text(writer, 2, event.name);
  writer.time(1, event.time);
  writer.message(11, mark);
}

function writeLink(writer: ProtoWriter, link: Link): void {
  const { context } = link;
  const mark = writer.size;
  writer.fixed32(6, spanFlags(context.traceFlags, context.isRemote));
  count(writer, 5, link.droppedAttributesCount ?? 0);
  if (link.attributes) writeAttributes(writer, 4, link.attributes);
  text(writer, 3, context.traceState?.serialize());
  writer.hex(2, context.spanId);
  writer.hex(1, context.traceId);
  writer.message(13, mark);
}

function count(writer: ProtoWriter, field: number, value: number): void {
  if (value > 0) writer.uint(field, value);
}
