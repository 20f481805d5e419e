import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DestinationStatus } from '../../processors/fan-out/index.ts';
import { type FaultyCollector, listening, startBlackHole, startHttp, startTcp } from './faulty-collector.ts';
import { printed, readLocal, runApp, temporaryDirectory } from './run-app.ts';

/** How many spans test/apps/counted.mjs ends, a few at a time. */
const SPANS = 50;
/**
 * Start, the flush deadline of 2 s, and room for a busy machine. The exporter's own time-out is 10 s, and so is
 * what upstream's exporters would take.
 */
const PROMPT_MS = 8_000;

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;

beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, '.agentlog');
});

afterEach(() => directory[Symbol.dispose]());

/** Runs the app against a collector: its end, what it said, its counters. */
async function runAgainst(url: string, env: Record<string, string> = {}, nodeArgs: readonly string[] = []) {
  const run = await runApp('counted.mjs', {
    nodeArgs: [...nodeArgs, '--import', '@agentlog/otel/register'],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_BSP_SCHEDULE_DELAY: '20',
      OTEL_METRICS_EXPORTER: 'none',
      AGENTLOG_DIR: path,
      ...env,
    },
  });
  const { traces } = JSON.parse(run.stdout) as { traces: DestinationStatus[] };
  const [local, otlp] = traces as [DestinationStatus, DestinationStatus];
  return { ...run, said: run.stderr.split('\n').filter(Boolean), local, otlp };
}

/** What holds whatever the collector does. */
function expectUnharmed(run: Awaited<ReturnType<typeof runAgainst>>, spans = SPANS): void {
  expect(run).toMatchObject({ code: 0, signal: null });
  expect(run.elapsedMs).toBeLessThan(PROMPT_MS);
  expect(run.local).toMatchObject({ accepted: spans, exported: spans, failed: 0, dropped: 0, queued: 0 });
  expect(readLocal(path).spans).toHaveLength(spans);
  // Nothing is counted twice and nothing is forgotten.
  expect(run.otlp.exported + run.otlp.failed + run.otlp.queued).toBe(run.otlp.accepted);
  expect(run.otlp.accepted + run.otlp.dropped).toBe(spans);
}

const down = async (): Promise<FaultyCollector> => {
  const server = await startTcp(() => {});
  await server[Symbol.asyncDispose]();
  return { ...server, async [Symbol.asyncDispose]() {} };
};

/** Answers with the head of a response and the start of its body, then is gone. */
const closingMidBody = (status: string) =>
  startTcp((socket) => {
    socket.on('data', () => {
      socket.write(`HTTP/1.1 ${status}\r\ncontent-length: 100\r\n\r\n{"partial`);
      setTimeout(() => socket.destroy(), 20);
    });
  });

const dripping = () =>
  startTcp((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('x-a: b\r\n'), 100);
      socket.on('close', () => clearInterval(timer));
    });
  });

test.each<[string, () => Promise<FaultyCollector>, string]>([
  ['is down', down, 'ECONNREFUSED'],
  ['resets every connection', () => startTcp((socket) => socket.resetAndDestroy()), 'ECONNRESET'],
  ['never answers', () => startTcp(() => {}), 'no answer'],
  ['never finishes its headers', dripping, 'no answer'],
  ['is behind a firewall that drops everything', startBlackHole, 'not taken within'],
  ['answers 400', () => startHttp((response) => response.writeHead(400).end('{"message":"no"}')), 'HTTP 400'],
  ['answers 401', () => startHttp((response) => response.writeHead(401).end()), 'OTEL_EXPORTER_OTLP_HEADERS'],
  ['answers 404', () => startHttp((response) => response.writeHead(404).end()), 'HTTP 404'],
  ['redirects', () => startHttp((response) => response.writeHead(302, { location: '/' }).end()), 'HTTP 302'],
  ['closes in the body of a 503', () => closingMidBody('503 Busy'), 'HTTP 503'],
  [
    'answers garbage',
    () => startTcp((socket) => socket.on('data', () => socket.end('\x00\x01 no http\r\n\r\n'))),
    'does not speak this protocol',
  ],
])('collector: one that %s costs its spans, one message and nothing else', async (_, start, message) => {
  await using collector = await start();
  const run = await runAgainst(collector.url);
  expectUnharmed(run);
  expect(run.otlp).toMatchObject({ exported: 0, failed: SPANS });
  expect(run.said).toEqual([expect.stringContaining(message)]);
  expect(run.said[0]).toContain('cannot send to the collector at');
});

test.each<[string, () => Promise<FaultyCollector>]>([
  ['is slow', () => startHttp((response) => setTimeout(() => response.end('{}'), 300))],
  ['closes in the body of a 200', () => closingMidBody('200 OK')],
  [
    'answers 200 with an endless body',
    () =>
      startHttp((response) => {
        const timer = setInterval(() => response.write('x'.repeat(65_536)), 1);
        response.on('close', () => clearInterval(timer));
      }),
  ],
])('collector: one that %s has taken the spans', async (_, start) => {
  await using collector = await start();
  const run = await runAgainst(collector.url);
  expectUnharmed(run);
  expect(run.otlp).toMatchObject({ exported: SPANS, failed: 0 });
  expect(run.said).toEqual([]);
});

test.each([429, 503])(
  'collector: one that answers %i with Retry-After gets the spans later',
  async (status) => {
    const times: number[] = [];
    await using collector = await startHttp((response, count) => {
      times.push(performance.now());
      if (count === 1) response.writeHead(status, { 'retry-after': '1' }).end();
      else response.end('{}');
    });
    const run = await runAgainst(collector.url, { APP_MS: '1500' });
    expectUnharmed(run);
    expect(run.otlp).toMatchObject({ exported: SPANS, failed: 0 });
    expect(run.said).toEqual([expect.stringContaining(`HTTP ${status}`)]);
    expect((times[1] as number) - (times[0] as number)).toBeGreaterThan(950);
  },
);

test('collector: one that asks to be left alone for long is left alone', async () => {
  await using collector = await startHttp((response) =>
    response.writeHead(503, { 'retry-after': '3600' }).end(),
  );
  const run = await runAgainst(collector.url, { APP_MS: '300' });
  expectUnharmed(run);
  expect(run.otlp.failed).toBe(SPANS);
  expect(collector.seen()).toBe(1);
});

test('collector: one that stops reading in the middle of a large request does not hold the process', async () => {
  await using collector = await startTcp((socket) => socket.pause());
  const run = await runAgainst(collector.url, { APP_SPANS: '300', APP_BYTES: '60000' });
  expectUnharmed(run, 300);
  expect(run.otlp.exported).toBe(0);
});

test('collector: while it is down memory stays bounded, by bytes and by count', async () => {
  await using collector = await startTcp(() => {});
  // 300 MB of spans through a heap of 80 MB.
  const run = await runAgainst(
    collector.url,
    { APP_SPANS: '5000', APP_BYTES: '60000', AGENTLOG_QUEUE_MAX_BYTES: '4000000', AGENTLOG_LOCAL: 'off' },
    ['--max-old-space-size=80'],
  );
  const [otlp] = (JSON.parse(run.stdout) as { traces: DestinationStatus[] }).traces;
  expect(run).toMatchObject({ code: 0, signal: null });
  expect(otlp?.dropped).toBeGreaterThan(4_000);
  expect((otlp?.accepted ?? 0) + (otlp?.dropped ?? 0)).toBe(5_000);
});

test('collector: one that comes back gets what is ended from then on', async () => {
  let isUp = false;
  await using collector = await startHttp((response) => {
    response.writeHead(isUp ? 200 : 400).end('{}');
    isUp = true;
  });
  const run = await runAgainst(collector.url);
  expectUnharmed(run);
  expect(run.otlp.failed).toBeGreaterThan(0);
  expect(run.otlp.exported).toBeGreaterThan(0);
  expect(run.said).toHaveLength(1);
});

test('collector: a self-signed certificate is refused, and named as the cause', async () => {
  const [key, cert] = [join(directory.path, 'key.pem'), join(directory.path, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2'];
  execFileSync('openssl', ['req', ...made, ...subject], { stdio: 'ignore' });
  let seen = 0;
  const server = createTlsServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    (request, response) => {
      seen++;
      request.resume().on('end', () => response.end('{}'));
    },
  );
  await using collector = await listening(server, () => seen, 'https');
  const run = await runAgainst(collector.url);
  expectUnharmed(run);
  expect(run.otlp.failed).toBe(SPANS);
  expect(run.said).toEqual([expect.stringContaining('OTEL_EXPORTER_OTLP_CERTIFICATE')]);
  expect(seen).toBe(0);
  const trusted = await runAgainst(collector.url, { OTEL_EXPORTER_OTLP_CERTIFICATE: cert });
  expect(trusted.otlp).toMatchObject({ exported: SPANS, failed: 0 });
  // The right host, the wrong scheme.
  const plain = await runAgainst(collector.url.replace('https', 'http'));
  expect(plain).toMatchObject({ code: 0, otlp: { failed: SPANS } });
  expect(plain.said).toHaveLength(1);
});

test('collector: https to a port that speaks plain http is named as the cause', async () => {
  await using collector = await startHttp((response) => response.end('{}'));
  const run = await runAgainst(collector.url.replace('http', 'https'));
  expectUnharmed(run);
  expect(run.said).toEqual([expect.stringContaining('does not speak this protocol')]);
});

test('collector: one that never answers delays a signal by the flush deadline, a second signal by nothing', async () => {
  await using collector = await startTcp(() => {});
  const terminate = (env: Record<string, string>, times: number) =>
    runApp('exits.mjs', {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, AGENTLOG_DIR: path, APP_END: 'wait', ...env },
      async during(child) {
        await printed(child, 'ready');
        for (let i = 0; i < times; i++) {
          child.kill('SIGTERM');
          await new Promise((resolve) => setTimeout(resolve, 300));
        }
      },
    });
  const once = await terminate({}, 1);
  expect(once).toMatchObject({ code: null, signal: 'SIGTERM' });
  expect(once.elapsedMs).toBeLessThan(PROMPT_MS);
  const twice = await terminate({ AGENTLOG_FLUSH_TIMEOUT_MS: '25000' }, 2);
  expect(twice).toMatchObject({ code: null, signal: 'SIGTERM' });
  expect(twice.elapsedMs).toBeLessThan(PROMPT_MS);
  expect(readLocal(path).spans).toHaveLength(10);
});

test.each(['http/json', 'http/protobuf'])(
  'collector: with metrics on, one that never answers over %s does not hold the process',
  async (protocol) => {
    await using collector = await startTcp(() => {});
    const run = await runAgainst(collector.url, {
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    });
    expect(run).toMatchObject({ code: 0, signal: null });
    expect(run.elapsedMs).toBeLessThan(PROMPT_MS);
    expect(readLocal(path).spans).toHaveLength(SPANS);
  },
);

test('collector: gRPC without one ends promptly, the local file is complete', async () => {
  await using collector = await down();
  const run = await runAgainst(collector.url, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' });
  expectUnharmed(run);
  expect(run.otlp.exported).toBe(0);
});
