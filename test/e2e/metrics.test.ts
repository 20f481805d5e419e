import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SPAN_KIND } from '../../src/core/span.ts';
import { type AppSetUp, eachApp } from './each-app.ts';
import type { Receiver } from './receiver.ts';
import { ROOT, readLocal, runApp } from './run-app.ts';

const SECRET = ['ghp_', 'a1B2c3D4e5F6g7H8i9J0', 'k1L2m3N4o5P6q7R8'].join('');

let receiver: Receiver;
let directory: AppSetUp['directory'];
let env: Record<string, string>;

eachApp((app) => {
  ({ receiver, directory, env } = app);
});

interface Metric {
  readonly name: string;
}

interface Histogram {
  readonly histogram: {
    readonly dataPoints: readonly {
      readonly count: unknown;
      readonly attributes: readonly {
        readonly key: string;
        readonly value: { readonly intValue?: unknown };
      }[];
    }[];
  };
}

function metricsIn(lines: readonly string[]): Map<string, Metric> {
  const metrics: Metric[] = lines
    .flatMap((line) => JSON.parse(line).resourceMetrics)
    .flatMap((each) => each.scopeMetrics)
    .flatMap((each) => each.metrics);
  return new Map(metrics.map((metric) => [metric.name, metric]));
}

function localLines(): string[] {
  const path = env.AGENTLOG_DIR as string;
  return readdirSync(path)
    .filter((name) => name.endsWith('.metrics.jsonl'))
    .flatMap((name) => readFileSync(join(path, name), 'utf8').trim().split('\n'));
}

const sentLines = (): string[] =>
  receiver.bodies.filter((_, i) => receiver.paths[i] === '/v1/metrics').map(String);

const RUNTIME = [
  'nodejs.eventloop.utilization',
  'nodejs.eventloop.delay.p99',
  'v8js.memory.heap.used',
  'process.memory.usage',
  'process.cpu.time',
];

test('metrics: event loop, heap, memory, CPU and the app’s own reach OTLP and the local file', async () => {
  const run = await runApp('metrics.mjs', { env: { ...env, OTEL_METRIC_EXPORT_INTERVAL: '200' } });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const [local, sent] = [metricsIn(localLines()), metricsIn(sentLines())];
  expect([...local.keys()]).toEqual(expect.arrayContaining([...RUNTIME, 'requests', 'latency']));
  expect([...sent.keys()].sort()).toEqual([...local.keys()].sort());
});

test('metrics: the local file gets a line an interval and one at the end, the same as the collector', async () => {
  await runApp('metrics.mjs', { env: { ...env, OTEL_METRIC_EXPORT_INTERVAL: '200' } });
  expect(localLines().length).toBeGreaterThan(1);
  expect(localLines().map((line) => JSON.parse(line))).toEqual(sentLines().map((line) => JSON.parse(line)));
  await runApp('metrics.mjs', {
    env: { ...env, AGENTLOG_DIR: join(directory.path, 'rare'), APP_LIFE_MS: '50' },
  });
  env.AGENTLOG_DIR = join(directory.path, 'rare');
  expect(localLines()).toHaveLength(1);
});

test('metrics: a request that nobody waited for counts with the status its span has, 499', async () => {
  const app = join(ROOT, 'test/instrumentations/apps/unanswered.mjs');
  await runApp(app, { env });
  const { spans } = readLocal(env.AGENTLOG_DIR as string);
  const ofSpans = spans.filter(({ kind }) => kind === SPAN_KIND.server);
  const duration = metricsIn(localLines()).get('http.server.request.duration') as unknown as Histogram;
  const counted = duration.histogram.dataPoints.map(({ attributes, count }) => [
    Number(attributes.find(({ key }) => key === 'http.response.status_code')?.value.intValue),
    Number(count),
  ]);
  expect(counted.sort()).toEqual([
    [200, 2],
    [499, 1],
  ]);
  expect(ofSpans.map(({ attributes }) => attributes['http.response.status_code']).sort()).toEqual([
    200, 200, 499,
  ]);
});

test('metrics: a secret in an attribute or a description leaves nowhere', async () => {
  await runApp('metrics.mjs', { env: { ...env, OTEL_METRICS_EXPORTER: 'otlp,console' } });
  const lines = localLines();
  expect(lines.join()).toContain('[REDACTED:github-token]');
  expect(lines.join()).not.toContain(SECRET);
  expect(sentLines().join()).toContain('[REDACTED:github-token]');
  for (const body of receiver.bodies) expect(body.includes(SECRET)).toBe(false);
});

test('metrics: the console exporter prints no secret either', async () => {
  const run = await runApp('metrics.mjs', { env: { ...env, OTEL_METRICS_EXPORTER: 'console' } });
  expect(run.stdout).toContain('[REDACTED:github-token]');
  expect(run.stdout).not.toContain(SECRET);
});

test('metrics: with OTEL_METRICS_EXPORTER=none nothing measures; with AGENTLOG_LOCAL=off no file is written', async () => {
  await runApp('metrics.mjs', { env: { ...env, OTEL_METRICS_EXPORTER: 'none' } });
  expect(sentLines()).toEqual([]);
  expect(readdirSync(directory.path)).toEqual([]);
  await runApp('metrics.mjs', { env: { ...env, AGENTLOG_LOCAL: 'off' } });
  expect(sentLines().length).toBeGreaterThan(0);
  expect(readdirSync(directory.path)).toEqual([]);
});
