import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT, readLocal, runApp, temporaryDirectory } from './run-app.ts';

/** npm under this very Node: an older one resolves an older OpenTelemetry (FACTS §1). */
const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
const exec = promisify(execFile);
const npm = (cwd: string, ...args: string[]) => exec('npm', args, { cwd, env: { ...process.env, PATH } });

let home: ReturnType<typeof temporaryDirectory>;
let tarball: string;

beforeAll(async () => {
  home = temporaryDirectory();
  await npm(ROOT, 'pack', '--ignore-scripts', '--pack-destination', home.path);
  tarball = join(home.path, readdirSync(home.path).find((name) => name.endsWith('.tgz')) ?? '');
});

afterAll(() => home[Symbol.dispose]());

/** An empty directory with these dependencies written into its package.json. */
function project(name: string, dependencies: Record<string, string> = {}): string {
  const path = join(home.path, name);
  mkdirSync(path);
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, private: true, dependencies }));
  return path;
}

const CJS_APP = `
const { trace } = require('@opentelemetry/api');
const http = require('node:http');
const server = http.createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, path: '/cjs' }, (response) => response.resume().on('end', () => server.close()));
});
`;

const ESM_APP = `
import { get, createServer } from 'node:http';
import { start } from '@agentlog/otel';
if (start().status().traces.length === 0) throw new Error('not started');
const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1', () => {
  get({ port: server.address().port, path: '/esm' }, (response) => response.resume().on('end', () => server.close()));
});
`;

test('pack: the tarball, installed into an empty directory, serves a CommonJS and an ESM app and the command', async () => {
  const cwd = project('empty');
  await npm(cwd, 'install', tarball);
  const list = JSON.parse((await npm(cwd, 'ls', '--all', '--json')).stdout);
  expect(list.problems).toBeUndefined();
  writeFileSync(join(cwd, 'app.cjs'), CJS_APP);
  writeFileSync(join(cwd, 'app.mjs'), ESM_APP);
  for (const app of ['app.cjs', 'app.mjs']) {
    const env = {
      AGENTLOG_DIR: join(cwd, `.agentlog-${app}`),
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
    };
    const run = await runApp(join(cwd, app), { cwd, env });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const { spans } = readLocal(env.AGENTLOG_DIR);
    expect(spans.map((span) => span.kind).sort()).toEqual([2, 3]);
    const bundle = await exec(
      process.execPath,
      [join(cwd, 'node_modules/.bin/agentlog-otel'), 'bundle', '--trace-id', spans[0]?.traceId ?? ''],
      { cwd, env: { ...process.env, AGENTLOG_DIR: env.AGENTLOG_DIR } },
    );
    expect(bundle.stdout).toContain('GET');
  }
  const required = await exec(
    process.execPath,
    ['-e', "console.log(Object.keys(require('@agentlog/otel')).join())"],
    { cwd },
  );
  expect(required.stdout).toContain('preset');
}, 180_000);

test('pack: there is one copy of each part of OpenTelemetry, also once the stock distribution is added', async () => {
  const cwd = project('one-train');
  await npm(cwd, 'install', tarball);
  expectOneCopyEach(cwd);
  await npm(cwd, 'install', '@opentelemetry/auto-instrumentations-node@0.82.0');
  expectOneCopyEach(cwd);
}, 180_000);

function expectOneCopyEach(cwd: string): void {
  const found = readdirSync(join(cwd, 'node_modules'), { recursive: true, encoding: 'utf8' });
  for (const part of ['core', 'resources', 'instrumentation', 'sdk-trace']) {
    const copies = found.filter((path) => `/${path}`.endsWith(`/@opentelemetry/${part}/package.json`));
    expect({ part, copies }).toEqual({ part, copies: [`@opentelemetry/${part}/package.json`] });
  }
}

test('pack: npm refuses an app pinned to api 1.9, and the README’s advice helps', async () => {
  const cwd = project('old-api', { '@opentelemetry/api': '1.9.1' });
  await npm(cwd, 'install');
  const refused = await npm(cwd, 'install', tarball).catch((error: { stderr: string }) => error);
  expect(refused.stderr).toContain('ERESOLVE');
  await npm(cwd, 'install', '@opentelemetry/api@~1.10.0', tarball);
  writeFileSync(join(cwd, 'app.cjs'), CJS_APP);
  const env = {
    AGENTLOG_DIR: join(cwd, '.agentlog'),
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
  };
  expect(await runApp(join(cwd, 'app.cjs'), { cwd, env })).toMatchObject({ code: 0, stderr: '' });
  expect(readLocal(env.AGENTLOG_DIR).spans).toHaveLength(2);
}, 180_000);
