import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DestinationStatus } from '../../processors/fan-out/index.ts';
import { openSource } from '../../src/sources/index.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { printed, REGISTER, type RunOptions, readLocal, runApp, temporaryDirectory } from './run-app.ts';

let receiver: Receiver;
let directory: ReturnType<typeof temporaryDirectory>;
let path: string;

beforeEach(async () => {
  receiver = await startReceiver();
  directory = temporaryDirectory();
  path = join(directory.path, '.agentlog');
});

afterEach(async () => {
  await receiver.close();
  directory[Symbol.dispose]();
});

/** Runs the app that lives until its local files have been off and on again. */
async function survive(options: RunOptions = {}) {
  const run = await runApp('survivor.mjs', {
    ...options,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_METRICS_EXPORTER: 'none',
      AGENTLOG_DIR: path,
      ...options.env,
    },
  });
  expect(run).toMatchObject({ code: 0, signal: null });
  const lines = run.stdout.trim().split('\n');
  const { traces } = JSON.parse(lines.pop() as string) as { traces: DestinationStatus[] };
  const [local, otlp] = traces as [DestinationStatus, DestinationStatus];
  // OTLP is unaffected, and what is counted is what is there.
  expect(otlp).toMatchObject({ exported: local.accepted, failed: 0, dropped: 0, queued: 0 });
  expect(receiver.spans).toHaveLength(otlp.exported);
  expect(local.exported + local.failed).toBe(local.accepted);
  return { lines, local, said: run.stderr.split('\n').filter(Boolean) };
}

/** Whole lines on disk, read by the reader of the CLI; torn ones are counted. */
async function readBack() {
  const source = await openSource(path);
  const { traces, coverage } = await source.search({ limit: 100_000 });
  await source.close();
  return { spans: traces.length, coverage };
}

/** Puts a small disk of its own under the directory; false where that is not permitted. */
function mountSmallDisk(): boolean {
  mkdirSync(path, { mode: 0o700 });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k,mode=0700', 'agentlog-test', path], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

const OFF = 'the local files are off: ';

test('disk: full, then with room again, costs what came in between', async () => {
  const isMounted = mountSmallDisk();
  const filler = join(path, 'filler');
  try {
    if (isMounted) writeFileSync(filler, Buffer.alloc(400_000));
    const run = await survive({
      // Without a disk of our own a file may not grow past this.
      ...(isMounted ? {} : { node: 'prlimit', nodeArgs: ['--fsize=100000', process.execPath, ...REGISTER] }),
      during: async (child) => {
        await printed(child, 'off');
        rmSync(filler, { force: true });
      },
    });
    expect(run.lines).toEqual(['off', 'on']);
    expect(run.said).toEqual([expect.stringContaining(OFF)]);
    expect(run.said[0]).toMatch(/ENOSPC|EFBIG/);
    expect(run.local.failed).toBeGreaterThan(0);
    expect((await readBack()).spans).toBe(run.local.exported);
  } finally {
    if (isMounted) execFileSync('umount', ['-l', path]);
  }
});

test('disk: a line torn by a limit is skipped and counted, the next file begins clean', async () => {
  const run = await survive({
    node: 'prlimit',
    nodeArgs: ['--fsize=100000', process.execPath, ...REGISTER],
  });
  expect(run.lines).toEqual(['off', 'on']);
  expect(run.said).toEqual([expect.stringContaining('EFBIG')]);
  expect(readdirSync(path).filter((name) => name.endsWith('.traces.jsonl'))).toHaveLength(2);
  const { spans, coverage } = await readBack();
  expect(spans).toBe(run.local.exported);
  expect(coverage).toMatchObject({ corruptLineCount: 0, tornLineCount: 1 });
});

test('disk: a directory deleted under the app is made again', async () => {
  const run = await survive({
    env: { APP_MS: '2000' },
    during: async (child) => {
      await expect.poll(() => existsSync(path), { timeout: 10_000 }).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(child.exitCode).toBe(null);
      rmSync(path, { recursive: true });
    },
  });
  expect(run.said).toEqual([]);
  const { spans } = readLocal(path);
  expect(spans.length).toBeGreaterThan(50);
  expect(spans.at(-1)?.name).toBe(`work ${run.local.accepted - 1}`);
});

test('disk: no file descriptor is left, then there is', async () => {
  const run = await survive({
    node: 'prlimit',
    nodeArgs: ['--nofile=200', process.execPath, ...REGISTER],
    env: { APP_CAUSE: 'EMFILE' },
  });
  expect(run.lines).toEqual(['off', 'on']);
  expect(run.said.filter((line) => line.includes(OFF))).toEqual([expect.stringContaining('EMFILE')]);
  expect((await readBack()).spans).toBe(run.local.exported);
});

test('disk: a read-only file system gives one message', async () => {
  mkdirSync(path, { mode: 0o700 });
  let isMounted = false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,mode=0700', 'agentlog-test', path], { stdio: 'ignore' });
    isMounted = true;
  } catch {
    // Everybody's: read-only for all.
    path = '/proc/.agentlog';
  }
  try {
    const run = await survive({ env: { APP_MS: '1000', AGENTLOG_DIR: path } });
    expect(run.local).toMatchObject({ exported: 0 });
    expect(run.said).toEqual([expect.stringContaining(OFF)]);
  } finally {
    if (isMounted) execFileSync('umount', ['-l', path]);
  }
});

test('disk: a file in place of the directory gives one message', async () => {
  writeFileSync(path, '');
  const run = await survive({ env: { APP_MS: '1000' } });
  expect(run.local).toMatchObject({ exported: 0 });
  expect(run.said).toEqual([expect.stringContaining(OFF)]);
});

test('disk: a clock that jumps back an hour changes nothing', async () => {
  const run = await survive({ env: { APP_CAUSE: 'clock', APP_MS: '1500' } });
  expect(run.said).toEqual([]);
  expect(run.local.failed).toBe(0);
  const names = readLocal(path).spans.map((span) => span.name);
  expect(names).toEqual(Array.from({ length: run.local.accepted }, (_, i) => `work ${i}`));
});
