/**
 * What each step of the pipeline costs a span, in one process and without I/O: `node test/bench/pipeline.ts`.
 *
 * A request is what the overhead benchmark sends: an HTTP server span, five `pg-pool.connect`, five queries. Each
 * line adds one step to the line before it; upstream's batch processor and JSON serializer stand beside them.
 * Far less noisy than `overhead.ts`; environment: REQUESTS a sample (500), SAMPLES (40).
 */
import { cpus } from 'node:os';
import { type Attributes, context, type Span, SpanKind, trace } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { CompositeSpanProcessor } from '../../processors/composite.ts';
import { createExceptionEnricher } from '../../processors/exceptions/index.ts';
import { Destination, FanOut } from '../../processors/fan-out/index.ts';
import { createGenAiEnricher } from '../../processors/genai/index.ts';
import { type Enricher, Facts } from '../../processors/processor.ts';
import { redactSpan } from '../../processors/redaction/index.ts';
import { createSqlEnricher } from '../../processors/sql/index.ts';
import type { Encoded } from '../../src/core/otlp/encoded.ts';
import { joinSpans } from '../../src/core/otlp/join.ts';
import type { SpanView } from '../../src/core/otlp/views.ts';
import { createRedactor } from '../../src/core/redaction/index.ts';

const REQUESTS = Number(process.env.REQUESTS ?? 500);
const SAMPLES = Number(process.env.SAMPLES ?? 40);
const SPANS = REQUESTS * 11;

const QUERIES = [
  ['SELECT orders', 'SELECT id, customer FROM orders WHERE id = $1'],
  ['SELECT items', 'SELECT sku, quantity FROM items WHERE order_id = $1'],
  ['SELECT items', "SELECT count(*) FROM items WHERE sku = 'tea'"],
  ['SELECT orders', 'SELECT customer FROM orders ORDER BY id DESC LIMIT 5'],
  ['UPDATE orders', 'UPDATE orders SET seen = seen + 1 WHERE id = $1'],
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
  for (const [, text] of QUERIES) {
    const connect = pg.startSpan('pg-pool.connect', { kind: SpanKind.CLIENT, attributes: DATABASE }, inside);
    connect.setAttribute('db.postgresql.idle.timeout.millis', 10_000);
    connect.end();
    const query: Span = pg.startSpan(
      'pg.query:SELECT shop',
      { kind: SpanKind.CLIENT, attributes: { ...DATABASE, 'db.query.text': text } },
      inside,
    );
    query.end();
  }
  root.setAttribute('http.response.status_code', 200);
  root.end();
}

let written = 0;

function destination(name: string): Destination<SpanView> {
  return new Destination<SpanView>({
    name,
    exporter: {
      takes: 'json',
      export(items: Encoded[], done: (result: ExportResult) => void) {
        written += joinSpans(items).length;
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
): SpanProcessor {
  const redactor = createRedactor();
  return new CompositeSpanProcessor({
    enrichers,
    redact: isRedacted
      ? (span, facts) => redactSpan(span, facts, redactor)
      : (span) => redactSpan(span, new Facts(), NO_REDACTOR),
    fanOut: new FanOut(destinations),
  });
}

const NO_REDACTOR = {
  text: (text: string) => text,
  value: (_key: string, value: unknown) => value,
  attributes: <T>(attributes: T) => attributes,
  maskedCount: 0,
  countsByRule: new Map(),
} as unknown as ReturnType<typeof createRedactor>;

function upstream(): SpanProcessor {
  return new BatchSpanProcessor({
    exporter: {
      export(spans, done) {
        written += JsonTraceSerializer.serializeRequest(spans)?.length ?? 0;
        done({ code: ExportResultCode.SUCCESS });
      },
      shutdown: async () => {},
    },
    maxQueueSize: 20_000,
  });
}

const sql = (): Enricher => createSqlEnricher();
const genai = (): Enricher => createGenAiEnricher();
const CASES: Record<string, () => SpanProcessor[]> = {
  'no processor': () => [],
  'upstream: batch, JSON': () => [upstream()],
  'ours: copy only': () => [composite([], false, [])],
  '+ redaction': () => [composite([], true, [])],
  '+ sql': () => [composite([sql()], true, [])],
  '+ genai': () => [composite([sql(), genai()], true, [])],
  '+ exceptions': () => [composite([sql(), genai(), createExceptionEnricher()], true, [])],
  '+ one destination': () => [
    composite([sql(), genai(), createExceptionEnricher()], true, [destination('a')]),
  ],
  '+ another (all)': () => [
    composite([sql(), genai(), createExceptionEnricher()], true, [destination('a'), destination('b')]),
  ],
};

interface Sample {
  nanos: number;
  bytes: number;
}

async function sample(provider: TracerProvider): Promise<Sample> {
  const http = provider.getTracer('http', '1.0.0');
  const pg = provider.getTracer('pg', '1.0.0');
  globalThis.gc?.({ type: 'minor' });
  const heap = process.memoryUsage().heapUsed;
  const start = process.hrtime.bigint();
  for (let i = 0; i < REQUESTS; i++) request(http, pg);
  await provider.forceFlush();
  const nanos = Number(process.hrtime.bigint() - start) / SPANS;
  return { nanos, bytes: (process.memoryUsage().heapUsed - heap) / SPANS };
}

const median = (values: number[]): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const only = process.env.CASE;
const providers = Object.entries(CASES)
  .filter(([name]) => only === undefined || name.includes(only))
  .map(([name, make]) => ({
    name,
    provider: new TracerProvider({ spanProcessors: make() }),
    samples: [] as Sample[],
  }));
for (let round = 0; round < SAMPLES; round++) {
  for (const each of providers) each.samples.push(await sample(each.provider));
}
console.log(`Node ${process.version}, ${cpus()[0]?.model}; per span, median of ${SAMPLES} samples`);
let before = 0;
for (const { name, samples } of providers) {
  const warm = samples.slice(Math.floor(SAMPLES / 4));
  const nanos = median(warm.map((each) => each.nanos));
  const bytes = median(warm.map((each) => each.bytes));
  const more = nanos - before;
  const spent = `${name.padEnd(26)}${nanos.toFixed(0).padStart(7)} ns  (${more < 0 ? '' : '+'}${more.toFixed(0)})`;
  console.log(`${spent.padEnd(48)}${bytes.toFixed(0).padStart(7)} bytes of heap`);
  before = nanos;
}
if (written < 0) throw new Error('unreachable: keeps the work from being optimised away');
