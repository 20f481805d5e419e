/**
 * What each step of the pipeline costs a span, in one process and without I/O: `npm run bench:pipeline [-- --readme]`.
 *
 * A request is what the overhead benchmark sends: an HTTP server span, five `pg-pool.connect`, five queries. Each
 * line adds one step to the line before it; upstream's batch processor and serializers stand beside them.
 * Far less noisy than `overhead.ts`; environment: REQUESTS a sample (500), SAMPLES (40), CASE (part of a name).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { type Attributes, context, type Span, SpanKind, trace } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { CompositeSpanProcessor } from '../../processors/composite.ts';
import { createExceptionEnricher } from '../../processors/exceptions/index.ts';
import { Destination, FanOut } from '../../processors/fan-out/index.ts';
import { createGenAiEnricher } from '../../processors/genai/index.ts';
import { type Enricher, Facts } from '../../processors/processor.ts';
import { redactSpan } from '../../processors/redaction/index.ts';
import { createSqlEnricher } from '../../processors/sql/index.ts';
import { withStatement } from '../../src/core/current-statement.ts';
import type { Encoded, Form } from '../../src/core/otlp/encoded.ts';
import { joinSpans } from '../../src/core/otlp/join.ts';
import { joinProto } from '../../src/core/otlp/join-proto.ts';
import type { SpanView } from '../../src/core/otlp/views.ts';
import { createRedactor } from '../../src/core/redaction/index.ts';
import { writeBlock } from '../readme/blocks.ts';

const REQUESTS = Number(process.env.REQUESTS ?? 500);
const SAMPLES = Number(process.env.SAMPLES ?? 40);
const SPANS = REQUESTS * 11;

const QUERIES = [
  'SELECT id, customer FROM orders WHERE id = $1',
  'SELECT sku, quantity FROM items WHERE order_id = $1',
  "SELECT count(*) FROM items WHERE sku = 'tea'",
  'SELECT customer FROM orders ORDER BY id DESC LIMIT 5',
  'UPDATE orders SET seen = seen + 1 WHERE id = $1',
] as const;
const DATABASE: Attributes = {
  'db.system.name': 'postgresql',
  'db.namespace': 'shop',
  'server.address': '127.0.0.1',
  'server.port': 5432,
};

let port = 32_000;

/** One request's spans. The processor hangs on the provider, so this is what the app pays at `start` and `end`. */
function request(http: ReturnType<TracerProvider['getTracer']>, pg: typeof http): void {
  const root = http.startSpan('GET', {
    kind: SpanKind.SERVER,
    attributes: {
      'http.request.method': 'GET',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'network.peer.address': '127.0.0.1',
      'network.peer.port': port++ % 60_000,
      'network.protocol.version': '1.1',
      'url.path': '/',
      'client.address': '127.0.0.1',
      'server.port': 41_795,
    },
  });
  const inside = trace.setSpan(context.active(), root);
  for (const text of QUERIES) {
    // As our instrumentation of pg does it.
    withStatement(text, () => {
      const connect = pg.startSpan(
        'pg-pool.connect',
        { kind: SpanKind.CLIENT, attributes: DATABASE },
        inside,
      );
      connect.setAttribute('db.postgresql.idle.timeout.millis', 10_000);
      connect.end();
      const query: Span = pg.startSpan(
        'pg.query:SELECT shop',
        { kind: SpanKind.CLIENT, attributes: { ...DATABASE, 'db.query.text': text } },
        inside,
      );
      query.end();
    });
  }
  root.setAttribute('http.response.status_code', 200);
  root.end();
}

let written = 0;

function destination(takes: Form): Destination<SpanView> {
  const join = takes === 'json' ? joinSpans : joinProto;
  return new Destination<SpanView>({
    name: takes,
    exporter: {
      takes,
      export(items: Encoded[], done: (result: ExportResult) => void) {
        written += join(items).length;
        done({ code: ExportResultCode.SUCCESS });
      },
      shutdown: async () => {},
    },
    keepsUnsampled: true,
    maxQueueSize: 20_000,
    maxQueueBytes: 64 * 2 ** 20,
    maxBatchSize: 512,
    delayMs: 5_000,
    timeoutMs: 30_000,
  });
}

function composite(
  enrichers: readonly Enricher[],
  isRedacted: boolean,
  destinations: readonly Destination<SpanView>[],
): SpanProcessor[] {
  const redactor = createRedactor();
  return [
    new CompositeSpanProcessor({
      enrichers,
      redact: isRedacted
        ? (span, facts) => redactSpan(span, facts, redactor)
        : (span) => redactSpan(span, new Facts(), NO_REDACTOR),
      fanOut: new FanOut(destinations),
    }),
  ];
}

const NO_REDACTOR = {
  text: (text: string) => text,
  value: (_key: string, value: unknown) => value,
  attributes: <T>(attributes: T) => attributes,
  maskedCount: 0,
  countsByRule: new Map(),
} as unknown as ReturnType<typeof createRedactor>;

function upstream(serializer: typeof JsonTraceSerializer): SpanProcessor[] {
  return [
    new BatchSpanProcessor({
      exporter: {
        export(spans, done) {
          written += serializer.serializeRequest(spans)?.length ?? 0;
          done({ code: ExportResultCode.SUCCESS });
        },
        shutdown: async () => {},
      },
      maxQueueSize: 20_000,
    }),
  ];
}

const facts = (): Enricher[] => [createSqlEnricher(), createGenAiEnricher(), createExceptionEnricher()];
const CASES: Record<string, () => SpanProcessor[]> = {
  'the SDK alone': () => [],
  'upstream: batch and JSON': () => upstream(JsonTraceSerializer),
  'upstream: batch and protobuf': () => upstream(ProtobufTraceSerializer),
  'ours: the copy': () => composite([], false, []),
  '+ redaction': () => composite([], true, []),
  '+ facts of SQL': () => composite([createSqlEnricher()], true, []),
  '+ facts of models and exceptions': () => composite(facts(), true, []),
  '+ the local file': () => composite(facts(), true, [destination('json')]),
  '+ OTLP as JSON: all': () => composite(facts(), true, [destination('json'), destination('json')]),
  'with OTLP as protobuf: all': () =>
    composite(facts(), true, [destination('json'), destination('protobuf')]),
};

async function sample(provider: TracerProvider): Promise<number> {
  const http = provider.getTracer('http', '1.0.0');
  const pg = provider.getTracer('pg', '1.0.0');
  const start = process.hrtime.bigint();
  for (let i = 0; i < REQUESTS; i++) request(http, pg);
  await provider.forceFlush();
  return Number(process.hrtime.bigint() - start) / SPANS;
}

const median = (values: number[]): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const only = process.env.CASE;
const providers = Object.entries(CASES)
  .filter(([name]) => only === undefined || name.includes(only))
  .map(([name, make]) => ({
    name,
    provider: new TracerProvider({ spanProcessors: make() }),
    samples: [] as number[],
  }));
for (let round = 0; round < SAMPLES; round++) {
  for (const each of providers) each.samples.push(await sample(each.provider));
}
const microseconds = providers.map(({ name, samples }) => ({
  name,
  // The first samples run cold.
  each: median(samples.slice(Math.floor(SAMPLES / 4))) / 1_000,
}));
const [alone] = microseconds;
const rows = microseconds.map(
  ({ name, each }) =>
    `| ${name} | ${each.toFixed(1)} | ${(each / (alone?.each ?? Number.NaN)).toFixed(1)} × |`,
);
const table = ['| | µs a span | ÷ the SDK alone |', '| --- | --- | --- |', ...rows].join('\n');
const machine = `Node ${process.version}, ${cpus()[0]?.model}, median of ${SAMPLES} samples`;
console.log(`${machine}\n${table}`);
if (process.argv.includes('--readme')) {
  const file = join(resolve(import.meta.dirname, '../..'), 'README.md');
  writeFileSync(file, writeBlock(readFileSync(file, 'utf8'), 'pipeline', `${machine}.\n\n${table}`));
}
if (written < 0) throw new Error('unreachable: keeps the work from being optimised away');
