import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { LogRecord, Span } from '../../src/core/span.ts';
import { type AppSetUp, eachApp } from './each-app.ts';
import type { Receiver } from './receiver.ts';
import { APPS, asSent, REGISTER, readLocal, runApp } from './run-app.ts';

let receiver: Receiver;
let directory: AppSetUp['directory'];
let env: Record<string, string>;

eachApp((app) => {
  ({ receiver, directory } = app);
  env = { ...app.env, OTEL_SERVICE_NAME: 'app' };
});

const preload = (name: string): string[] => ['--import', pathToFileURL(join(APPS, name)).href];

/** Without what two runs cannot share: ids, times, ports, the process and how it was started. */
function comparable(spans: readonly Span[], logs: readonly LogRecord[]): unknown {
  const nameOf = new Map(spans.map((span) => [span.spanId, span.name]));
  const attributes = (all: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(all)
        .filter(([key]) => !/^process\.(?:pid|command_args)$|port$/.test(key))
        .map(([key, value]) => [
          key,
          typeof value === 'string' ? value.replace(/:\d{4,5}\b/, ':port') : value,
        ]),
    );
  const plainSpans = spans.map(({ traceId: _, spanId: __, parentSpanId, ...span }) => ({
    ...span,
    parent: parentSpanId === undefined ? undefined : nameOf.get(parentSpanId),
    startTimeUnixNano: 0,
    endTimeUnixNano: 0,
    attributes: attributes(span.attributes),
    resource: { ...span.resource, attributes: attributes(span.resource.attributes) },
    events: span.events.map(({ timeUnixNano: _time, ...event }) => event),
  }));
  const plainLogs = logs.map(({ traceId, spanId, ...log }) => ({
    ...log,
    isOnTrace: traceId !== undefined,
    span: spanId === undefined ? undefined : nameOf.get(spanId),
    timeUnixNano: 0,
    observedTimeUnixNano: 0,
    resource: { ...log.resource, attributes: attributes(log.resource.attributes) },
  }));
  const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  return { spans: plainSpans.sort(byText), logs: plainLogs.sort(byText) };
}

test.each([
  { app: 'http-esm.mjs', spans: 3, logs: 1 },
  { app: 'http-cjs.cjs', spans: 2, logs: 0 },
])(
  'preset: `new NodeSDK(preset())` and `start()` give the same telemetry ($app)',
  async ({ app, spans, logs }) => {
    const seen: unknown[] = [];
    const metrics: boolean[] = [];
    for (const way of ['start.mjs', 'preset.mjs']) {
      const local = join(directory.path, way);
      const run = await runApp(app, { nodeArgs: preload(way), env: { ...env, AGENTLOG_DIR: local } });
      expect(run).toMatchObject({ code: 0, stderr: '' });
      const written = readLocal(local);
      expect(receiver.spans).toHaveLength(written.spans.length);
      expect(written.spans.length).toBeGreaterThanOrEqual(spans);
      expect(written.logs).toHaveLength(logs);
      seen.push(
        comparable(written.spans.map(asSent), written.logs.map(asSent)),
        comparable(receiver.spans, receiver.logs),
      );
      metrics.push(receiver.paths.includes('/v1/metrics'));
      for (const list of [receiver.spans, receiver.logs, receiver.paths]) list.length = 0;
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    expect(seen[3]).toEqual(seen[0]);
    expect(metrics).toEqual([true, true]);
  },
);

test('preset: opens no file, socket or timer before the SDK starts, and patches once', async () => {
  const run = await runApp('preset-quiet.mjs', { nodeArgs: [], env });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(run.stdout)).toEqual({
    // The histogram of the event loop's delay is made; its timer starts with the SDK.
    resources: ['ELDHISTOGRAM'],
    openedFiles: 0,
    hasDirectory: false,
    instrumentations: expect.any(Number),
    areShared: true,
    isHttpPatched: true,
    handlers: 0,
  });
});

test('preset: with OTEL_SDK_DISABLED nothing is built or patched', async () => {
  const run = await runApp('preset-quiet.mjs', { nodeArgs: [], env: { ...env, OTEL_SDK_DISABLED: 'true' } });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(run.stdout)).toMatchObject({ resources: [], instrumentations: 0, isHttpPatched: false });
});

test('start: a second SDK says one line, and the app goes on with what it had', async () => {
  const alone = await runApp('http-cjs.cjs', { nodeArgs: preload('stock-sdk.mjs'), env });
  const before = receiver.paths.filter((path) => path === '/v1/traces').length;
  const count = (marker: string) =>
    receiver.bodies.reduce((sum, body) => sum + body.toString('latin1').split(marker).length - 1, 0);
  const spansAlone = count('http.request.method');
  const both = await runApp('http-cjs.cjs', { nodeArgs: [...preload('stock-sdk.mjs'), ...REGISTER], env });
  expect(alone).toMatchObject({ code: 0, stdout: '200\n', stderr: '' });
  expect(both).toMatchObject({ code: 0, stdout: '200\n' });
  expect(both.stderr.trim().split('\n')).toEqual([
    expect.stringContaining('another OpenTelemetry SDK is already registered'),
  ]);
  expect(before).toBe(1);
  expect(spansAlone).toBeGreaterThan(0);
  expect(count('http.request.method')).toBe(2 * spansAlone);
});
