import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import type { Span } from '../../src/core/span.ts';
import {
  COLLECTOR_CONFIG,
  type Collector,
  ensureCollector,
  startCollector,
  whyNoCollector,
} from './collector.ts';
import { freePorts } from './free-ports.ts';

const FIXTURE = fileURLToPath(new URL('../recordings/fixture.otlp.jsonl', import.meta.url));
const REPLAY = fileURLToPath(new URL('replay.yaml', import.meta.url));

const missing = whyNoCollector();
// In CI nothing is left out: there, the build of the collector fails and says so.
const leftOut = missing !== undefined && !process.env.CI;
if (leftOut) console.warn(missing);

describe.skipIf(leftOut)('the real collector', () => {
  const directory = mkdtempSync(join(tmpdir(), 'agentlog-collector-'));
  let binary: string;
  beforeAll(async () => {
    binary = await ensureCollector();
  }, 25 * 60_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('otel-collector.yaml parses', async () => {
    await expect(
      promisify(execFile)(binary, ['validate', '--config', COLLECTOR_CONFIG]),
    ).resolves.toMatchObject({ stderr: '' });
  });

  test('with Jaeger and Tempo absent, what is sent still reaches the file, and we can read it', async () => {
    const collector = await start({ OTLP_FILE: join(directory, 'absent', 'otlp.jsonl') });
    const [first, ...rest] = fixtureLines() as [string, ...string[]];
    await post(collector, 'traces', first);
    const failed = await until(
      () => [...collector.log().matchAll(/Exporting failed.*?"(otlp_http\/\w+)"/g)].map((match) => match[1]),
      (names) => new Set(names).size === 2,
    );
    expect(failed).toEqual(expect.arrayContaining(['otlp_http/jaeger', 'otlp_http/tempo']));

    for (const line of rest) await post(collector, 'traces', line);
    await post(collector, 'logs', LOG_REQUEST);
    await post(collector, 'metrics', METRIC_REQUEST);
    // What it has accepted is in the file, while it runs and goes on trying the two.
    const read = readBack(collector.file);
    expect(sorted(read.spans)).toEqual(sorted(fixtureSpans()));
    expect(read.logs.map((log) => log.body)).toEqual(['paid']);
    expect(read.text).toContain('"resourceMetrics"');
    expect(await collector.stop()).toBe(0);
  });

  test('with Jaeger absent, Tempo gets all', async () => {
    const requests: string[] = [];
    const tempo = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      request.resume().on('end', () => response.end());
    });
    await once(tempo.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void tempo.close());
    const collector = await start({
      OTLP_FILE: join(directory, 'tempo', 'otlp.jsonl'),
      TEMPO_OTLP_ENDPOINT: `http://127.0.0.1:${(tempo.address() as AddressInfo).port}`,
    });
    for (const line of fixtureLines()) await post(collector, 'traces', line);
    const sent = await until(
      async () =>
        /otelcol_exporter_sent_spans\S*otlp_http\/tempo\S* (\d+)/.exec(await collector.metrics())?.[1],
      (count) => Number(count) >= fixtureSpans().length,
    );
    expect(Number(sent)).toBe(fixtureSpans().length);
    expect(new Set(requests)).toEqual(new Set(['POST /v1/traces']));
  });

  test('its receiver of OTLP files reads our lines without losing a field', async () => {
    const collector = await start(
      { OTLP_FILE: join(directory, 'replayed', 'otlp.jsonl'), REPLAY_FILES: FIXTURE },
      [COLLECTOR_CONFIG, REPLAY],
    );
    const read = await until(
      () => readBack(collector.file),
      ({ spans }) => spans.length >= fixtureSpans().length,
    );
    expect(sorted(read.spans)).toEqual(sorted(fixtureSpans()));
    expect(await collector.stop()).toBe(0);
  });

  test('a collector that is stopped at once and started again loses nothing and goes on in the same file', async () => {
    const env = { OTLP_FILE: join(directory, 'restarted', 'otlp.jsonl') };
    for (const line of fixtureLines().slice(0, 2)) {
      const collector = await start(env);
      await post(collector, 'traces', line);
      expect(await collector.stop()).toBe(0);
    }
    const expected = fixtureLines()
      .slice(0, 2)
      .flatMap((line) => decodeLine(line).spans);
    expect(sorted(readBack(env.OTLP_FILE).spans)).toEqual(sorted(expected));
  });

  async function start(env: Record<string, string>, config?: string[]): Promise<Collector> {
    const [jaeger, tempo] = await freePorts(2);
    const absent = {
      JAEGER_OTLP_ENDPOINT: `http://127.0.0.1:${jaeger}`,
      TEMPO_OTLP_ENDPOINT: `http://127.0.0.1:${tempo}`,
    };
    const collector = await startCollector({
      directory,
      env: { ...absent, ...env },
      ...(config ? { config } : {}),
    });
    onTestFinished(async () => {
      await collector.stop('SIGKILL');
    });
    return collector;
  }
});

const NOW = '1795244638208000000';
const RESOURCE = {
  attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }],
};
const LOG_REQUEST = JSON.stringify({
  resourceLogs: [
    {
      resource: RESOURCE,
      scopeLogs: [
        {
          scope: { name: 'shop' },
          logRecords: [{ timeUnixNano: NOW, severityNumber: 9, body: { stringValue: 'paid' } }],
        },
      ],
    },
  ],
});
const METRIC_REQUEST = JSON.stringify({
  resourceMetrics: [
    {
      resource: RESOURCE,
      scopeMetrics: [
        {
          scope: { name: 'shop' },
          metrics: [{ name: 'orders', gauge: { dataPoints: [{ timeUnixNano: NOW, asInt: '3' }] } }],
        },
      ],
    },
  ],
});

async function post(collector: Collector, kind: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${collector.httpEndpoint}/v1/${kind}`, { method: 'POST', headers, body });
  expect(response.status).toBe(200);
}

function fixtureLines(): string[] {
  return readFileSync(FIXTURE, 'utf8').trimEnd().split('\n');
}

function fixtureSpans(): Span[] {
  return fixtureLines().flatMap((line) => decodeLine(line).spans);
}

function readBack(file: string): {
  spans: Span[];
  logs: ReturnType<typeof decodeLine>['logs'];
  text: string;
} {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // The last line may still be on its way.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const decoded = lines.filter((line) => line !== '').map((line) => decodeLine(line));
  return {
    spans: decoded.flatMap(({ spans }) => spans),
    logs: decoded.flatMap(({ logs }) => logs),
    text,
  };
}

async function until<T>(read: () => T | Promise<T>, isEnough: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await read();
    if (isEnough(value) || tries === 200) return value;
    await sleep(50);
  }
}

function sorted(spans: Span[]): Span[] {
  return spans.toSorted((a, b) => (a.traceId + a.spanId < b.traceId + b.spanId ? -1 : 1));
}
