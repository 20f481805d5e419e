import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Metadata, Server, ServerCredentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DestinationStatus } from '../../processors/fan-out/index.ts';
import { startBlackHole, startTcp } from './faulty-collector.ts';
import { readLocal, runApp, temporaryDirectory } from './run-app.ts';

/** How many spans test/apps/counted.mjs ends. */
const SPANS = 50;
/** Upstream's exporters hold the process for 10 s a batch, here at least 20 s; the kill of a test's child is at 30 s. */
const SILENT_MS = 10_000;
const STOCK = ['--import', '@opentelemetry/auto-instrumentations-node/register'];
const PATHS = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
};

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;

beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, '.agentlog');
});

afterEach(() => directory[Symbol.dispose]());

/** A real gRPC server for the three services; `answer` may refuse the n-th call of traces. */
async function startGrpc(
  answer: (count: number) => Partial<ServiceError> | undefined = () => undefined,
  credentials: ServerCredentials = ServerCredentials.createInsecure(),
) {
  const server = new Server();
  const calls: { path: string; headers: ReturnType<Metadata['getMap']>; spans: string[] }[] = [];
  const bytes = { requestStream: false, responseStream: false } as const;
  const same = (value: Buffer) => value;
  for (const [name, at] of Object.entries(PATHS)) {
    const codec = {
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    server.addService(
      { Export: { path: at, ...bytes, ...codec } },
      {
        Export: (
          call: { request: Buffer; metadata: Metadata },
          done: (error: Partial<ServiceError> | null, reply?: Buffer) => void,
        ) => {
          const spans = call.request.toString('latin1').match(/work \d+/g) ?? [];
          calls.push({ path: at, headers: call.metadata.getMap(), spans });
          const refusal =
            name === 'traces' ? answer(calls.filter((each) => each.path === at).length) : undefined;
          if (refusal === undefined) done(null, Buffer.alloc(0));
          else done(refusal);
        },
      },
    );
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return { port, calls, [Symbol.dispose]: () => server.forceShutdown() };
}

async function run(endpoint: string, env: Record<string, string> = {}) {
  const ended = await runApp('counted.mjs', {
    env: {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '20',
      OTEL_METRICS_EXPORTER: 'none',
      AGENTLOG_DIR: path,
      ...env,
    },
  });
  expect(ended).toMatchObject({ code: 0, signal: null });
  expect(readLocal(path).spans.length % SPANS).toBe(0);
  const { traces } = JSON.parse(ended.stdout) as { traces: DestinationStatus[] };
  return { ...ended, said: ended.stderr.split('\n').filter(Boolean), otlp: traces[1] as DestinationStatus };
}

test.each(['gzip', 'none'])(
  'gRPC: compression %s: a real server gets every span once',
  async (compression) => {
    using server = await startGrpc();
    const { otlp, said } = await run(`http://127.0.0.1:${server.port}`, {
      OTEL_EXPORTER_OTLP_COMPRESSION: compression,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=blue,X-Plan=basic',
    });
    expect(said).toEqual([]);
    expect(otlp).toMatchObject({ exported: SPANS, failed: 0 });
    const spans = server.calls.flatMap((call) => call.spans);
    expect(new Set(spans).size).toBe(SPANS);
    expect(spans).toHaveLength(SPANS);
    expect(server.calls[0]?.headers).toMatchObject({
      'x-tenant': 'blue',
      'x-plan': 'basic',
      'user-agent': expect.stringMatching(/^agentlog-otel\/\d/),
    });
  },
);

test.each([
  ['with a scheme', 'http://', {}],
  ['without a scheme, and OTEL_EXPORTER_OTLP_INSECURE', '', { OTEL_EXPORTER_OTLP_INSECURE: 'true' }],
])(
  'gRPC: traces, logs and metrics reach the services that upstream’s exporters call, %s',
  async (_, scheme, env) => {
    const seen: unknown[] = [];
    for (const nodeArgs of [['--import', '@agentlog/otel/register'], STOCK]) {
      using server = await startGrpc();
      const ended = await runApp('config.cjs', {
        nodeArgs,
        env: {
          OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
          OTEL_EXPORTER_OTLP_ENDPOINT: `${scheme}127.0.0.1:${server.port}`,
          ...env,
          OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=blue',
          OTEL_METRICS_EXPORTER: 'otlp',
          OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
          AGENTLOG_DIR: path,
        },
      });
      expect(ended.code).toBe(0);
      seen.push({
        paths: [...new Set(server.calls.map((call) => call.path))].sort(),
        tenants: [...new Set(server.calls.map((call) => call.headers['x-tenant']))],
      });
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).toMatchObject({ paths: Object.values(PATHS).sort(), tenants: ['blue'] });
  },
);

test.each<[string, () => Promise<AsyncDisposable & { readonly url: string }>]>([
  ['accepts and never answers', () => startTcp(() => {})],
  // A frame of empty settings: the connection is up, the calls are sent.
  [
    'speaks HTTP/2 and never answers',
    () => startTcp((socket) => socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]))),
  ],
  ['is behind a firewall that drops everything', startBlackHole],
])('gRPC: a collector that %s does not hold the process beyond the flush deadline', async (_, start) => {
  await using collector = await start();
  for (const delay of ['20', '5000']) {
    const { otlp, said, elapsedMs } = await run(collector.url, { OTEL_BSP_SCHEDULE_DELAY: delay });
    expect(otlp).toMatchObject({ exported: 0, failed: SPANS, queued: 0 });
    expect(said).toEqual([expect.stringContaining('cannot send to the collector at')]);
    // It is over before the first of upstream's time-outs, whatever the machine is doing.
    expect(elapsedMs < SILENT_MS).toBe(true);
  }
});

test('gRPC: a call that may be tried again is, and arrives', async () => {
  using server = await startGrpc((count) =>
    count === 1 ? { code: status.UNAVAILABLE, details: 'busy' } : undefined,
  );
  const { otlp, said } = await run(`http://127.0.0.1:${server.port}`, { APP_MS: '3000' });
  expect(otlp).toMatchObject({ exported: SPANS, failed: 0 });
  expect(said).toEqual([expect.stringContaining('gRPC UNAVAILABLE')]);
});

test.each([
  [status.UNAUTHENTICATED, 'OTEL_EXPORTER_OTLP_HEADERS'],
  [status.INVALID_ARGUMENT, 'It refuses the data'],
])('gRPC: a refusal with status %i costs the spans, one message and nothing else', async (code, message) => {
  using server = await startGrpc(() => ({ code, details: 'no' }));
  const { otlp, said } = await run(`http://127.0.0.1:${server.port}`);
  expect(otlp).toMatchObject({ exported: 0, failed: SPANS });
  expect(said).toEqual([expect.stringContaining(message)]);
});

test('gRPC: without a scheme it is TLS unless OTEL_EXPORTER_OTLP_INSECURE says otherwise', async () => {
  using server = await startGrpc();
  const refused = await run(`127.0.0.1:${server.port}`);
  expect(refused.otlp).toMatchObject({ exported: 0, failed: SPANS });
  const { otlp } = await run(`127.0.0.1:${server.port}`, { OTEL_EXPORTER_OTLP_INSECURE: 'true' });
  expect(otlp).toMatchObject({ exported: SPANS, failed: 0 });
});

test('gRPC: a certificate is checked, and a trusted one serves', async () => {
  const [key, cert] = [join(directory.path, 'key.pem'), join(directory.path, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2'];
  execFileSync('openssl', ['req', ...made, ...subject], { stdio: 'ignore' });
  const pair = [{ private_key: readFileSync(key), cert_chain: readFileSync(cert) }];
  using server = await startGrpc(undefined, ServerCredentials.createSsl(null, pair));
  const refused = await run(`https://127.0.0.1:${server.port}`);
  expect(refused.otlp.failed).toBe(SPANS);
  expect(refused.said).toEqual([expect.stringContaining('OTEL_EXPORTER_OTLP_CERTIFICATE')]);
  const trusted = await run(`https://127.0.0.1:${server.port}`, { OTEL_EXPORTER_OTLP_CERTIFICATE: cert });
  expect(trusted).toMatchObject({ said: [], otlp: { exported: SPANS, failed: 0 } });
});
