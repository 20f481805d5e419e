import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { printed, readLocal, runApp, temporaryDirectory } from '../e2e/run-app.ts';
import { installNode } from './install-node.ts';

/** The oldest that is supported, which needs the hooks of a loader thread, and the newest. */
const ALWAYS = ['22.15.0', '26.10.0'];
/** The last before and the first after the synchronous hooks of each line, and the newest of each (FACTS §3). */
const ALSO = ['22.22.2', '22.22.3', '22.23.3', '24.11.0', '24.11.1', '24.21.0'];

const VERSIONS = process.env.AGENTLOG_ALL_NODES ? [...ALWAYS, ...ALSO] : ALWAYS;

const NONE = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };

describe.each(VERSIONS)('Node %s', (version) => {
  let node: string;

  beforeAll(async () => {
    node = await installNode(version);
  }, 180_000);

  async function record(app: string, options: Parameters<typeof runApp>[1] = {}) {
    using directory = temporaryDirectory();
    const AGENTLOG_DIR = join(directory.path, '.agentlog');
    const run = await runApp(app, { node, ...options, env: { ...NONE, AGENTLOG_DIR, ...options.env } });
    return { run, ...readLocal(AGENTLOG_DIR) };
  }

  test('it is that version', async () => {
    const run = await runApp('version.cjs', { node, nodeArgs: [] });
    expect(run.stdout).toBe(`${version}\n`);
  });

  test('a CommonJS app gets spans, and nothing on stderr', async () => {
    const { run, spans } = await record('http-cjs.cjs');
    expect(run).toMatchObject({ code: 0, stdout: '200\n', stderr: '' });
    expect(spans.map((span) => span.kind).sort()).toEqual([2, 3]);
  });

  test('an ESM app gets spans of a library and of http, logs on their trace, and nothing on stderr', async () => {
    const { run, spans, logs } = await record('http-esm.mjs');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(spans.find((span) => span.kind === 2)?.attributes['http.route']).toBe('/hello/:name');
    expect(run.stdout.trim()).toBe(logs[0]?.traceId);
  });

  test('every way to import http gets client spans', async () => {
    const { run, spans } = await record('http-imports.mjs');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const clients = spans.filter((span) => span.kind === 3).map((span) => span.attributes['url.full']);
    expect(clients.map((url) => new URL(String(url)).pathname).sort()).toEqual([
      '/bare',
      '/default',
      '/named',
      '/namespace',
      '/request',
    ]);
  });

  test.each(['--import', '--require'])('%s works', async (flag) => {
    const { run, spans } = await record('spans.mjs', { nodeArgs: [flag, '@agentlog/otel/register'] });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(spans).toHaveLength(5);
  });

  test('SIGTERM ends the app as without us, and nothing is lost', async () => {
    const { run, spans } = await record('crash.mjs', {
      env: { APP_END: 'wait' },
      async during(child) {
        await printed(child, 'ready');
        child.kill('SIGTERM');
      },
    });
    expect(run).toMatchObject({ signal: 'SIGTERM', stderr: '' });
    expect(spans).toHaveLength(3);
  });

  test('a crash is written', async () => {
    const { run, spans, logs } = await record('crash.mjs', { env: { APP_END: 'throw' } });
    expect(run.code).toBe(1);
    expect(spans.map((span) => span.name).sort()).toEqual(['GET /checkout', 'SELECT cart', 'charge']);
    expect(logs.map((log) => log.attributes['exception.message'])).toEqual(['card declined']);
  });
});
