import { type Attributes, context, SpanKind, trace } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { type ReadableSpan, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { CompositeSpanProcessor } from '../../processors/composite.ts';
import { createExceptionEnricher } from '../../processors/exceptions/index.ts';
import { type AnyExporter, Destination, FanOut } from '../../processors/fan-out/index.ts';
import { createGenAiEnricher } from '../../processors/genai/index.ts';
import { KnownAttributeTree } from '../../processors/known-attributes.ts';
import { redactSpan } from '../../processors/redaction/index.ts';
import { createSqlEnricher } from '../../processors/sql/index.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { decodeProto } from '../../src/core/otlp/decode-proto.ts';
import type { Encoded, Form } from '../../src/core/otlp/encoded.ts';
import { joinSpans } from '../../src/core/otlp/join.ts';
import { joinProto } from '../../src/core/otlp/join-proto.ts';
import type { SpanView } from '../../src/core/otlp/views.ts';
import { createRedactor } from '../../src/core/redaction/index.ts';
import type { Span } from '../../src/core/span.ts';

const ROUNDS = 400;

function findOften(tree: KnownAttributeTree, attributes: Attributes) {
  let found = tree.find({ ...attributes });
  for (let i = 0; i < 100; i++) found = tree.find({ ...attributes });
  return found;
}

test('known attributes: what comes again is one object, equal to what was given in values and order', () => {
  const tree = new KnownAttributeTree();
  const sets: Attributes[] = [
    {},
    { a: 1, b: 'x', c: true },
    { b: 'x', a: 1, c: true },
    { a: '1', b: 'x', c: true },
    { a: 1, b: 'x' },
    { a: 1, b: 'größe 漢字 🚀', c: '' },
  ];
  const found = sets.map((each) => findOften(tree, each));
  expect(new Set(found).size).toBe(sets.length);
  expect(found.map((each) => Object.entries(each?.attributes ?? {}))).toEqual(sets.map(Object.entries));
  for (const [index, each] of sets.entries()) expect(tree.find({ ...each })).toBe(found[index]);
});

test('known attributes: lists, maps, long texts and half a surrogate are never known', () => {
  const tree = new KnownAttributeTree();
  for (const value of [[1], { a: 1 } as never, 'x'.repeat(5_000), '\ud800'])
    expect(findOften(tree, { a: value })).toBe(undefined);
});

test('known attributes: however many come only once, those that come again are known again', () => {
  const tree = new KnownAttributeTree();
  expect(findOften(tree, { table: 'orders' })).toBeDefined();
  for (let i = 0; i < 100_000; i++) tree.find({ id: i, path: `/orders/${i}`, table: 'orders' });
  expect(findOften(tree, { table: 'orders' })).toBeDefined();
});

/** The pipeline as the preset builds it, up to these exporters. */
function makePipeline(exporters: readonly AnyExporter<SpanView>[]) {
  const redactor = createRedactor({});
  const processor = new CompositeSpanProcessor({
    enrichers: [createSqlEnricher(), createGenAiEnricher({ redactor }), createExceptionEnricher()],
    redact: (span, facts) => redactSpan(span, facts, redactor),
    fanOut: new FanOut(
      exporters.map(
        (exporter) =>
          new Destination<SpanView>({
            name: 'test',
            exporter,
            keepsUnsampled: true,
            maxQueueSize: 100_000,
            maxQueueBytes: 1e9,
            maxBatchSize: 100_000,
            delayMs: 60_000,
            timeoutMs: 10_000,
          }),
      ),
    ),
  });
  const tracer = new TracerProvider({ spanProcessors: [processor] }).getTracer('test');
  return { processor, redactor, tracer };
}

function collecting(takes: Form, items: Encoded[]): AnyExporter<SpanView> {
  return {
    takes,
    export(batch: Encoded[], done: (result: ExportResult) => void) {
      items.push(...batch);
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => {},
  };
}

const POSTGRES = { 'db.system.name': 'postgresql', 'db.namespace': 'shop', 'server.port': 5432 };
const SECRET = ['hunter', '2hunter2'].join('');

/** A request: each span with what the next one must not inherit. */
function request(tracer: ReturnType<TracerProvider['getTracer']>, round: number): void {
  const root = tracer.startSpan('GET', {
    kind: SpanKind.SERVER,
    attributes: { 'url.path': `/orders/${round}` },
  });
  const inside = trace.setSpan(context.active(), root);
  const run = (name: string, kind: SpanKind, attributes: Attributes) =>
    tracer.startSpan(name, { kind, attributes }, inside).end();
  run('pg-pool.connect', SpanKind.CLIENT, POSTGRES);
  for (const table of ['orders', 'items'])
    run('pg.query:SELECT shop', SpanKind.CLIENT, {
      ...POSTGRES,
      'db.query.text': `SELECT * FROM ${table} WHERE id = $1`,
    });
  run('find an order', SpanKind.CLIENT, {
    ...POSTGRES,
    'db.query.text': 'SELECT * FROM orders WHERE id = $1',
  });
  run('pg.query:SELECT shop', SpanKind.INTERNAL, { ...POSTGRES, 'db.query.text': "SELECT 'a literal'" });
  run('log in', SpanKind.CLIENT, { note: `password=${SECRET}`, 'app.user': 7 });
  run('GET', SpanKind.CLIENT, { 'http.request.method': 'GET', 'url.full': 'http://127.0.0.1/' });
  for (let i = 0; i < 6; i++)
    run('GET', SpanKind.INTERNAL, { 'http.request.method': 'GET', 'url.full': 'http://127.0.0.1/' });
  run('chat', SpanKind.CLIENT, { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 3 });
  for (let i = 0; i < 3 + (round % 3); i++)
    run('pg.query:SELECT shop', SpanKind.CLIENT, {
      ...POSTGRES,
      'db.query.text': 'SELECT 1 FROM stock WHERE id = $1',
    });
  root.end();
}

test('known attributes: what comes again is written as it was the first time, in both forms', async () => {
  const json: Encoded[] = [];
  const protobuf: Encoded[] = [];
  const { processor, redactor, tracer } = makePipeline([
    collecting('json', json),
    collecting('protobuf', protobuf),
  ]);
  for (let round = 0; round < ROUNDS; round++) request(tracer, round);
  await processor.forceFlush();
  const { spans } = decodeLine(joinSpans(json).toString());
  expect(decodeProto(Buffer.from(joinProto(protobuf)), 'traces').spans).toEqual(spans);
  const traces = Map.groupBy(spans, ({ traceId }) => traceId);
  const said = [...traces.values()].map((trace) => JSON.stringify(trace.map(timeless)));
  // The number of calls, and with it what is said of them, is the same in every third.
  for (const [round, each] of said.entries()) if (round >= 3) expect(each).toBe(said[round % 3]);
  expect(said[0]).not.toContain(SECRET);
  expect(redactor.maskedCount).toBe(ROUNDS);
});

/** What a span says apart from when and which it was. */
function timeless({ name, kind, attributes }: Span) {
  const kept = Object.entries(attributes).filter(([key]) => !/^url.path$|duration/.test(key));
  return { name, kind, attributes: Object.fromEntries(kept) };
}

test('known attributes: an exporter that writes to a span changes no other', async () => {
  const json: Encoded[] = [];
  const seen: Attributes[] = [];
  const vandal: SpanExporter = {
    export(spans: ReadableSpan[], done) {
      for (const { attributes } of spans) {
        seen.push({ ...attributes });
        for (const key of Object.keys(attributes)) delete attributes[key];
      }
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => {},
  };
  const { processor, tracer } = makePipeline([vandal, collecting('json', json)]);
  for (let round = 0; round < ROUNDS; round++) {
    tracer.startSpan('pg-pool.connect', { attributes: POSTGRES }).end();
    if (round % 50 === 0) await processor.forceFlush();
  }
  await processor.forceFlush();
  const { spans } = decodeLine(joinSpans(json).toString());
  for (const attributes of [...seen, ...spans.map((each) => each.attributes)])
    expect(attributes).toEqual(POSTGRES);
  expect(seen).toHaveLength(ROUNDS);
});
