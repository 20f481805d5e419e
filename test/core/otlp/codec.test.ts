import { type Attributes, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { JsonLogsSerializer, JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { decodeLine } from '../../../src/core/otlp/decode.ts';
import { joinLogs, joinSpans } from '../../../src/core/otlp/join.ts';
import { LogView, SpanView } from '../../../src/core/otlp/views.ts';

const resource = resourceFromAttributes({ 'service.name': 'shop', quoted: 'a "b" \\ c' });
const values: Attributes = {
  text: 'plain',
  empty: '',
  escapes: 'quote " backslash \\ newline \n tab \t null \u0000 bell \u0007',
  unicode: 'größe 漢字 🚀 \u2028',
  'lone surrogate': 'x\ud800y',
  integer: 42,
  negative: -7,
  double: 1.5,
  yes: true,
  no: false,
  strings: ['a', 'b "c"'],
  numbers: [1, 2.5],
  nested: { list: ['a', 1, true, null], inner: { deep: 'x' } },
  bytes: new Uint8Array([0, 1, 254, 255]),
};

function spans() {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const tracer = provider.getTracer('scope', '1.2.3', { schemaUrl: 'https://example.test/schema' });
  const remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true };
  const parent = tracer.startSpan(
    'GET "/orders"',
    { kind: SpanKind.SERVER, attributes: values, links: [{ context: remote, attributes: { why: 'retry' } }] },
    trace.setSpanContext(ROOT_CONTEXT, remote),
  );
  parent.addEvent('exception', { 'exception.message': 'line 1\nline 2' });
  parent.recordException(new Error('boom'));
  parent.setStatus({ code: SpanStatusCode.ERROR, message: 'failed "here"' });
  const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent));
  child.end();
  parent.end();
  provider.getTracer('other').startSpan('alone').end();
  return exporter.getFinishedSpans();
}

function view(span: ReturnType<typeof spans>[number]): SpanView {
  return new SpanView(span, { ...span, spanContext: span.spanContext(), scope: span.instrumentationScope });
}

test('codec: our text says of a span what upstream’s serializer says', () => {
  const finished = spans();
  const upstream = Buffer.from(JsonTraceSerializer.serializeRequest(finished) ?? []).toString();
  const ours = joinSpans(finished.map(view)).toString();
  expect(ours.indexOf('\n')).toBe(ours.length - 1);
  expect(decodeLine(ours)).toEqual(decodeLine(upstream));
  expect(decodeLine(ours).spans).toHaveLength(3);
});

test('codec: every attribute value survives', () => {
  const decoded = decodeLine(joinSpans(spans().map(view)).toString()).spans.find(
    (span) => span.name === 'GET "/orders"',
  );
  expect(decoded?.attributes).toEqual({ ...values, 'lone surrogate': 'x\ud800y' });
  expect(decoded?.kind).toBe(2);
  expect(decoded?.flags).toBe(0x301);
  expect(decoded?.status).toEqual({ code: 2, message: 'failed "here"' });
  expect(decoded?.parentSpanId).toBe('b'.repeat(16));
});

test('codec: a log record survives as upstream writes it', () => {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] });
  const context = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: 'c'.repeat(32),
    spanId: 'd'.repeat(16),
    traceFlags: 1,
  });
  const logger = provider.getLogger('app');
  logger.emit({ body: 'plain', severityNumber: 17, severityText: 'ERROR', attributes: values, context });
  logger.emit({ body: { nested: ['map', { of: 'things' }] }, eventName: 'checkout.failed' });
  const records = exporter.getFinishedLogRecords();
  const upstream = Buffer.from(JsonLogsSerializer.serializeRequest(records) ?? []).toString();
  const ours = joinLogs(records.map((record) => new LogView(record, record))).toString();
  expect(decodeLine(ours)).toEqual(decodeLine(upstream));
  expect(decodeLine(ours).logs[0]).toMatchObject({
    traceId: 'c'.repeat(32),
    body: 'plain',
    severityNumber: 17,
  });
});

test('codec: numbers that JSON cannot hold are written as the specification says', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const attributes = {
    nan: Number.NaN,
    infinite: Number.POSITIVE_INFINITY,
    below: Number.NEGATIVE_INFINITY,
    huge: 1e300,
  };
  provider.getTracer('t').startSpan('s', { attributes }).end();
  const json = joinSpans(exporter.getFinishedSpans().map(view)).toString();
  expect(decodeLine(json).spans[0]?.attributes).toEqual(attributes);
  // Upstream writes 1e300 as an int64, which makes a collector refuse the whole batch.
  expect(json).toContain('"doubleValue":1e+300');
});

test('codec: a cyclic log body is cut, not followed for ever', () => {
  const body: Record<string, unknown> = { name: 'loop' };
  body.self = body;
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  provider.getLogger('app').emit({ body: body as never });
  const [record] = exporter.getFinishedLogRecords();
  if (record === undefined) throw new Error('no record');
  expect(joinLogs([new LogView(record, record)]).toString()).toContain('nested too deep');
});

test('codec: a line that is not an OTLP request is refused', () => {
  expect(() => decodeLine('{"resourceSpans":[')).toThrow(SyntaxError);
  expect(() => decodeLine('{"hello":1}')).toThrow(TypeError);
  expect(() => decodeLine('null')).toThrow();
});

test('codec: hostile shapes decode to nothing instead of failing', () => {
  const line = JSON.stringify({
    resourceSpans: [
      null,
      {
        resource: 7,
        scopeSpans: [{ scope: [], spans: [{ traceId: 'zz' }, { traceId: '0'.repeat(32) }, 5] }],
      },
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: 'A'.repeat(32),
                spanId: 'b'.repeat(16),
                startTimeUnixNano: -5,
                attributes: [{ key: '__proto__', value: { stringValue: 'x' } }, { key: 5 }],
              },
            ],
          },
        ],
      },
    ],
  });
  const { spans: decoded } = decodeLine(line);
  expect(decoded).toHaveLength(1);
  expect(decoded[0]?.traceId).toBe('a'.repeat(32));
  expect(decoded[0]?.startTimeUnixNano).toBe(0n);
  expect(Object.getPrototypeOf(decoded[0]?.attributes)).toBe(Object.prototype);
});
