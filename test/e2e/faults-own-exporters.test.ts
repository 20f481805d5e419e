import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startReceiver } from './receiver.ts';
import { readLocal, runApp, temporaryDirectory } from './run-app.ts';

/** Names of the exporters in test/apps/bad-exporters.mjs, and what is said about each. */
const BAD: readonly (readonly [string, readonly string[]])[] = [
  ['throws in export', ['export to own failed']],
  ['rejects in export', ['export to own failed']],
  ['calls back with nothing', []],
  ['calls back twice', []],
  ['never calls back', []],
  ['empties the batch', []],
  ['throws in forceFlush and shutdown', ['flush of own failed', 'shutdown of own failed']],
  ['rejects in forceFlush and shutdown', ['flush of own failed', 'shutdown of own failed']],
  ['hangs in forceFlush and shutdown', []],
];

/** The flush deadline of 2 s, the start, and room for a busy machine. */
const PROMPT_MS = 8_000;

async function runBeside(app: string, env: Record<string, string>) {
  await using receiver = await startReceiver();
  using directory = temporaryDirectory();
  const path = join(directory.path, '.agentlog');
  const run = await runApp(app, {
    nodeArgs: [],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRICS_EXPORTER: 'none',
      AGENTLOG_DIR: path,
      ...env,
    },
  });
  return { ...run, said: run.stderr.split('\n').filter(Boolean), local: readLocal(path), receiver };
}

test.each(BAD)(
  'own exporter: one that %s reaches neither the app nor its neighbours',
  async (name, messages) => {
    const run = await runBeside('own-shutdown.mjs', { APP_EXPORTER: name });
    expect(run).toMatchObject({ code: 0, signal: null, stdout: 'done\n' });
    expect(run.said).toEqual(messages.map((message) => expect.stringContaining(message)));
    expect(run.elapsedMs).toBeLessThan(PROMPT_MS);
    expect(run.local.spans).toHaveLength(5);
    expect(run.local.logs).toHaveLength(1);
    expect(run.receiver.spans).toHaveLength(5);
    expect(run.receiver.logs).toHaveLength(1);
  },
);

test.each(['throw', 'reject'])(
  'own hooks: http hooks that %s, in every place there is, reach no request',
  async (how) => {
    const run = await runBeside('throwing-hooks.mjs', { APP_HOOKS: how });
    expect(run).toMatchObject({ code: 0, stdout: 'fine\n' });
    const hooks = [
      'requestHook',
      'responseHook',
      'applyCustomAttributesOnSpan',
      'startIncomingSpanHook',
      'startOutgoingSpanHook',
    ];
    for (const hook of hooks) expect(run.stderr).toContain(`${hook} of http failed (Error)`);
    expect(run.said.every((line) => line.includes('the app goes on'))).toBe(true);
    expect(new Set(run.said).size).toBe(run.said.length);
    expect(run.local.spans.map((span) => span.kind).sort()).toEqual([2, 3]);
  },
);
