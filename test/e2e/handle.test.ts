import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { startReceiver } from './receiver.ts';
import { ROOT, readLocal, runApp, temporaryDirectory } from './run-app.ts';

const DOOR = pathToFileURL(join(ROOT, 'dist/door/index.js')).href;
const API = pathToFileURL(join(ROOT, 'node_modules/@opentelemetry/api/dist/index.mjs')).href;

/** Runs an app that starts by itself and then does `code`; `telemetry` is its handle. */
async function run(code: string, { delayMs = 0, env = {} } = {}) {
  await using receiver = await startReceiver({ delayMs });
  using directory = temporaryDirectory();
  const app = join(directory.path, 'app.mjs');
  writeFileSync(
    app,
    `import { start } from '${DOOR}';
import { trace } from '${API}';
const telemetry = start();
trace.getTracer('app').startSpan('work').end();
${code}`,
  );
  const ended = await runApp(app, {
    nodeArgs: [],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRICS_EXPORTER: 'none',
      AGENTLOG_DIR: join(directory.path, '.agentlog'),
      ...env,
    },
  });
  expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  const names = (spans: readonly { readonly name: string }[]) => spans.map((span) => span.name);
  const local = readLocal(join(directory.path, '.agentlog'));
  return { printed: JSON.parse(ended.stdout), sent: names(receiver.spans), local: names(local.spans) };
}

/** As a function of a serverless platform does, which may be frozen once it has answered. */
const flushAndEnd = (deadlineMs: number) => `
const isDone = await telemetry.forceFlush(${deadlineMs});
const [local, otlp] = telemetry.status().traces;
console.log(JSON.stringify({ isDone, local: local.exported, otlp: otlp.exported }));
process.exit();`;

test('handle: forceFlush sends everything before it resolves', async () => {
  const { printed, sent, local } = await run(flushAndEnd(20_000), { delayMs: 200 });
  expect(printed).toEqual({ isDone: true, local: 1, otlp: 1 });
  expect([sent, local]).toEqual([['work'], ['work']]);
});

test('handle: forceFlush gives up at its deadline, says so, and the local file has everything', async () => {
  const { printed, local } = await run(flushAndEnd(200), { delayMs: 8_000 });
  expect(printed).toEqual({ isDone: false, local: 1, otlp: 0 });
  expect(local).toEqual(['work']);
});

test('handle: after a shutdown nothing is recorded, a second start is the same, and nothing throws', async () => {
  const { printed, sent } = await run(`
await telemetry.shutdown();
trace.getTracer('app').startSpan('late').end();
const again = start();
console.log(JSON.stringify([again === telemetry, await again.forceFlush(), await again.shutdown() === undefined]));`);
  expect(printed).toEqual([true, true, true]);
  expect(sent).toEqual(['work']);
});

test.each([
  ['all', ['work']],
  ['sampled', []],
  ['off', []],
])('handle: with AGENTLOG_LOCAL=%s and nothing sampled the local file has %j', async (value, expected) => {
  const { sent, local } = await run('console.log(1);', {
    env: { AGENTLOG_LOCAL: value, OTEL_TRACES_SAMPLER: 'always_off' },
  });
  expect([sent, local]).toEqual([[], expected]);
});
