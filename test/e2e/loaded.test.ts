import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { APPS, ROOT, runApp, temporaryDirectory } from './run-app.ts';
import { unbundled } from './unbundled.ts';

const SPY = pathToFileURL(join(APPS, 'loaded-modules.mjs')).href;
const REGISTER = pathToFileURL(join(ROOT, 'dist/src/register.cjs')).href;

/** The packages and our own rooms that a run of an app loaded with `register`. */
async function loadedBy(
  app: string,
  cwd: string,
): Promise<{ packages: Set<string>; rooms: Set<string>; files: Set<string> }> {
  const run = await runApp(app, {
    cwd,
    nodeArgs: ['--import', SPY, '--import', REGISTER],
    env: {
      AGENTLOG_LOCAL: 'off',
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
    },
  });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const urls = run.stdout.trim().split('\n').flatMap(unbundled);
  const packages = urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  const rooms = urls.flatMap((url) => /\/dist\/(?:src\/)?([^/]+)/.exec(url)?.[1] ?? []);
  const files = urls.flatMap((url) => /\/dist\/(.+)$/.exec(url)?.[1] ?? []);
  return { packages: new Set(packages), rooms: new Set(rooms), files: new Set(files) };
}

test('register loads nothing of the read side, of sdk-node, or of a library the app does not have', async () => {
  using directory = temporaryDirectory();
  const app = join(directory.path, 'app.cjs');
  writeFileSync(app, '');
  const { packages, rooms } = await loadedBy(app, directory.path);
  expect(packages).toContain('@opentelemetry/sdk-trace');
  expect(rooms).toContain('core');
  for (const room of [
    'cli.js',
    'read.js',
    'commands',
    'bundles',
    'formats',
    'sources',
    'store',
    'analyses',
    'mcp',
  ]) {
    expect(rooms).not.toContain(room);
  }
  // `debug` takes `supports-color` if it happens to be there, as it is here below jest.
  const allowed =
    /^(?:@opentelemetry\/(?:api|context-async-hooks|core|instrumentation(?:-http|-undici|-runtime-node)?|otlp-exporter-base|resources|sdk-(?:logs|trace)|semantic-conventions)|import-in-the-middle|require-in-the-middle|module-details-from-path|forwarded-parse|debug|ms|supports-color|has-flag|cjs-module-lexer|es-module-lexer|acorn.*)$/;
  expect([...packages].filter((name) => !allowed.test(name))).toEqual([]);
});

test('register loads nothing for model calls in an app without a GenAI library, but for the look at a host', async () => {
  using directory = temporaryDirectory();
  const app = join(directory.path, 'app.cjs');
  writeFileSync(app, '');
  const { files } = await loadedBy(app, directory.path);
  const ours = [...files].filter((file) =>
    /^instrumentations\/.*(?:genai|stainless|openai|anthropic|bedrock)/.test(file),
  );
  expect(ours.sort()).toEqual([
    'instrumentations/genai-http/hooks.js',
    'instrumentations/genai-http/lazy.js',
    'instrumentations/genai-provider.js',
  ]);
});

test('register loads an instrumentation once the app has its library', async () => {
  using directory = temporaryDirectory();
  const app = join(directory.path, 'app.cjs');
  writeFileSync(app, '');
  mkdirSync(join(directory.path, 'node_modules/pg'), { recursive: true });
  writeFileSync(join(directory.path, 'node_modules/pg/package.json'), '{"name":"pg","version":"8.23.1"}');
  const { packages } = await loadedBy(app, directory.path);
  expect(packages).toContain('@opentelemetry/instrumentation-pg');
  expect(packages).not.toContain('@opentelemetry/instrumentation-express');
});
