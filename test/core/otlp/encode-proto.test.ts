import { inspect } from 'node:util';
import type { Attributes, HrTime } from '@opentelemetry/api';
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { decodeLine } from '../../../src/core/otlp/decode.ts';
import { decodeProto } from '../../../src/core/otlp/decode-proto.ts';
import { joinLogs, joinSpans } from '../../../src/core/otlp/join.ts';
import { joinProto } from '../../../src/core/otlp/join-proto.ts';
import { ProtoWriter } from '../../../src/core/otlp/proto-writer.ts';
import { LogView, SpanView } from '../../../src/core/otlp/views.ts';
import { seededRandom } from '../../sources/random-telemetry.ts';
import { wireDump } from './wire-dump.ts';

const random = seededRandom(7);
const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
const some = <T>(most: number, make: () => T): T[] => Array.from({ length: random(most + 1) }, make);
const hex = (length: number): string => Array.from({ length }, () => random(16).toString(16)).join('');

const TEXTS = ['', 'GET', 'a', 'x'.repeat(48), 'x'.repeat(49), 'ß', '漢字 🚀', `${'x'.repeat(47)}é`];
const LONG_TEXTS = ['y'.repeat(127), 'é'.repeat(128), 'z'.repeat(20_000), '漢'.repeat(30_000)];
const NUMBERS = [0, 1, 127, 128, 16_383, 16_384, -1, -7, 2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER];
const ODD_NUMBERS = [Number.MIN_SAFE_INTEGER, 1.5, -0.1, Number.NaN, Number.POSITIVE_INFINITY];

function value(depth: number): unknown {
  switch (random(depth > 2 ? 5 : 8)) {
    case 0:
    case 1:
      return pick(random(20) === 0 ? LONG_TEXTS : TEXTS);
    case 2:
      return pick(NUMBERS);
    case 3:
      return pick(ODD_NUMBERS);
    case 4:
      return random(2) === 0;
    case 5:
      return some(4, () => value(depth + 1));
    case 6:
      return Object.fromEntries(some(4, () => [`k${random(9)}`, value(depth + 1)]));
    default:
      return Uint8Array.from(some(300, () => random(256)));
  }
}

const attributes = (): Attributes =>
  Object.fromEntries(some(9, () => [pick(['a', 'größe', `key.${random(30)}`]), value(0)])) as Attributes;
const time = (): HrTime => [pick([1, 65_535, 65_536, 1_795_250_400, 4_294_967_295]), random(1e9)];
const context = () => ({
  traceId: hex(32),
  spanId: hex(16),
  traceFlags: random(2),
  ...(random(2) === 0 && { isRemote: random(2) === 0 }),
});

const resources = [resourceFromAttributes({ 'service.name': 'größe', n: 7 }), resourceFromAttributes({})];
const scopes = [
  { name: 'a' },
  { name: 'b', version: '1.2.3', schemaUrl: 'https://example.test/s' },
  { name: '', attributes: { of: 'scope' }, droppedAttributesCount: 2 },
];

function span(): SpanView {
  const own = context();
  const live = {
    name: pick(TEXTS),
    kind: random(5),
    startTime: time(),
    endTime: time(),
    duration: [0, 0],
    ended: true,
    ...(random(2) === 0 && { parentSpanContext: context() }),
    attributes: attributes(),
    events: some(3, () => ({
      time: time(),
      name: pick(TEXTS),
      attributes: attributes(),
      droppedAttributesCount: random(3),
    })),
    links: some(2, () => ({
      context: context(),
      attributes: attributes(),
      droppedAttributesCount: random(3),
    })),
    status: pick([{ code: 0 }, { code: 1 }, { code: 2, message: 'größe' }]),
    resource: pick(resources),
    instrumentationScope: pick(scopes),
    droppedAttributesCount: random(3),
    droppedEventsCount: random(300),
    droppedLinksCount: random(2),
    spanContext: () => own,
  } as unknown as ReadableSpan;
  return new SpanView(live, { ...live, spanContext: own, scope: live.instrumentationScope });
}

function log(): LogView {
  const record = {
    hrTime: time(),
    hrTimeObserved: time(),
    ...(random(2) === 0 && { spanContext: context() }),
    ...(random(2) === 0 && { severityText: pick(TEXTS), severityNumber: random(25) }),
    ...(random(2) === 0 && { body: value(0) }),
    ...(random(2) === 0 && { eventName: pick(TEXTS) }),
    resource: pick(resources),
    instrumentationScope: pick(scopes),
    attributes: attributes(),
    droppedAttributesCount: random(3),
  } as unknown as ReadableLogRecord;
  return new LogView(record, record);
}

test('protobuf: our bytes say what upstream’s serializers say, field by field', () => {
  for (let round = 0; round < 60; round++) {
    const spans = some(12, span);
    const logs = some(12, log);
    const ours = [wireDump(joinProto(spans), 'traces'), wireDump(joinProto(logs), 'logs')];
    const traces = ProtobufTraceSerializer.serializeRequest(spans) ?? new Uint8Array();
    const records = ProtobufLogsSerializer.serializeRequest(logs) ?? new Uint8Array();
    expect(ours).toEqual([wireDump(traces, 'traces'), wireDump(records, 'logs')]);
  }
});

test('protobuf: our bytes say what our JSON says', () => {
  for (let round = 0; round < 60; round++) {
    const spans = some(12, span);
    const logs = some(12, log);
    expect(decodeProto(joinProto(spans), 'traces')).toEqual(decodeLine(joinSpans(spans).toString()));
    expect(decodeProto(joinProto(logs), 'logs')).toEqual(decodeLine(joinLogs(logs).toString()));
  }
});

test('protobuf: times outside the ordinary, huge numbers and functions do no harm and agree with JSON', () => {
  const made = span();
  for (const startTime of [
    [0, 0],
    [-5, 0],
    [1, -1],
    [1.5, 2.5],
    [2 ** 33, 7],
    [10, 2e9],
  ] as HrTime[]) {
    const odd = { list: [() => 1, null, undefined], big: 2n ** 63n - 1n, whole: 2 ** 60 };
    const one = new SpanView({ ...made, startTime } as unknown as ReadableSpan, {
      ...made,
      attributes: odd as unknown as Attributes,
      spanContext: made.spanContext(),
      scope: made.instrumentationScope,
    });
    expect(decodeProto(joinProto([one]), 'traces')).toEqual(decodeLine(joinSpans([one]).toString()));
  }
});

test('protobuf: a cyclic value is cut before readers refuse the depth', () => {
  const body: Record<string, unknown> = {};
  body.self = body;
  const made = log();
  const cyclic = new LogView(made, { ...made, body: body as never, attributes: { list: [body] } as never });
  const [decoded] = decodeProto(joinProto([cyclic]), 'logs').logs;
  expect(inspect(decoded, { depth: null })).toContain('nested too deep');
});

test('protobuf: what was written before stays as it is, however large what comes after', () => {
  const writer = new ProtoWriter(64);
  const made: [Buffer, string][] = [];
  for (let i = 0; i < 300; i++) {
    writer.begin();
    const text = i === 7 ? 'a\ud800b' : 'é'.repeat((i * 37) % 500);
    writer.string(2, text);
    writer.uint(1, i);
    made.push([writer.buffer.subarray(writer.start, writer.end), text]);
  }
  for (const [i, [bytes, text]] of made.entries()) {
    const expected = text === '' ? [] : [[2, Buffer.from(text).toString('hex')]];
    expect(wireDump(bytes, 'x')).toEqual(i === 0 ? expected : [[1, BigInt(i)], ...expected]);
  }
});
