import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sealFile } from '../../src/exporters/jsonl/seal.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { compactStore } from '../../src/store/parquet/compact.ts';
import { pruneStore } from '../../src/store/prune.ts';
import { Story } from '../traces/otlp.ts';
import { GONE, idOf, SERVICE, writeFile, writeTrace } from './fleet.ts';
import { temporaryDirectory } from './temporary.ts';

const DAY_MS = 86_400_000;

async function idsIn(directory: string): Promise<string[]> {
  const { traces } = await new JsonlSource(directory).search({ limit: 1_000 });
  return traces.map(({ traceId }) => traceId).sort();
}

function daysAgo(days: number): number {
  return Date.now() - days * DAY_MS;
}

test('prune: what is older goes, hot, sealed and compacted; newer, open and foreign files stay', async () => {
  const directory = temporaryDirectory({ 'collector.jsonl': `${new Story(idOf(99)).spans(SERVICE, [])}\n` });
  writeTrace(directory, 1, { daysAgo: 30 });
  await compactStore(directory);
  writeTrace(directory, 2, { daysAgo: 20 });
  for (const name of readdirSync(directory)) {
    if (/^\d.*traces\.jsonl$/.test(name)) await sealFile(join(directory, name));
  }
  writeTrace(directory, 3, { daysAgo: 10 });
  writeTrace(directory, 4, { daysAgo: 1 });
  writeTrace(directory, 5, { daysAgo: 0.01, pid: process.pid });
  const dry = await pruneStore(directory, { olderThanMs: daysAgo(5), dryRun: true });
  expect(dry.removed).toHaveLength(5);
  expect(await idsIn(directory)).toHaveLength(5);
  const done = await pruneStore(directory, { olderThanMs: daysAgo(5) });
  expect(done).toEqual(dry);
  expect(await idsIn(directory)).toEqual([idOf(4), idOf(5)]);
  expect(readdirSync(directory)).toContain('collector.jsonl');
  expect(readdirSync(directory).some((name) => name.endsWith('.idx'))).toBe(false);
  expect(readdirSync(join(directory, 'parquet'))).toEqual([]);
  expect((await pruneStore(directory, { olderThanMs: daysAgo(-1) })).removed).toHaveLength(2);
  expect(await idsIn(directory)).toEqual([idOf(5)]);
});

test('prune: the oldest goes until the store is small enough, and no more than that', async () => {
  const directory = temporaryDirectory();
  for (let number = 1; number <= 6; number += 1) writeTrace(directory, number, { daysAgo: 10 - number });
  const total = readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
  const { leftBytes, removedBytes } = await pruneStore(directory, { maxBytes: total / 2 });
  expect(leftBytes + removedBytes).toBe(total);
  expect(leftBytes).toBeLessThanOrEqual(total / 2);
  expect(await idsIn(directory)).toEqual([idOf(4), idOf(5), idOf(6)]);
});

test('prune --keep-errors: failed traces stay whole with their logs, also when only another file knows of the error', async () => {
  const directory = temporaryDirectory();
  for (let number = 1; number <= 6; number += 1) {
    writeTrace(directory, number, { daysAgo: 20, hasError: number % 2 === 0 });
  }
  await compactStore(directory, { batchBytes: 1 });
  for (let number = 7; number <= 12; number += 1) {
    writeTrace(directory, number, { daysAgo: 10, hasError: number % 2 === 0 });
  }
  const late = new Story(idOf(3)).spans(SERVICE, [
    { id: 9, parent: 1, name: 'late', at: 0, ms: 1, error: 'no' },
  ]);
  writeFile(directory, `${late}\n`, { daysAgo: 1 });
  const source = new JsonlSource(directory);
  const failed = [2, 3, 4, 6, 8, 10, 12].map(idOf);
  const before = await Promise.all(failed.map((id) => source.trace(id)));
  const done = await pruneStore(directory, { olderThanMs: daysAgo(5), keepErrors: true });
  expect(done).toMatchObject({ keptTraceCount: 7, keptSpanCount: 14 });
  expect(await idsIn(directory)).toEqual(failed);
  for (const [index, id] of failed.entries()) {
    const { trace } = await source.trace(id);
    expect(trace.spans).toEqual(before[index]?.trace.spans);
    expect(trace.logs).toEqual(before[index]?.trace.logs);
  }
  expect((await pruneStore(directory, { olderThanMs: daysAgo(5), keepErrors: true })).removed).toEqual([]);
  expect((await pruneStore(directory, { olderThanMs: daysAgo(5) })).removed).toHaveLength(1);
  expect(await idsIn(directory)).toEqual([idOf(3)]);
});

test('prune: what one that died had published counts once, and the next finishes it', async () => {
  const directory = temporaryDirectory();
  writeTrace(directory, 1, { daysAgo: 20, hasError: true });
  writeTrace(directory, 2, { daysAgo: 20 });
  const files = readdirSync(directory);
  const content = new Map(files.map((name) => [name, statSync(join(directory, name)).size]));
  await pruneStore(directory, { olderThanMs: daysAgo(5), keepErrors: true });
  // As if it had been killed before it removed them.
  for (const name of content.keys()) {
    const number = name.includes('logs') ? 1 : 2;
    writeFileSync(
      join(directory, name),
      `${new Story(idOf(number)).spans(SERVICE, [{ id: 1, name: 'x', at: 0, ms: 1 }])}\n`,
    );
  }
  expect(await idsIn(directory)).toEqual([idOf(1)]);
  await pruneStore(directory, { olderThanMs: daysAgo(50), keepErrors: true });
  expect(readdirSync(directory)).toEqual(['parquet']);
});

test('prune: readers beside it get an answer from before or after, never a failure', async () => {
  const directory = temporaryDirectory();
  for (let number = 1; number <= 30; number += 1) {
    writeTrace(directory, number, { daysAgo: number, hasError: number % 3 === 0 });
  }
  await compactStore(directory, { batchBytes: 1_500 });
  let isDone = false;
  const pruning = (async () => {
    for (let day = 29; day >= 1; day -= 4) {
      await pruneStore(directory, { olderThanMs: daysAgo(day - 0.5), keepErrors: true });
    }
    isDone = true;
  })();
  const reading = (async () => {
    while (!isDone) {
      const { trace } = await new JsonlSource(directory).trace(idOf(30));
      expect(trace.spans).toHaveLength(2);
      const { matchCount } = await new JsonlSource(directory).search({ errorsOnly: true, limit: 1 });
      expect(matchCount).toBe(10);
    }
  })();
  await Promise.all([pruning, reading]);
  expect(await idsIn(directory)).toHaveLength(10);
}, 120_000);

test('prune: beside a compaction it is refused', async () => {
  const directory = temporaryDirectory({ 'parquet/lock': String(process.pid) });
  writeTrace(directory, 1, { daysAgo: 20 });
  await expect(pruneStore(directory, { olderThanMs: Date.now() })).rejects.toMatchObject({
    code: 'STORE_BUSY',
  });
  rmSync(join(directory, 'parquet/lock'));
  writeFileSync(join(directory, 'parquet/lock'), String(GONE));
  expect((await pruneStore(directory, { olderThanMs: Date.now() })).removed).toHaveLength(2);
});
