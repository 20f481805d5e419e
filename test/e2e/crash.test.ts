import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeBundle } from '../../src/bundles/index.ts';
import { selectTrace } from '../../src/bundles/select/index.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { printed, readLocal, runApp, temporaryDirectory } from './run-app.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let env: Record<string, string>;

beforeEach(() => {
  directory = temporaryDirectory();
  env = {
    AGENTLOG_DIR: join(directory.path, '.agentlog'),
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
  };
});

afterEach(() => directory[Symbol.dispose]());

/** What is on disk, as `name` or `name (unfinished)`. */
function names(): string[] {
  return readLocal(env.AGENTLOG_DIR as string)
    .spans.map((span) =>
      span.attributes['agentlog.span.unfinished'] ? `${span.name} (unfinished)` : span.name,
    )
    .sort();
}

//  GET /checkout (unfinished)
//  └─ charge (unfinished)
//     └─ SELECT cart
const TREE = ['GET /checkout (unfinished)', 'SELECT cart', 'charge (unfinished)'];

test.each(['throw', 'reject'])(
  'crash: after a %s the trace has its root, the error, and stderr names the command',
  async (end) => {
    const run = await runApp('crash.mjs', { env: { ...env, APP_END: end } });
    const [traceId = ''] = run.stdout.split('\n');
    expect(run.code).toBe(1);
    expect(names()).toEqual(TREE);
    const { spans, logs } = readLocal(env.AGENTLOG_DIR as string);
    expect(logs).toMatchObject([
      {
        traceId,
        spanId: spans.find((span) => span.name === 'charge')?.spanId,
        severityText: 'FATAL',
        attributes: {
          'exception.type': 'RangeError',
          'exception.message': 'card declined',
          'agentlog.exception.fingerprint': expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      },
    ]);
    expect(spans.filter((span) => span.status.code === 2).map((span) => span.name)).toEqual([
      'charge',
      'GET /checkout',
    ]);
    const { traces } = await new JsonlSource(env.AGENTLOG_DIR as string).search({ errorsOnly: true });
    expect(traces).toMatchObject([{ traceId }]);
    expect(run.stderr).toContain('RangeError: card declined');
    expect(run.stderr).toContain(`npx agentlog-otel bundle --trace-id ${traceId}`);
  },
);

test.each(['loading', 'inner', 'after a caught one', 'a turn after a caught one'])(
  'crash: what was thrown synchronously, %s, is on its trace, and Node shows the line of the app',
  async (end) => {
    const run = await runApp('thrown.mjs', { env: { ...env, APP_END: end } });
    const [header = ''] = run.stderr.split('\n').filter((line) => !line.startsWith('agentlog-otel:'));
    expect(header).toMatch(/thrown\.mjs:\d+$/);
    const { spans, logs } = readLocal(env.AGENTLOG_DIR as string);
    const expected =
      spans.find((span) => span.name === 'uncaught exception')?.traceId ?? run.stdout.split('\n')[0];
    expect(logs).toMatchObject([{ traceId: expected, attributes: { 'exception.type': 'RangeError' } }]);
    expect(run.stdout.startsWith('a trace of its own')).toBe(
      spans.some((span) => span.name === 'uncaught exception'),
    );
  },
);

test('crash: one at start-up has a trace of its own, which is the last failed one', async () => {
  const run = await runApp('boot-crash.mjs', { env });
  expect(run.code).toBe(1);
  const { spans, logs } = readLocal(env.AGENTLOG_DIR as string);
  expect(spans).toMatchObject([{ name: 'uncaught exception', status: { code: 2 } }]);
  expect(logs).toMatchObject([
    { spanId: spans[0]?.spanId, attributes: { 'exception.type': 'TypeError' }, severityText: 'FATAL' },
  ]);
  expect(run.stderr).toContain(`npx agentlog-otel bundle --trace-id ${spans[0]?.traceId}`);
  const source = new JsonlSource(env.AGENTLOG_DIR as string);
  const { traceId } = await selectTrace(source, {});
  const { outcome, hypotheses } = await makeBundle(source, traceId);
  expect(outcome).toBe('failed');
  expect(hypotheses[0]).toMatchObject({
    rule: 'uncaught-exception',
    facts: { at: expect.stringMatching(/boot-crash\.mjs:5$/), function: 'priceOf' },
  });
});

test('crash: AGENTLOG_CRASH_HINT=off leaves stderr as Node wrote it', async () => {
  const run = await runApp('crash.mjs', { env: { ...env, APP_END: 'throw', AGENTLOG_CRASH_HINT: 'off' } });
  expect(run.stderr).not.toContain('agentlog-otel');
});

test('crash: process.exit in a handler writes the unfinished spans and keeps the code', async () => {
  const run = await runApp('crash.mjs', { env: { ...env, APP_END: 'exit' } });
  expect(run).toMatchObject({ code: 3, stderr: '' });
  expect(names()).toEqual(TREE);
});

test('crash: a signal writes them just before it is raised again', async () => {
  const run = await runApp('crash.mjs', {
    env: { ...env, APP_END: 'wait' },
    during: async (child) => {
      await printed(child, 'ready');
      child.kill('SIGTERM');
    },
  });
  expect(run).toMatchObject({ signal: 'SIGTERM', stderr: '' });
  expect(names()).toEqual(TREE);
});

test('crash: an app that survives writes each span once and gets no hint', async () => {
  const run = await runApp('crash.mjs', { env: { ...env, APP_END: 'survive' } });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toContain('caught it');
  expect(names()).toEqual(TREE);
});
