import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { expect, test } from 'vitest';
import { APPS, REGISTER, ROOT, readLocal, runApp, temporaryDirectory } from './run-app.ts';

const NONE = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };

/** Bundles the app with the real esbuild and runs it under `register`. */
async function runBundle(options: BuildOptions) {
  using directory = temporaryDirectory();
  const outfile = join(directory.path, 'app.cjs');
  await build({
    entryPoints: [join(APPS, 'shop.mjs')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'silent',
    outfile,
    external: ['pg-native'],
    ...options,
  });
  const AGENTLOG_DIR = join(directory.path, '.agentlog');
  const env = { ...NONE, AGENTLOG_DIR, NODE_PATH: join(ROOT, 'node_modules') };
  const run = await runApp(outfile, { nodeArgs: REGISTER, env });
  return { run, spans: readLocal(AGENTLOG_DIR).spans };
}

test.each([
  ['as it comes', {}],
  ['minified', { minify: true }],
  ['minified with a source map', { minify: true, sourcemap: true }],
])('bundle: %s: one line names what is inside and not hooked; http is recorded', async (_, options) => {
  const { run, spans } = await runBundle(options);
  expect(run.code).toBe(0);
  expect(run.stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^agentlog-otel: this app is a bundle with express, pg(?:, pg-pool)? inside/),
  ]);
  expect(spans.map((span) => span.kind).sort()).toEqual([2, 3]);
});

test('bundle: with its libraries left out they are hooked, and nothing is said', async () => {
  const { run, spans } = await runBundle({ packages: 'external' });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(spans.map((span) => span.attributes['http.route'])).toContain('/');
});

test('bundle: an app that is none says nothing about libraries it does not use', async () => {
  const run = await runApp('http-cjs.cjs', { env: { ...NONE, AGENTLOG_LOCAL: 'off' } });
  expect(run).toMatchObject({ code: 0, stderr: '' });
});
