import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AppSetUp, eachApp } from './each-app.ts';
import type { Receiver } from './receiver.ts';
import { asSent, printed, readLocal, runApp } from './run-app.ts';

let receiver: Receiver;
let directory: AppSetUp['directory'];
let env: Record<string, string>;

eachApp((app) => {
  ({ receiver, directory } = app);
  env = { ...app.env, OTEL_SERVICE_NAME: 'app' };
});

test('register: the local files name the settings of the process, never a value, and OTLP does not', async () => {
  await runApp('http-cjs.cjs', {
    env: { ...env, NODE_ENV: 'stage', AGENTLOG_EMPTY: '', SHOP_KEY: 'x', OTEL_SERVICE_NAME: 'not-shown' },
  });
  const names = readLocal(env.AGENTLOG_DIR as string).spans[0]?.resource.attributes[
    'agentlog.configuration.names'
  ];
  expect(names).toEqual(expect.arrayContaining(['AGENTLOG_DIR', 'NODE_ENV', 'OTEL_SERVICE_NAME']));
  expect(names).not.toContain('SHOP_KEY');
  expect(names).not.toContain('AGENTLOG_EMPTY');
  expect(JSON.stringify(names)).not.toMatch(/not-shown|stage/);
  expect(receiver.spans[0]?.resource.attributes).not.toHaveProperty(['agentlog.configuration.names']);
});

test('register: a CommonJS app gets spans, locally and at the receiver, with one flag', async () => {
  const run = await runApp('http-cjs.cjs', { env });
  expect(run).toMatchObject({ code: 0, stdout: '200\n', stderr: '' });
  const local = readLocal(env.AGENTLOG_DIR as string);
  // GET (server) is a child of GET (client); both of service "app".
  expect(local.spans.map((span) => span.kind).sort()).toEqual([2, 3]);
  expect(new Set(local.spans.map((span) => span.traceId)).size).toBe(1);
  expect(local.spans[0]?.resource.attributes['service.name']).toBe('app');
  expect(local.spans[0]?.resource.attributes['host.id']).toBeDefined();
  expect(receiver.spans).toEqual(local.spans.map(asSent));
});

test('register: an ESM app gets spans of express, a named import of node:http, and logs on their trace', async () => {
  const run = await runApp('http-esm.mjs', { env });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const local = readLocal(env.AGENTLOG_DIR as string);
  const [traceId] = new Set(local.spans.map((span) => span.traceId));
  expect(run.stdout.trim()).toBe(traceId);
  const server = local.spans.find((span) => span.kind === 2);
  const client = local.spans.find((span) => span.kind === 3);
  expect(server?.attributes['http.route']).toBe('/hello/:name');
  expect(server?.parentSpanId).toBe(client?.spanId);
  expect(local.logs).toMatchObject([{ traceId, body: 'hello ada' }]);
  expect(receiver.spans).toEqual(local.spans.map(asSent));
  expect(receiver.logs).toEqual(local.logs.map(asSent));
});

test('register: --require works as --import does', async () => {
  const run = await runApp('http-cjs.cjs', { env, nodeArgs: ['--require', '@agentlog/otel/register'] });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(readLocal(env.AGENTLOG_DIR as string).spans).toHaveLength(2);
});

test('register: the directory and its files are for the owner alone and hide from git', async () => {
  await runApp('spans.mjs', { env });
  const path = env.AGENTLOG_DIR as string;
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(path, '.gitignore'), 'utf8')).toBe('*\n');
  const { stdout } = await runApp('list-modes.mjs', { nodeArgs: [], env });
  expect(stdout.trim().split('\n')).toEqual([
    '.gitignore 600',
    expect.stringMatching(/\.jsonl 600$/),
    expect.stringMatching(/\.jsonl 600$/),
  ]);
});

test('register: a directory open to others is refused', async () => {
  chmodSync(directory.path, 0o755);
  const run = await runApp('spans.mjs', { env: { ...env, AGENTLOG_DIR: directory.path } });
  expect(run.code).toBe(0);
  expect(run.stderr).toContain('mode 0700');
  expect(receiver.spans).toHaveLength(5);
});

test('register: killing the collector mid-run loses nothing locally', async () => {
  const run = await runApp('steady.mjs', {
    env: { ...env, OTEL_BSP_SCHEDULE_DELAY: '50' },
    during: async (child) => {
      await printed(child, 'half');
      await receiver.close();
    },
  });
  expect(run.code).toBe(0);
  const names = readLocal(env.AGENTLOG_DIR as string).spans.map((span) => span.name);
  expect(names).toEqual(Array.from({ length: 100 }, (_, i) => `work ${i}`));
  expect(receiver.spans.length).toBeGreaterThan(0);
  expect(receiver.spans.length).toBeLessThan(100);
});

test('register: at 1 % sampling OTLP gets what was sampled, the local file gets everything', async () => {
  const sampled = { ...env, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
  await runApp('spans.mjs', { env: sampled });
  expect(readLocal(env.AGENTLOG_DIR as string).spans).toHaveLength(5);
  expect(receiver.spans).toHaveLength(0);
});

test('register: OTEL_SDK_DISABLED records nothing and writes nothing', async () => {
  const run = await runApp('http-cjs.cjs', { env: { ...env, OTEL_SDK_DISABLED: 'true' } });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(existsSync(env.AGENTLOG_DIR as string)).toBe(false);
  expect(receiver.bodies).toHaveLength(0);
});

test('register: OTEL_TRACES_EXPORTER=none keeps the local file', async () => {
  await runApp('spans.mjs', { env: { ...env, OTEL_TRACES_EXPORTER: 'none' } });
  expect(readLocal(env.AGENTLOG_DIR as string).spans).toHaveLength(5);
  expect(receiver.spans).toHaveLength(0);
});

test('register: protobuf and gzip arrive as well', async () => {
  await runApp('spans.mjs', {
    env: { ...env, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' },
  });
  const body = Buffer.concat(receiver.bodies.filter((_, i) => receiver.paths[i] === '/v1/traces'));
  for (let i = 0; i < 5; i++) expect(body.includes(`work ${i}`)).toBe(true);
});

test('register: a bad option is repaired and said', async () => {
  const run = await runApp('spans.mjs', { env: { ...env, AGENTLOG_LOCAL: 'sometimes' } });
  expect(run.code).toBe(0);
  expect(run.stderr).toBe('agentlog-otel: AGENTLOG_LOCAL: expected one of all, sampled, off; using "all".\n');
});
