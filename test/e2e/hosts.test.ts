import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import {
  APPS,
  printed,
  REGISTER,
  ROOT,
  readLocal,
  runApp,
  runCommand,
  temporaryDirectory,
} from './run-app.ts';

const NONE = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };
const FLAG = `--import ${pathToFileURL(join(ROOT, 'dist/src/register.cjs')).href}`;
const BIN = join(ROOT, 'node_modules/.bin');

let project: ReturnType<typeof temporaryDirectory>;
let env: Record<string, string>;

beforeEach(() => {
  project = temporaryDirectory();
  symlinkSync(join(ROOT, 'node_modules'), join(project.path, 'node_modules'));
  env = { ...NONE, AGENTLOG_DIR: join(project.path, '.agentlog') };
});

afterEach(() => project[Symbol.dispose]());

/** The names of the spans in each file of traces. */
function filesOfTraces(): { pid: number; names: string[]; pids: unknown[] }[] {
  const directory = env.AGENTLOG_DIR as string;
  return readdirSync(directory)
    .filter((name) => name.endsWith('.traces.jsonl'))
    .map((name) => {
      const lines = readFileSync(join(directory, name), 'utf8').trim().split('\n');
      const spans = lines.flatMap((line) => decodeLine(line).spans);
      return {
        pid: Number(name.split('-')[1]),
        names: spans.map((span) => span.name),
        pids: [...new Set(spans.map((span) => Number(span.resource.attributes['process.pid'])))],
      };
    });
}

function write(name: string, text: string): void {
  writeFileSync(join(project.path, name), text);
}

const SPAN = (name: string) =>
  `const { trace } = require('@opentelemetry/api');\ntrace.getTracer('app').startSpan('${name}').end();\n`;

test('hosts: worker threads are not recorded unless AGENTLOG_WORKERS=1, then in files of their own', async () => {
  const off = await runApp('worker.mjs', { env });
  expect(off).toMatchObject({ code: 0, stdout: 'worker ended with 0\n', stderr: '' });
  expect(filesOfTraces().map(({ names }) => names)).toEqual([['main']]);
  env.AGENTLOG_DIR = join(project.path, 'second');
  const on = await runApp('worker.mjs', { env: { ...env, AGENTLOG_WORKERS: '1' } });
  expect(on).toMatchObject({ code: 0, stdout: 'worker ended with 0\n', stderr: '' });
  const files = filesOfTraces().map(({ names }) => names);
  expect(files.sort()).toEqual([['main'], ['worker']]);
});

test.each([
  { app: 'cluster.cjs', processes: 3 },
  { app: 'children.cjs', processes: 3 },
])('hosts: every process of $app writes files of its own, and only its spans', async ({ app, processes }) => {
  const run = await runApp(app, { nodeArgs: [], env: { ...env, NODE_OPTIONS: FLAG } });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const files = filesOfTraces();
  expect(files).toHaveLength(processes);
  for (const { pid, names, pids } of files) {
    expect(names).toEqual(Array.from({ length: 3 }, () => `pid ${pid}`));
    expect(pids).toEqual([pid]);
  }
});

test('hosts: a transport thread of pino is not recorded twice, and the log is on its trace', async () => {
  const run = await runApp('pino-transport.cjs', { env });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const local = readLocal(env.AGENTLOG_DIR as string);
  expect(local.spans.map((span) => span.name)).toEqual(['work']);
  expect(local.logs).toMatchObject([{ body: 'charged', traceId: local.spans[0]?.traceId }]);
  expect(JSON.parse(run.stdout)).toMatchObject({ order: 7, trace_id: local.spans[0]?.traceId });
});

test.each([
  ['npm start', 'npm', ['start', '--silent']],
  ['npx', 'npx', ['--no', 'node', 'app.cjs']],
])(
  'hosts: with NODE_OPTIONS the app below %s is recorded, the package manager is not',
  async (_, command, args) => {
    write(
      'package.json',
      JSON.stringify({ name: 'shop', version: '1.0.0', scripts: { start: 'node app.cjs' } }),
    );
    write('app.cjs', `${SPAN('app')}require('node:http');\n`);
    const run = await runCommand(command, args, {
      cwd: project.path,
      env: { ...env, NODE_OPTIONS: FLAG, OTEL_TRACES_SAMPLER: 'no-such' },
    });
    expect(run.code).toBe(0);
    // A bad option is said by every process that starts to record: there is one.
    expect(run.stderr.match(/OTEL_TRACES_SAMPLER/g)).toHaveLength(1);
    expect(filesOfTraces().map(({ names }) => names)).toEqual([['app']]);
  },
);

test('hosts: node --test', async () => {
  write('some.test.cjs', `require('node:test')('works', () => {\n${SPAN('tested')}});\n`);
  const args = [...FLAG.split(' '), '--test', 'some.test.cjs'];
  const run = await runCommand(process.execPath, args, { cwd: project.path, env });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(filesOfTraces().map(({ names }) => names)).toEqual([['tested']]);
});

test('hosts: node --watch restarts the app, each run in files of its own, and ends when told to', async () => {
  write('app.cjs', `${SPAN('watched')}console.log('running');\nsetInterval(() => {}, 1000);\n`);
  const args = [...FLAG.split(' '), '--watch', 'app.cjs'];
  const run = await runCommand(process.execPath, args, {
    cwd: project.path,
    env,
    async during(child) {
      await printed(child, 'running');
      const again = printed(child, 'running');
      write('app.cjs', readFileSync(join(project.path, 'app.cjs'), 'utf8').replace('watched', 'again'));
      await again;
      child.kill('SIGINT');
    },
  });
  expect(run.signal ?? run.code).not.toBe('SIGKILL');
  const files = filesOfTraces();
  expect(files.map(({ names }) => names).sort()).toEqual([['again'], ['watched']]);
  expect(files[0]?.pid).not.toBe(files[1]?.pid);
});

const TYPESCRIPT = `import { trace } from '@opentelemetry/api';
const name: string = 'typed';
trace.getTracer('app').startSpan(name).end();
`;

test.each([
  ['node app.mts', process.execPath, [...FLAG.split(' '), 'app.mts']],
  ['tsx app.mts', join(BIN, 'tsx'), [...FLAG.split(' '), 'app.mts']],
  ['node --import tsx app.mts', process.execPath, ['--import', 'tsx', ...FLAG.split(' '), 'app.mts']],
])('hosts: %s', async (_, command, args) => {
  write('app.mts', TYPESCRIPT);
  const run = await runCommand(command, args, { cwd: project.path, env });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(filesOfTraces().map(({ names }) => names)).toEqual([['typed']]);
});

test.each([
  ['forks', [['in a test']]],
  // Worker threads are off.
  ['threads', []],
])('hosts: vitest with its pool of %s', async (pool, expected) => {
  write(
    'some.test.mjs',
    `import { test } from 'vitest';\nimport { trace } from '@opentelemetry/api';\n` +
      `test('works', () => trace.getTracer('app').startSpan('in a test').end());\n`,
  );
  const run = await runCommand(join(BIN, 'vitest'), ['run', 'some.test.mjs', `--pool=${pool}`], {
    cwd: project.path,
    env: { ...env, NODE_OPTIONS: FLAG },
  });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const files = existsSync(env.AGENTLOG_DIR as string) ? filesOfTraces() : [];
  expect(files.map(({ names }) => names)).toEqual(expected);
});

test('hosts: fake timers of vitest are those of the test alone', async () => {
  write(
    'some.test.mjs',
    `import { expect, test, vi } from 'vitest';
import { trace } from '@opentelemetry/api';
test('works', () => {
  vi.useFakeTimers({ now: 0 });
  let count = 0;
  setTimeout(() => count++, 10);
  for (let i = 0; i < 100; i++) trace.getTracer('app').startSpan('in a test').end();
  expect(vi.getTimerCount()).toBe(1);
  vi.runAllTimers();
  expect([count, Date.now()]).toEqual([1, 10]);
});\n`,
  );
  const run = await runCommand(join(BIN, 'vitest'), ['run', 'some.test.mjs', '--pool=forks'], {
    cwd: project.path,
    env: { ...env, NODE_OPTIONS: FLAG },
  });
  expect(run.stdout).toMatch(/1 passed/);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(filesOfTraces().flatMap(({ names }) => names)).toHaveLength(100);
});

test('hosts: jest runs its tests as without us; what Node itself provides is recorded in them', async () => {
  write('package.json', JSON.stringify({ name: 'shop', jest: { testEnvironment: 'node' } }));
  const body = `const http = require('http');
test('works', (done) => {
  const server = http.createServer((_, response) => response.end('fine')).listen(0, '127.0.0.1', () => {
    http.get({ port: server.address().port }, (response) => response.resume().on('end', () => server.close(done)));
  });
});\n`;
  write('one.test.js', body);
  write('two.test.js', body);
  const args = ['--ci', '--watchman=false', '--detectOpenHandles'];
  const bare = await runCommand(join(BIN, 'jest'), args, { cwd: project.path });
  const run = await runCommand(join(BIN, 'jest'), args, {
    cwd: project.path,
    env: { ...env, NODE_OPTIONS: FLAG },
  });
  const counts = (text: string) => text.match(/^(?:Tests|Test Suites): .*$/gm);
  expect(bare.code).toBe(0);
  expect(run.code).toBe(0);
  expect(counts(run.stderr)).toEqual(counts(bare.stderr));
  expect(run.stderr).not.toMatch(/agentlog|did not exit|open handle/);
  // The API that a test loads lives in a realm of its own, which no preload reaches.
  const { spans } = readLocal(env.AGENTLOG_DIR as string);
  expect(spans.map((span) => span.kind).sort()).toEqual([2, 2, 3, 3]);
});

// Node runs `--import` in no such worker.
test('hosts: a worker made of a text is recorded with AGENTLOG_WORKERS=1 and `--require`, in a file of its own', async () => {
  const code = `${SPAN('evaluated')}`.replaceAll('\n', ' ');
  write(
    'app.cjs',
    `${SPAN('main')}const { Worker } = require('node:worker_threads');\n` +
      `new Worker(${JSON.stringify(code)}, { eval: true }).on('exit', (code) => console.log('ended with', code));\n`,
  );
  const run = await runCommand(
    process.execPath,
    ['--require', join(ROOT, 'dist/src/register.cjs'), 'app.cjs'],
    {
      cwd: project.path,
      env: { ...env, AGENTLOG_WORKERS: '1' },
    },
  );
  expect(run).toMatchObject({ code: 0, stdout: 'ended with 0\n', stderr: '' });
  expect(
    filesOfTraces()
      .map(({ names }) => names)
      .sort(),
  ).toEqual([['evaluated'], ['main']]);
});

test('hosts: NODE_ENV=production changes nothing: the local files are written', async () => {
  await runApp('spans.mjs', { env: { ...env, NODE_ENV: 'production' } });
  expect(filesOfTraces().map(({ names }) => names.length)).toEqual([5]);
});

test('hosts: on a read-only root one line says so, the app runs, the collector gets everything', async () => {
  const receiver: Receiver = await startReceiver();
  const root = join(project.path, 'root');
  mkdirSync(root);
  write('root/app.cjs', readFileSync(join(APPS, 'http-cjs.cjs'), 'utf8'));
  const isMounted = mountReadOnly(root);
  // Where nobody may mount, no process can make a directory in /proc: as on a read-only root, whoever we are.
  const cwd = isMounted ? root : '/proc';
  const app = isMounted ? join(root, 'app.cjs') : join(APPS, 'http-cjs.cjs');
  try {
    const run = await runApp(app, {
      cwd,
      nodeArgs: FLAG.split(' '),
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, NODE_ENV: 'production' },
    });
    expect(run).toMatchObject({ code: 0, stdout: '200\n' });
    expect(run.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^agentlog-otel: the local files are off: .*AGENTLOG_LOCAL=off\.$/),
    ]);
    expect(run.stderr).toContain(isMounted ? 'EROFS' : 'ENOENT');
    expect(receiver.spans).toHaveLength(2);
  } finally {
    await receiver.close();
    if (isMounted) execFileSync('umount', ['-l', root]);
  }
});

/** Whether the directory is now a mount of itself that nobody can write to; where CI runs it must be. */
function mountReadOnly(path: string): boolean {
  try {
    execFileSync('mount', ['--bind', path, path], { stdio: 'ignore' });
    execFileSync('mount', ['-o', 'remount,bind,ro', path], { stdio: 'ignore' });
    return true;
  } catch (error) {
    console.log(`hosts: this machine permits no mount; /proc stands in for a read-only root (${error})`);
    if (process.env.CI && process.getuid?.() === 0) throw error;
    return false;
  }
}

test('hosts: register twice starts once', async () => {
  await runApp('spans.mjs', {
    env,
    nodeArgs: [...REGISTER, ...REGISTER, '--require', '@agentlog/otel/register'],
  });
  expect(filesOfTraces().map(({ names }) => names.length)).toEqual([5]);
});
