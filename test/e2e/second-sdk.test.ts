import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { startReceiver } from './receiver.ts';
import { APPS, REGISTER, readLocal, runApp, temporaryDirectory } from './run-app.ts';

/** Runs the app with an SDK of its own, whose exporter sends to a collector of its own. */
async function run(nodeArgs: readonly string[], env: Record<string, string> = {}) {
  await using ours = await startReceiver();
  await using own = await startReceiver();
  using directory = temporaryDirectory();
  const AGENTLOG_DIR = join(directory.path, '.agentlog');
  const ended = await runApp('own-sdk-later.mjs', {
    nodeArgs,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: ours.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OWN_URL: `${own.url}/v1/traces`,
      AGENTLOG_DIR,
      ...env,
    },
  });
  expect(ended).toMatchObject({ code: 0, signal: null });
  const local = readLocal(AGENTLOG_DIR);
  return { ...ended, said: ended.stderr.split('\n').filter(Boolean), ours, own, local };
}

/** How many of each kind; without those of express, which the app alone does not hook when it is imported. */
const kinds = (spans: readonly { kind: number; scope: { name: string } }[]) =>
  spans
    .filter((span) => !span.scope.name.includes('express'))
    .map((span) => `${span.kind} ${span.scope.name}`)
    .sort();

test('second SDK: one that the app starts after ours is named in one line; every span, log and metric is there once', async () => {
  const bare = await run([]);
  expect(bare.own.spans.length).toBeGreaterThan(2);
  const both = await run(REGISTER);
  // The one that came first goes on alone, as the API has it; the app runs as before.
  expect(both.said).toEqual([
    expect.stringContaining('the app started an OpenTelemetry SDK of its own after this one'),
  ]);
  expect(both.stdout.split('\n')).toHaveLength(bare.stdout.split('\n').length);
  expect(both.own.spans).toEqual([]);
  expect(kinds(both.local.spans)).toEqual(kinds(bare.own.spans));
  expect(kinds(both.ours.spans)).toEqual(kinds(bare.own.spans));
  expect(both.local.logs.map((log) => log.body)).toEqual(['hello']);
  expect(new Set(both.local.spans.map((span) => span.traceId)).size).toBe(2);
});

test('second SDK: with OTEL_SDK_DISABLED for ours there is none, and the app’s own is as before', async () => {
  const preload = pathToFileURL(join(APPS, 'disabled-start.mjs')).href;
  const both = await run(['--import', preload]);
  expect(both.said).toEqual([]);
  expect(both.own.spans.length).toBeGreaterThan(2);
  expect(both.local.spans).toEqual([]);
});
