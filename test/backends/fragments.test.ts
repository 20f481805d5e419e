import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spansRequest } from '../../src/core/otlp/requests.ts';
import { REGISTER, runApp } from '../e2e/run-app.ts';
import { fixtureSpans } from '../sources/recorded.ts';
import { COLLECTOR_CONFIG, ensureCollector, startCollector, whyNoCollector } from './collector.ts';
import { freePorts } from './free-ports.ts';

const FOLDER = join(import.meta.dirname, '../../examples/collector');
const FRAGMENTS = join(FOLDER, 'fragments');
/** Of no module that can be had: its fragment is checked by hand in test/examples. */
const NOT_BUILT_IN = ['zipkin.yaml'];
const missing = whyNoCollector();
const leftOut = missing !== undefined && !process.env.CI;

describe.skipIf(leftOut)('the fragments of examples/collector and the real collector', () => {
  const directory = mkdtempSync(join(tmpdir(), 'agentlog-fragments-'));
  let binary: string;
  beforeAll(async () => {
    binary = await ensureCollector();
  }, 25 * 60_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test.each(readdirSync(FRAGMENTS).filter((name) => !NOT_BUILT_IN.includes(name)))(
    '%s parses, beside otel-collector.yaml',
    async (name) => {
      const args = ['validate', '--config', COLLECTOR_CONFIG, '--config', join(FRAGMENTS, name)];
      await expect(promisify(execFile)(binary, args)).resolves.toMatchObject({ stderr: '' });
    },
  );

  test('prometheus.yaml gives every metric and label that the README asks Prometheus for', async () => {
    const [jaeger, tempo, prometheus] = await freePorts(3);
    const collector = await startCollector({
      directory,
      config: [COLLECTOR_CONFIG, join(FRAGMENTS, 'prometheus.yaml')],
      env: {
        JAEGER_OTLP_ENDPOINT: `http://127.0.0.1:${jaeger}`,
        TEMPO_OTLP_ENDPOINT: `http://127.0.0.1:${tempo}`,
        PROMETHEUS_ENDPOINT: `127.0.0.1:${prometheus}`,
        SPAN_METRICS_INTERVAL: '100ms',
      },
    });
    try {
      const spans = fixtureSpans().map((span) => ({
        ...span,
        attributes: { ...span.attributes, 'agentlog.exception.fingerprint': 'feed0123feed0123' },
      }));
      const headers = { 'content-type': 'application/json' };
      const sent = { method: 'POST', headers, body: JSON.stringify(spansRequest(spans)) };
      expect((await fetch(`${collector.httpEndpoint}/v1/traces`, sent)).status).toBe(200);
      const run = await runApp('metrics.mjs', {
        nodeArgs: [...REGISTER],
        env: {
          AGENTLOG_DIR: join(directory, '.agentlog'),
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.httpEndpoint,
          OTEL_METRIC_EXPORT_INTERVAL: '200',
        },
      });
      expect(run).toMatchObject({ code: 0 });
      const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
      const [, block = ''] = /```promql\n([\s\S]*?)```/.exec(readme) ?? [];
      const metrics = block.match(/\b(?:traces_span_metrics|nodejs|v8js)_\w+/g) ?? [];
      const grouped = [...block.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(', '));
      const matched = [...block.matchAll(/(\w+)!?=/g)].map(([, name = '']) => name);
      // `le` is of the buckets' own.
      const labels = [...grouped, ...matched].filter((name) => name !== 'le');
      expect(metrics.length + labels.length).toBeGreaterThan(20);
      const wanted = [...metrics.map((name) => `\n${name}{`), ...labels.map((name) => `${name}="`)];
      await expect
        .poll(
          async () => {
            const text = await (await fetch(`http://127.0.0.1:${prometheus}/metrics`)).text();
            return wanted.filter((each) => !text.includes(each));
          },
          { timeout: 20_000 },
        )
        .toEqual([]);
    } finally {
      await collector.stop();
    }
  }, 60_000);
});
