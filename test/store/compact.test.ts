import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeFileName, type Signal } from '../../src/core/layout.ts';
import { sealFile } from '../../src/exporters/jsonl/seal.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { compactStore } from '../../src/store/parquet/compact.ts';
import { Story } from '../traces/otlp.ts';
import { temporaryDirectory } from './temporary.ts';

/** No process has this id: Linux ends at 4,194,304. */
const GONE = 4_194_305;
const SERVICE = { 'service.name': 'shop' };
const COUNTS = { groupBy: [], measures: [{ name: 'count' }, { name: 'trace_count' }] } as const;

function idOf(number: number): string {
  return `c${number.toString(16).padStart(31, '0')}`;
}

/** Writes a closed file with one trace of `spanCount` spans, and a log record for each. */
function writeFiles(directory: string, number: number, spanCount = 5, pid = GONE): void {
  const story = new Story(idOf(number), number * 10);
  const spans = Array.from({ length: spanCount }, (_, index) => ({
    id: index + 1,
    ...(index > 0 && { parent: 1 }),
    name: `span ${index}`,
    at: index,
    ms: 1,
  }));
  const logs = spans.map(({ id }) => ({ span: id, at: id, severity: 9, body: `log ${number}` }));
  write(directory, 'traces', pid, `${story.spans(SERVICE, spans)}\n`);
  write(directory, 'logs', pid, `${story.logs(SERVICE, logs)}\n`);
}

function write(directory: string, signal: Signal, pid: number, content: string): string {
  const random = randomBytes(4).toString('hex');
  // A living writer begins a new file every hour.
  const startedAt = new Date(pid === GONE ? 1_795_250_400_000 : Date.now());
  const name = makeFileName({ startedAt, pid, random, signal });
  writeFileSync(join(directory, name), content);
  return name;
}

async function counts(directory: string): Promise<readonly (number | null)[]> {
  return (await new JsonlSource(directory).aggregate(COUNTS)).rows[0]?.values ?? [];
}

test('compact: closed files become Parquet, a living writer’s newest file stays, the answers stay the same', async () => {
  const directory = temporaryDirectory();
  for (let number = 0; number < 20; number += 1) writeFiles(directory, number);
  writeFiles(directory, 99, 3, process.pid);
  const before = await new JsonlSource(directory).trace(idOf(7));
  const progress: number[] = [];
  const done = await compactStore(directory, { onProgress: (part, all) => progress.push(part / all) });
  expect(done).toMatchObject({ fileCount: 40, spanCount: 100, logCount: 100, leftFileCount: 2 });
  expect(progress.at(-1)).toBe(1);
  expect(readdirSync(directory).filter((name) => name.endsWith('.jsonl'))).toHaveLength(2);
  const after = await new JsonlSource(directory).trace(idOf(7));
  expect(after.trace.spans).toEqual(before.trace.spans);
  expect(after.trace.logs).toEqual(before.trace.logs);
  expect(await counts(directory)).toEqual([103, 21]);
  expect(await compactStore(directory)).toMatchObject({ fileCount: 0, leftFileCount: 2 });
});

test('compact: what a killed reader left in the temporary directory goes with the next question; no other’s does', async () => {
  const directory = temporaryDirectory();
  writeFiles(directory, 1);
  await compactStore(directory);
  const temporary = temporaryDirectory();
  const leave = (name: string, ageMs: number): void => {
    mkdirSync(join(temporary, name));
    const at = new Date(Date.now() - ageMs);
    utimesSync(join(temporary, name), at, at);
  };
  leave(`agentlog-duckdb-${GONE}-left`, 2 * 3_600_000);
  leave(`agentlog-duckdb-${GONE}-young`, 0);
  leave(`agentlog-duckdb-${process.pid}-alive`, 2 * 3_600_000);
  leave('agentlog-duckdb-other', 2 * 3_600_000);
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  expect(await counts(directory)).toEqual([5, 1]);
  expect(readdirSync(temporary).sort()).toEqual(
    [`agentlog-duckdb-${GONE}-young`, `agentlog-duckdb-${process.pid}-alive`, 'agentlog-duckdb-other'].sort(),
  );
});

test('compact: a number that another process has today does not keep old files of another machine open', async () => {
  const directory = temporaryDirectory();
  writeFiles(directory, 1, 5, process.pid);
  for (const name of readdirSync(directory)) {
    const old = name.replace(/^\d{8}T\d{6}Z/, '20260101T000000Z');
    renameSync(join(directory, name), join(directory, old));
  }
  expect(await compactStore(directory)).toMatchObject({ fileCount: 2, spanCount: 5, leftFileCount: 0 });
});

test('compact: what a process of another container appends to a file that looks closed here is not lost', async () => {
  const directory = temporaryDirectory();
  writeFiles(directory, 1);
  const [name = ''] = readdirSync(directory).filter((each) => each.includes('traces'));
  const lineOf = (number: number): string =>
    new Story(idOf(number)).spans(SERVICE, [{ id: 1, name: 'late', at: 0, ms: 1 }]);
  // Half a line when it is read, the rest and more before it goes.
  const half = lineOf(2).length / 2;
  appendFileSync(join(directory, name), lineOf(2).slice(0, half));
  let isAppended = false;
  await compactStore(directory, {
    onProgress: () => {
      if (isAppended) return;
      isAppended = true;
      const all = [lineOf(2).slice(half), lineOf(3), ''].join('\n');
      for (const each of readdirSync(directory).filter((file) => file === name)) {
        appendFileSync(join(directory, each), all);
      }
    },
  });
  const found = await new JsonlSource(directory).search({});
  const ids = found.traces.map(({ traceId }) => traceId).sort();
  expect(ids).toEqual([idOf(1), idOf(2), idOf(3)]);
  expect(await counts(directory)).toEqual([7, 3]);
  await compactStore(directory);
  expect(await counts(directory)).toEqual([7, 3]);
});

test('compact: of a file that is there sealed and unsealed one form counts, before and after', async () => {
  const directory = temporaryDirectory();
  writeFiles(directory, 1, 50);
  for (const name of readdirSync(directory)) {
    const content = readFileSync(join(directory, name));
    await sealFile(join(directory, name));
    writeFileSync(join(directory, name), content);
  }
  expect(await counts(directory)).toEqual([50, 1]);
  await compactStore(directory);
  expect(readdirSync(directory)).toEqual(['parquet']);
  expect(await counts(directory)).toEqual([50, 1]);
});

test('compact: killed at a hundred random instants while files arrive, no span is lost and none is there twice', async () => {
  const directory = temporaryDirectory();
  let written = 0;
  let kills = 0;
  for (; kills < 100; kills += 1) {
    for (let count = 0; count < 4; count += 1) writeFiles(directory, written++);
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'apps/compact-forever.mjs'), directory],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data');
    await new Promise((done) => setTimeout(done, (kills * 37) % 250));
    child.kill('SIGKILL');
    await once(child, 'exit');
    if (kills % 20 === 19) expect(await counts(directory)).toEqual([written * 5, written]);
  }
  await compactStore(directory);
  expect(await counts(directory)).toEqual([written * 5, written]);
  const { matchCount } = await new JsonlSource(directory).logs({ text: 'log', limit: 1 });
  expect(matchCount).toBe(written * 5);
  expect(readdirSync(join(directory, 'parquet')).filter((name) => /tmp|lock/.test(name))).toEqual([]);
}, 300_000);

test('compact: readers beside a compaction and a writer never miss a span', async () => {
  const directory = temporaryDirectory();
  for (let number = 0; number < 40; number += 1) writeFiles(directory, number);
  let isDone = false;
  const compacting = (async () => {
    for (let round = 0; round < 5; round += 1) {
      await compactStore(directory, { batchBytes: 1_500 });
      for (let number = 0; number < 4; number += 1) writeFiles(directory, 1_000 + round * 10 + number);
    }
    isDone = true;
  })();
  const reading = async (): Promise<void> => {
    while (!isDone) {
      const { trace } = await new JsonlSource(directory).trace(idOf(3));
      expect(trace.spans).toHaveLength(5);
      const [count] = await counts(directory);
      expect(count).toBeGreaterThanOrEqual(200);
      expect(Number(count) % 5).toBe(0);
    }
  };
  await Promise.all([compacting, reading(), reading()]);
  expect(await counts(directory)).toEqual([60 * 5, 60]);
}, 120_000);

test('compact: a second compaction of the same store is refused, one that died is not in the way', async () => {
  const directory = temporaryDirectory({ 'parquet/lock': String(process.pid) });
  writeFiles(directory, 1);
  await expect(compactStore(directory)).rejects.toMatchObject({ code: 'STORE_BUSY' });
  writeFileSync(join(directory, 'parquet/lock'), String(GONE));
  expect(await compactStore(directory)).toMatchObject({ spanCount: 5 });
  expect(existsSync(join(directory, 'parquet/lock'))).toBe(false);
});

test('compact: corrupt and torn lines are counted for good, a file with a line over 32 MiB is left whole', async () => {
  const directory = temporaryDirectory();
  const line = new Story(idOf(1)).spans(SERVICE, [{ id: 1, name: 'a', at: 0, ms: 1 }]);
  write(directory, 'traces', GONE, `${line}\n{"broken}\nrubbish\n${line.slice(0, 80)}`);
  const long = write(
    directory,
    'traces',
    GONE,
    `${line}\n{"resourceSpans":[],"x":"${'y'.repeat(33 * 1024 * 1024)}"}\n`,
  );
  const done = await compactStore(directory);
  expect(done).toMatchObject({ fileCount: 1, leftFileCount: 1, corruptLineCount: 2, tornLineCount: 1 });
  expect(readdirSync(directory)).toContain(long);
  const { coverage } = await new JsonlSource(directory).trace(idOf(1));
  expect(coverage).toMatchObject({ corruptLineCount: 2, tornLineCount: 1, longLineCount: 1 });
});

test('compact: a file of more rows than fit into one Parquet file goes into several, and every answer is the same', async () => {
  const directory = temporaryDirectory();
  const lines = Array.from({ length: 3_000 }, (_, number) =>
    new Story(idOf(number % 50), number).spans(
      SERVICE,
      Array.from({ length: 10 }, (_, index) => ({
        id: number * 10 + index + 1,
        name: 'a',
        at: index,
        ms: 1,
      })),
    ),
  );
  write(directory, 'traces', GONE, `${lines.join('\n')}\n`);
  writeFiles(directory, 99);
  const damaged = write(
    directory,
    'traces',
    GONE,
    `${lines.join('\n')}\n{"x":"${'y'.repeat(33 * 1024 * 1024)}"}\n`,
  );
  const source = new JsonlSource(directory);
  const before = await source.trace(idOf(7));
  const done = await compactStore(directory, { pieceBytes: 2_000_000 });
  expect(done).toMatchObject({ fileCount: 3, spanCount: 30_005, leftFileCount: 1 });
  expect(readdirSync(directory)).toContain(damaged);
  const pieces = readdirSync(join(directory, 'parquet')).filter((name) => name.endsWith('.parquet'));
  expect(pieces.length).toBeGreaterThan(5);
  rmSync(join(directory, damaged));
  const after = await source.trace(idOf(7));
  expect(after.trace.spans).toEqual(before.trace.spans);
  expect(after.trace.spans).toHaveLength(600);
  expect(await counts(directory)).toEqual([30_005, 51]);
  // The damaged file shares its Parquet files with no one: those that were begun with it went.
  await compactStore(directory);
  expect(
    readdirSync(join(directory, 'parquet'))
      .filter((name) => name.endsWith('.parquet'))
      .sort(),
  ).toEqual(pieces.sort());
});

test('compact: a lookup opens only the Parquet files that can hold the trace, unless their list of ids is damaged', async () => {
  const directory = temporaryDirectory();
  for (let number = 0; number < 5; number += 1) {
    write(
      directory,
      'traces',
      GONE,
      `${new Story(`${number}${'c'.repeat(31)}`).spans(SERVICE, [{ id: 1, name: 'a', at: 0, ms: 1 }])}\n`,
    );
  }
  await compactStore(directory, { batchBytes: 1 });
  const source = new JsonlSource(directory);
  const id = `3${'c'.repeat(31)}`;
  const { coverage, trace } = await source.trace(id);
  expect(trace.spans).toHaveLength(1);
  expect(coverage).toMatchObject({ fileCount: 1, unneededFileCount: 4 });
  for (const name of readdirSync(join(directory, 'parquet')).filter((each) => each.endsWith('.ids'))) {
    writeFileSync(join(directory, 'parquet', name), Buffer.alloc(8));
  }
  expect((await source.trace(id)).trace.spans).toHaveLength(1);
  await expect(source.trace('9'.repeat(32))).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' });
});

test('compact: what a newer version has written is counted as unread, and neither removed nor replaced', async () => {
  const directory = temporaryDirectory();
  writeFiles(directory, 1);
  await compactStore(directory);
  const folder = join(directory, 'parquet');
  const [name = ''] = readdirSync(folder).filter((each) => each.endsWith('.json'));
  const content = readFileSync(join(folder, name), 'utf8');
  writeFileSync(join(folder, name), content.replace('"version":2', '"version":99'));
  const files = readdirSync(folder);
  writeFiles(directory, 2);
  await compactStore(directory);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(files));
  const { coverage } = await new JsonlSource(directory).search({});
  expect(coverage.skippedFileCount).toBe(1);
  writeFileSync(join(folder, name), content);
  expect(await counts(directory)).toEqual([10, 2]);
});

test('compact: manifests that lead elsewhere are passed over', async () => {
  const outside = temporaryDirectory();
  writeFiles(outside, 1);
  await compactStore(outside);
  const directory = temporaryDirectory({
    'parquet/20261121T000000Z-00000000.json': JSON.stringify({
      version: 2,
      spans: [{ name: '../../etc/passwd', rowCount: 1, sizeBytes: 1 }],
      logs: [],
      sources: ['../../x'],
      sourceBytes: 0,
      corruptLineCount: 0,
      tornLineCount: 0,
    }),
    'parquet/20261121T000001Z-00000000.json': 'no json',
  });
  symlinkSync(
    join(
      outside,
      'parquet',
      readdirSync(join(outside, 'parquet')).find((name) => name.endsWith('.json')) ?? '',
    ),
    join(directory, 'parquet/20261121T000002Z-00000000.json'),
  );
  writeFiles(directory, 2);
  expect(await counts(directory)).toEqual([5, 1]);
});

test('compact: a damaged Parquet file is an error of ours that names the next step and quotes nothing', async () => {
  const directory = temporaryDirectory();
  writeFiles(directory, 1);
  await compactStore(directory);
  const folder = join(directory, 'parquet');
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.parquet'))) {
    writeFileSync(join(folder, name), 'no parquet at all, but longer than a footer');
  }
  const failure = { code: 'DATABASE_FAILED', message: expect.stringContaining('missing or damaged') };
  await expect(new JsonlSource(directory).search({})).rejects.toMatchObject(failure);
  await expect(new JsonlSource(directory).trace(idOf(1))).rejects.toMatchObject(failure);
});
