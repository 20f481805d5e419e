import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeFileName, type Signal } from '../../src/core/layout.ts';
import { mayHoldTrace, readSidecar } from '../../src/core/sidecar.ts';
import { Contents } from '../../src/exporters/jsonl/contents.ts';
import { trimDirectory } from '../../src/exporters/jsonl/directory.ts';
import { JsonlExporter } from '../../src/exporters/jsonl/index.ts';
import { sealed, sealFile } from '../../src/exporters/jsonl/seal.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { Story } from '../traces/otlp.ts';

const GONE = 4_194_305;
const SERVICE = { 'service.name': 'shop' };

function idOf(number: number): string {
  return `${number.toString(16).padStart(8, '0')}${'d'.repeat(24)}`;
}

function lines(from: number, count: number): string {
  return Array.from(
    { length: count },
    (_, index) =>
      `${new Story(idOf(from + index), index * 1_000).spans(SERVICE, [
        { id: 1, name: `span ${from + index}`, at: 0, ms: 5, links: [{ traceId: idOf(0xffffff) }] },
      ])}\n`,
  ).join('');
}

function nameOf(
  random: number,
  pid = GONE,
  signal: Signal = 'traces',
  startedAt = new Date(1_795_000_000_000),
): string {
  return makeFileName({ startedAt, pid, random: random.toString(16).padStart(8, '0'), signal });
}

test('sealing: whatever the size of the file, each step takes as much, from one buffer', async () => {
  const steps: { bytes: number; memory: ArrayBufferLike }[] = [];
  const { add } = Contents.prototype;
  const watched = vi.spyOn(Contents.prototype, 'add').mockImplementation(function (
    this: Contents,
    bytes,
    ...rest
  ) {
    steps.push({ bytes: bytes.length, memory: bytes.buffer });
    add.call(this, bytes, ...rest);
  });
  onTestFinished(() => watched.mockRestore());
  const directory = temporaryDirectory({ [nameOf(1)]: lines(1, 10_000) });
  await sealFile(join(directory, nameOf(1)));
  expect(steps.length).toBeGreaterThan(10);
  expect(Math.max(...steps.map(({ bytes }) => bytes))).toBeLessThanOrEqual(256 * 1024 + 256);
  expect(new Set(steps.map(({ memory }) => memory)).size).toBe(1);
  const sidecar = readSidecar(readFileSync(join(directory, `${nameOf(1)}.idx`), 'utf8'));
  expect(sidecar).toMatchObject({ lineCount: 10_000, recordCount: 10_000 });
  const ids = new Set(sidecar?.traceIds);
  expect(Array.from({ length: 10_000 }, (_, index) => ids.has(index + 1))).not.toContain(false);
});

test('sealing: a file of more traces than its sidecar takes says nothing of ids, one of fewer says all of them', () => {
  const read = (count: number): Uint32Array | undefined => {
    const contents = new Contents('traces');
    const text = Array.from({ length: count }, (_, index) => `"traceId":"${idOf(index)}"`).join('');
    const bytes = Buffer.from(text);
    contents.add(bytes, 0, true);
    return contents.result().traceIds;
  };
  const ids = read(40_000);
  expect(ids?.length).toBe(40_000);
  expect(new Set(ids).size).toBe(40_000);
  expect(read(250_001)).toBeUndefined();
});

test('sealing: the sealed file says the same, keeps the time, and its sidecar knows what is in it', async () => {
  const content = lines(1, 3_000);
  const name = nameOf(1);
  const directory = temporaryDirectory({ [name]: content });
  const path = join(directory, name);
  utimesSync(path, 1_795_000_500, 1_795_000_500);
  expect(await sealFile(path)).toBe(true);
  expect(readdirSync(directory).sort()).toEqual([`${name}.idx`, `${name}.zst`]);
  const packed = readFileSync(`${path}.zst`);
  expect(zstdDecompressSync(packed).toString()).toBe(content);
  expect(packed.length).toBeLessThan(content.length / 10);
  const { mtimeMs, mode } = statSync(`${path}.zst`);
  expect([mtimeMs, mode & 0o777]).toEqual([1_795_000_500_000, 0o600]);
  const sidecar = readSidecar(readFileSync(`${path}.idx`, 'utf8'));
  expect(sidecar).toMatchObject({
    sealedBytes: packed.length,
    plainBytes: Buffer.byteLength(content),
    lineCount: 3_000,
    recordCount: 3_000,
    oldestUnixNano: 1_795_250_407_123_000_000n,
    newestUnixNano: 1_795_250_407_123_000_000n + 2_999n * 1_000_000_000n,
  });
  if (sidecar === undefined) throw new Error('no sidecar');
  for (let number = 1; number <= 3_000; number += 1) expect(mayHoldTrace(sidecar, idOf(number))).toBe(true);
  expect(mayHoldTrace(sidecar, idOf(3_001))).toBe(false);
});

test('sealing: log records are counted and dated as well', async () => {
  const name = nameOf(1, GONE, 'logs');
  const content = new Story(idOf(7)).logs(SERVICE, [
    { at: 0, severity: 9, body: 'a "timeUnixNano":"1" in a text' },
    { at: 5, severity: 9, body: { timeUnixNano: '7' } },
  ]);
  const directory = temporaryDirectory({ [name]: `${content}\n` });
  await sealFile(join(directory, name));
  const sidecar = readSidecar(readFileSync(join(directory, `${name}.idx`), 'utf8'));
  expect(sidecar).toMatchObject({
    recordCount: 2,
    oldestUnixNano: 1_795_250_407_123_000_000n,
    newestUnixNano: 1_795_250_407_128_000_000n,
  });
});

test('sealing: a file that is full is sealed behind the app, and no span is missing before, while and after', async () => {
  const directory = join(temporaryDirectory(), '.agentlog');
  const options = { directory, fileMaxBytes: 400_000, dirMaxBytes: 1e9, dirMaxAgeDays: 14 };
  const exporter = new JsonlExporter<string>('traces', (items) => Buffer.from(items.join('')), options);
  for (let batch = 0; batch < 20; batch += 1) {
    exporter.export([lines(batch * 100, 100)], () => undefined);
    const { traceCount } = await new JsonlSource(directory).search({ limit: 1 });
    expect(traceCount).toBe((batch + 1) * 100);
  }
  await sealed();
  const names = readdirSync(directory);
  expect(names.filter((name) => name.endsWith('.zst')).length).toBeGreaterThan(1);
  expect(names.filter((name) => name.endsWith('.jsonl'))).toHaveLength(1);
  expect((await new JsonlSource(directory).search({ limit: 1 })).traceCount).toBe(2_000);
});

test('sealing: killed at any instant, every span is there once', async () => {
  const directory = temporaryDirectory();
  for (let round = 0; round < 25; round += 1) {
    writeFileSync(join(directory, nameOf(round)), lines(round * 200, 200));
    const child = spawn(process.execPath, [join(import.meta.dirname, 'apps/seal-all.mjs'), directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
    await new Promise((done) => setTimeout(done, (round * 7) % 40));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { rows } = await new JsonlSource(directory).aggregate({
      groupBy: [],
      measures: [{ name: 'count' }],
    });
    expect(rows[0]?.values).toEqual([(round + 1) * 200]);
  }
  expect(readdirSync(directory).some((name) => name.endsWith('.zst'))).toBe(true);
}, 60_000);

test('sealing: what grows, is empty or goes meanwhile is left as it is', async () => {
  const name = nameOf(1);
  const directory = temporaryDirectory({ [name]: '' });
  expect(await sealFile(join(directory, name))).toBe(false);
  writeFileSync(join(directory, name), lines(1, 20_000));
  const sealing = sealFile(join(directory, name));
  await new Promise((done) => setTimeout(done, 5));
  writeFileSync(join(directory, name), lines(0, 1), { flag: 'a' });
  // The last chunk may not have been read yet when the line came.
  const [isSealed] = await Promise.all([sealing]);
  const left = readdirSync(directory);
  expect(left).toEqual(isSealed ? [`${name}.idx`, `${name}.zst`] : [name]);
  const { traceCount } = await new JsonlSource(directory).search({ limit: 1 });
  expect(traceCount).toBe(20_001);
});

test('sealing: large files that dead processes left are sealed by the next one that rotates, small and open ones not', async () => {
  const directory = join(temporaryDirectory(), '.agentlog');
  mkdirSync(directory, { mode: 0o700 });
  const put = (random: number, pid: number, content: string, startedAt: Date): string => {
    const path = join(directory, nameOf(random, pid, 'traces', startedAt));
    writeFileSync(path, content);
    utimesSync(path, startedAt, startedAt);
    return path;
  };
  const yesterday = new Date(Date.now() - 86_400_000);
  const large = lines(1, 3_000);
  const old = put(1, GONE, large, yesterday);
  const others = [
    put(2, GONE, lines(1, 3), yesterday),
    put(3, GONE, large, new Date(Date.now() - 60_000)),
    put(4, process.pid, large, yesterday),
  ];
  const options = { directory, fileMaxBytes: 100, dirMaxBytes: 1e9, dirMaxAgeDays: 14 };
  const exporter = new JsonlExporter<string>('traces', (items) => Buffer.from(items.join('')), options);
  for (let batch = 0; batch < 2; batch += 1) exporter.export([lines(9_000 + batch, 1)], () => undefined);
  await sealed();
  expect([existsSync(old), existsSync(`${old}.zst`)]).toEqual([false, true]);
  expect(others.slice(0, 2).map((path) => existsSync(path))).toEqual([true, true]);
});

test('sealing: sealed files count for the cap, go with their sidecars, and leftovers of the dead are cleared', async () => {
  const directory = temporaryDirectory();
  for (let number = 1; number <= 3; number += 1) {
    const path = join(
      directory,
      nameOf(number, GONE, 'traces', new Date(1_795_000_000_000 + number * 60_000)),
    );
    writeFileSync(path, lines(number * 1_000, 1_000));
    await sealFile(path);
  }
  const name = nameOf(9);
  writeFileSync(join(directory, `${name}.zst.tmp-${GONE}`), 'half');
  writeFileSync(join(directory, `${name}.idx.tmp-${process.pid}`), 'mine');
  writeFileSync(join(directory, `${nameOf(8)}.idx`), 'lost');
  const sealedFiles = () => readdirSync(directory).filter((each) => each.endsWith('.zst'));
  const before = readdirSync(directory).reduce((sum, each) => sum + statSync(join(directory, each)).size, 0);
  trimDirectory(directory, { dirMaxBytes: before, dirMaxAgeDays: 36_500 }, Date.now());
  expect(sealedFiles()).toHaveLength(3);
  expect(readdirSync(directory).filter((each) => /tmp-|^.*00000008/.test(each))).toEqual([
    `${name}.idx.tmp-${process.pid}`,
  ]);
  const [oldest = ''] = sealedFiles();
  trimDirectory(directory, { dirMaxBytes: before - 500, dirMaxAgeDays: 36_500 }, Date.now());
  expect(sealedFiles()).not.toContain(oldest);
  expect(existsSync(join(directory, oldest.replace('.zst', '.idx')))).toBe(false);
  expect(sealedFiles().length).toBeGreaterThan(0);
});
