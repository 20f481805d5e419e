import { type Attributes, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  JsonLogsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { decodeLine } from '../../../src/core/otlp/decode.ts';
import { decodeProto } from '../../../src/core/otlp/decode-proto.ts';
import { signalOfProto } from '../../../src/core/otlp/proto-signal.ts';
import { logsRequest, spansRequest } from '../../../src/core/otlp/requests.ts';
import { randomTelemetry, seededRandom } from '../../sources/random-telemetry.ts';
import { block, logsProto, spansProto } from './encode-proto.ts';

const resource = resourceFromAttributes({ 'service.name': 'shop', list: ['a', 'b'] });
const values: Attributes = {
  text: 'größe 漢字 🚀',
  empty: '',
  integer: 42,
  negative: -7,
  double: 1.5,
  yes: true,
  no: false,
  numbers: [1, 2.5],
  nested: { list: ['a', 1, true], inner: { deep: 'x' } },
  bytes: new Uint8Array([0, 1, 254, 255]),
} as Attributes;

function upstreamSpans() {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true };
  const parent = provider.getTracer('scope', '1.2.3').startSpan(
    'GET /orders',
    {
      kind: SpanKind.SERVER,
      attributes: values,
      links: [{ context: remote, attributes: { why: 'retry' } }],
    },
    trace.setSpanContext(ROOT_CONTEXT, remote),
  );
  parent.recordException(new Error('boom'));
  parent.setStatus({ code: SpanStatusCode.ERROR, message: 'failed' });
  provider.getTracer('other').startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent)).end();
  parent.end();
  return exporter.getFinishedSpans();
}

function upstreamLogs() {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({
    resource,
    processors: [new SimpleLogRecordProcessor({ exporter })],
  });
  const logger = provider.getLogger('scope', '2');
  logger.emit({ body: 'text', severityNumber: 9, severityText: 'INFO', attributes: values });
  logger.emit({ body: { deep: ['x', 1] }, eventName: 'happened' });
  return exporter.getFinishedLogRecords();
}

test('proto: what upstream’s serializers write is read as their JSON is', () => {
  const spans = ProtobufTraceSerializer.serializeRequest(upstreamSpans()) ?? new Uint8Array();
  const spansJson = Buffer.from(JsonTraceSerializer.serializeRequest(upstreamSpans()) ?? []).toString();
  const shape = ({ spans: list }: ReturnType<typeof decodeLine>) =>
    list.map(
      ({
        traceId: _t,
        spanId: _s,
        parentSpanId: _p,
        startTimeUnixNano: _a,
        endTimeUnixNano: _b,
        ...rest
      }) => ({
        ...rest,
        events: rest.events.map(({ name, attributes }) => [name, Object.keys(attributes)]),
      }),
    );
  expect(shape(decodeProto(spans, 'traces'))).toEqual(shape(decodeLine(spansJson)));
  const logs = upstreamLogs();
  const logsBytes = ProtobufLogsSerializer.serializeRequest(logs) ?? new Uint8Array();
  const logsJson = Buffer.from(JsonLogsSerializer.serializeRequest(logs) ?? []).toString();
  expect(decodeProto(logsBytes, 'logs')).toEqual(decodeLine(logsJson));
  expect([signalOfProto(spans), signalOfProto(logsBytes)]).toEqual(['traces', 'logs']);
});

const { spans, logs } = randomTelemetry(7, 60);

test('proto: random telemetry is read as its JSON is, ids, 64-bit numbers and all', () => {
  const line = decodeLine(JSON.stringify({ ...spansRequest(spans), ...logsRequest(logs) }));
  const read = {
    ...decodeProto(spansProto(spans), 'traces'),
    logs: decodeProto(logsProto(logs), 'logs').logs,
  };
  const order = <T>(list: readonly T[]) => list.map((each) => JSON.stringify(each, bigints)).sort();
  expect(order(read.spans)).toEqual(order(line.spans));
  expect(order(read.logs)).toEqual(order(line.logs));
  const wanted = spans[0]?.traceId;
  const kept = decodeProto(spansProto(spans), 'traces', (id) => id === wanted).spans;
  expect(kept.length).toBe(spans.filter((span) => span.traceId === wanted).length);
});

test('proto: bytes cut off anywhere are refused or are fewer whole records, never a crash', () => {
  const whole = spansProto(spans.slice(0, 5));
  for (let length = 0; length < whole.length; length += 1) {
    const read = attempt(() => decodeProto(whole.subarray(0, length), 'traces').spans.length);
    expect(typeof read === 'number' ? read < 5 : read instanceof TypeError).toBe(true);
  }
});

test('proto: random damage is read as something or refused with a TypeError, nothing else', () => {
  const random = seededRandom(99);
  const whole = Buffer.concat([spansProto(spans.slice(0, 3)), logsProto(logs.slice(0, 3))]);
  for (let round = 0; round < 5_000; round += 1) {
    const damaged = Buffer.from(whole);
    for (let hit = 0; hit <= random(4); hit += 1) damaged[random(damaged.length)] = random(256);
    for (const signal of ['traces', 'logs', 'metrics'] as const) {
      const outcome = attempt(() => decodeProto(damaged, signal));
      expect(outcome instanceof Error ? outcome.constructor : Object).toBe(
        outcome instanceof Error ? TypeError : Object,
      );
    }
    signalOfProto(damaged);
  }
});

test('proto: numbers without end, nesting without end, lengths beyond the message and swarms are refused', () => {
  let nested: Buffer = Buffer.alloc(0);
  for (let depth = 0; depth < 5_000; depth += 1) nested = block(5, block(1, nested));
  const attribute = block(9, block(2, nested));
  const span = block(1, block(2, block(2, attribute)));
  const swarm = block(1, block(2, block(2, Buffer.alloc(6_000_000).fill(Buffer.from([0x5a, 0x00])))));
  for (const bytes of [
    Buffer.from(`0a${'ff'.repeat(20)}`, 'hex'),
    Buffer.from('0affffffff0f', 'hex'),
    Buffer.from('0b0a', 'hex'),
    Buffer.from('0200', 'hex'),
    span,
    swarm,
  ]) {
    expect(() => decodeProto(bytes, 'traces')).toThrow(TypeError);
  }
  const metric = block(
    2,
    Buffer.concat([
      block(1, Buffer.from('m'.repeat(16))),
      block(2, Buffer.from('12345678')),
      block(7, Buffer.alloc(0)),
    ]),
  );
  expect(signalOfProto(block(1, block(2, metric)))).toBe('metrics');
  expect(signalOfProto(Buffer.alloc(0))).toBeUndefined();
});

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
