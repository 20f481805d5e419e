import { createTraceState, ROOT_CONTEXT, type SpanContext, TraceFlags } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { Facts } from '../../../processors/processor.ts';
import { redactLog, redactSpan } from '../../../processors/redaction/index.ts';
import { joinLogs, joinSpans } from '../../../src/core/otlp/join.ts';
import { joinProto } from '../../../src/core/otlp/join-proto.ts';
import { createRedactor } from '../../../src/core/redaction/index.ts';
import type { AttributeValue } from '../../../src/core/span.ts';
import { CARRIERS, ENCODINGS, leaksOf, newSecret } from './secrets.ts';

const redactor = createRedactor();
const OTHER: SpanContext = {
  traceId: '2'.repeat(32),
  spanId: '3'.repeat(16),
  traceFlags: TraceFlags.SAMPLED,
};

/** Each place of a span a serializer writes: puts the value there, if the place can hold it. */
const SPAN_PLACES: Record<string, (span: Mutable, value: AttributeValue) => boolean> = {
  name: (span, value) => ifText(value, (text) => (span.name = text)),
  'attribute value': (span, value) => set(span.attributes, 'note', value),
  'attribute key': (span, value) => ifText(value, (text) => set(span.attributes, text, 1)),
  'event name': (span, value) => ifText(value, (text) => span.events.push({ name: text, time: [1, 0] })),
  'event attribute': (span, value) => {
    span.events.push({
      name: 'exception',
      time: [1, 0],
      attributes: { 'exception.stacktrace': value as never },
    });
    return true;
  },
  'link attribute': (span, value) => {
    span.links.push({ context: OTHER, attributes: { note: value as never } });
    return true;
  },
  'status message': (span, value) => ifText(value, (text) => (span.status = { code: 2, message: text })),
  'link trace state': (span, value) =>
    ifMember(value, (state) =>
      span.links.push({ context: { ...OTHER, traceState: createTraceState(state) } }),
    ),
  'resource attribute': (span, value) => {
    if (!isSimple(value)) return false;
    span.resource = resourceFromAttributes({
      'service.name': 'shop',
      'process.command_line': value as never,
    });
    return true;
  },
  'scope name': (span, value) => ifText(value, (text) => (span.instrumentationScope = { name: text })),
  'scope version': (span, value) =>
    ifText(value, (text) => (span.instrumentationScope = { name: 'shop', version: text })),
};

const LOG_PLACES: Record<string, (log: MutableLog, value: AttributeValue) => boolean> = {
  body: (log, value) => {
    log.body = value as never;
    return true;
  },
  'attribute value': (log, value) => set(log.attributes, 'note', value),
  'attribute key': (log, value) => ifText(value, (text) => set(log.attributes, text, 1)),
  'event name': (log, value) => ifText(value, (text) => (log.eventName = text)),
  'severity text': (log, value) => ifText(value, (text) => (log.severityText = text)),
};

for (const [place, put] of Object.entries(SPAN_PLACES)) {
  test(`redaction: a secret in the ${place} of a span never reaches OTLP, however it is encoded`, () => {
    for (const [carrier, wrap] of Object.entries(CARRIERS)) {
      for (const [encoding, encode] of Object.entries(ENCODINGS)) {
        const secret = newSecret();
        const span = newSpan();
        if (!put(span, encode(wrap(secret)))) continue;
        const view = redactSpan(span, new Facts(), redactor);
        expect(leaksOf(joinSpans([view]), secret), `${carrier} as ${encoding}, JSON`).toEqual([]);
        expect(leaksOf(joinProto([view]), secret), `${carrier} as ${encoding}, protobuf`).toEqual([]);
      }
    }
  });
}

for (const [place, put] of Object.entries(LOG_PLACES)) {
  test(`redaction: a secret in the ${place} of a log record never reaches OTLP, however it is encoded`, () => {
    for (const [carrier, wrap] of Object.entries(CARRIERS)) {
      for (const [encoding, encode] of Object.entries(ENCODINGS)) {
        const secret = newSecret();
        const log = newLog();
        if (!put(log, encode(wrap(secret)))) continue;
        const view = redactLog(log as ReadableLogRecord, new Facts(), redactor);
        expect(leaksOf(joinLogs([view]), secret), `${carrier} as ${encoding}, JSON`).toEqual([]);
        expect(leaksOf(joinProto([view]), secret), `${carrier} as ${encoding}, protobuf`).toEqual([]);
      }
    }
  });
}

test('redaction: a secret in the trace state of the span itself never reaches OTLP', () => {
  const secret = newSecret();
  const span = newSpan();
  const traceState = createTraceState(`vendor=${secret.token},password=${secret.plain}`);
  const context = { ...span.spanContext(), traceState };
  span.spanContext = () => context;
  const view = redactSpan(span, new Facts(), redactor);
  expect(leaksOf(joinSpans([view]), secret)).toEqual([]);
  expect(view.spanContext().traceId).toBe(context.traceId);
  expect(view.spanContext().spanId).toBe(context.spanId);
});

type Mutable = { -readonly [K in keyof ReadableSpan]: ReadableSpan[K] };
type MutableLog = { -readonly [K in keyof ReadableLogRecord]: ReadableLogRecord[K] };

function newSpan(): Mutable {
  const tracer = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop' }),
  }).getTracer('shop');
  const live = tracer.startSpan('GET /orders', {}, ROOT_CONTEXT);
  live.end();
  const span = live as unknown as ReadableSpan;
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    startTime: span.startTime,
    endTime: span.endTime,
    status: span.status,
    attributes: {},
    links: [],
    events: [],
    duration: span.duration,
    ended: true,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function newLog(): MutableLog {
  return {
    hrTime: [1, 0],
    hrTimeObserved: [1, 0],
    resource: resourceFromAttributes({ 'service.name': 'shop' }),
    instrumentationScope: { name: 'shop' },
    attributes: {},
    droppedAttributesCount: 0,
  };
}

function set(target: object, key: string, value: AttributeValue): boolean {
  (target as Record<string, AttributeValue>)[key] = value;
  return true;
}

function ifText(value: AttributeValue, put: (text: string) => unknown): boolean {
  if (typeof value !== 'string') return false;
  put(value);
  return true;
}

/** A trace state takes no commas, equals signs or characters outside ASCII. */
function ifMember(value: AttributeValue, put: (state: string) => unknown): boolean {
  if (typeof value !== 'string' || !/^[ -+\--<>-~]{1,256}$/.test(value) || value.endsWith(' ')) return false;
  put(`vendor=${value}`);
  return true;
}

function isSimple(value: AttributeValue): boolean {
  return (
    typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
  );
}
