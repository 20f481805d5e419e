import { cpSync, mkdirSync, readdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { analyse } from '../../src/analyses/index.ts';
import { makeBundle } from '../../src/bundles/index.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { JsonlExporter } from '../../src/exporters/jsonl/index.ts';
import { sealed, sealFile } from '../../src/exporters/jsonl/seal.ts';
import { markdown } from '../../src/formats/markdown/index.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { compactStore } from '../../src/store/parquet/compact.ts';
import { pruneStore } from '../../src/store/prune.ts';
import { storeStats } from '../../src/store/stats.ts';
import { Story, type StorySpan } from '../traces/otlp.ts';
import { idOf, SERVICE, writeFile, writeTrace } from './fleet.ts';
import { temporaryDirectory } from './temporary.ts';

const COUNTS = { groupBy: [], measures: [{ name: 'count' }, { name: 'trace_count' }] } as const;

async function counts(directory: string): Promise<readonly (number | null)[]> {
  return (await new JsonlSource(directory).aggregate(COUNTS)).rows[0]?.values ?? [];
}

/** Compacted, sealed and hot traces, one kind after the other. */
async function mixedStore(traceCount: number): Promise<string> {
  const directory = temporaryDirectory();
  const third = Math.floor(traceCount / 3);
  for (let number = 0; number < traceCount; number += 1) {
    if (number === third) await compactStore(directory);
    if (number === 2 * third) await sealAll(directory);
    writeTrace(directory, number, { daysAgo: 3, hasError: number % 5 === 0 });
  }
  return directory;
}

async function sealAll(directory: string): Promise<void> {
  for (const name of readdirSync(directory)) {
    if (name.endsWith('.jsonl')) await sealFile(join(directory, name));
  }
}

test('faults: a store copied from another machine answers the same, whoever has its numbers and times here', async () => {
  const original = await mixedStore(12);
  const copy = temporaryDirectory();
  cpSync(original, copy, { recursive: true });
  for (const name of readdirSync(copy).filter((each) => each !== 'parquet')) {
    // Here these are the numbers of living processes: of this one and of its parent.
    const renamed = name.replace(/-\d+-/, `-${name.includes('logs') ? process.ppid : process.pid}-`);
    renameSync(join(copy, name), join(copy, renamed));
    utimesSync(join(copy, renamed), new Date(), new Date());
  }
  const [here, there] = [new JsonlSource(original), new JsonlSource(copy)];
  for (const query of [{ limit: 100 }, { errorsOnly: true }, { text: 'orders' }]) {
    const { coverage: _a, ...answer } = await there.search(query);
    const { coverage: _b, ...expected } = await here.search(query);
    expect(answer).toEqual(expected);
  }
  expect(await compactStore(copy)).toMatchObject({ leftFileCount: 0 });
  expect(await counts(copy)).toEqual([24, 12]);
  expect((await storeStats(copy)).spanCount).toBe(24);
});

test('faults: clocks that differ between hosts and disk hide nothing within half a minute', async () => {
  const directory = temporaryDirectory();
  const lines: string[] = [];
  for (let number = 0; number < 20; number += 1) {
    // Spans of the second service lie before their parent; the disk is 20 s behind.
    const story = new Story(idOf(number), number * 5_000);
    const content = [
      story.spans(SERVICE, [{ id: 1, name: 'GET /', at: 0, ms: 30, kind: 2 }]),
      story.spans({ 'service.name': 'late' }, [{ id: 2, parent: 1, name: 'work', at: -7_000, ms: 3 }]),
    ];
    lines.push(...content);
    const path = writeFile(directory, `${content.join('\n')}\n`);
    const written = 1_795_250_407 + number * 5 - 20;
    utimesSync(path, written, written);
  }
  const reference = new MemorySource(lines.flatMap((line) => decodeLine(line).spans));
  const source = new JsonlSource(directory);
  for (const query of [
    { limit: 5 },
    { limit: 100 },
    { sinceUnixNano: 1_795_250_407_000_000_000n + 60_000_000_000n },
  ]) {
    expect((await source.search(query)).traces).toEqual((await reference.search(query)).traces);
  }
  const { trace } = await source.trace(idOf(3));
  expect(trace.roots.map(({ name }) => name)).toEqual(['GET /']);
  expect(() => analyse(trace)).not.toThrow();
});

test('faults: a trace in 50 files of every kind, each span twice, is one trace with each span once', async () => {
  const directory = temporaryDirectory();
  const story = new Story(idOf(1));
  for (let number = 1; number <= 50; number += 1) {
    const span = { id: number, ...(number > 1 && { parent: 1 }), name: `s${number}`, at: number, ms: 1 };
    const line = story.spans({ 'service.name': `service-${number % 7}` }, [span, span]);
    writeFile(directory, `${line}\n${story.logs(SERVICE, [{ at: number, severity: 9, body: number }])}\n`);
    if (number === 20) await compactStore(directory);
    if (number === 35) await sealAll(directory);
  }
  const { trace } = await new JsonlSource(directory).trace(idOf(1).slice(0, 12));
  expect(trace.spans.map(({ name }) => name)).toEqual(
    Array.from({ length: 50 }, (_, index) => `s${index + 1}`),
  );
  expect(trace.logs).toHaveLength(50);
  expect(await counts(directory)).toEqual([100, 1]);
});

test('faults: orphans alone, no root at all, spans that are their own parents: every span is in the tree', async () => {
  const directory = temporaryDirectory();
  const story = new Story(idOf(1));
  const spans = Array.from({ length: 30 }, (_, index) => ({
    id: index + 1,
    parent: index === 0 ? 1 : index < 10 ? 900 + index : index < 20 ? index + 2 : 11,
    name: `s${index + 1}`,
    at: index,
    ms: 1,
  }));
  writeFile(directory, `${story.spans(SERVICE, spans)}\n`);
  await compactStore(directory);
  const bundle = await makeBundle(new JsonlSource(directory), idOf(1));
  const text = markdown.render(bundle);
  for (const { name } of spans) expect(text).toContain(`s${name.slice(1)}`);
  expect(() => analyse(bundle.trace)).not.toThrow();
});

const SHAPES: Record<string, (index: number) => Partial<StorySpan>> = {
  'wide, 100,000 children of one span': (index) => (index === 0 ? {} : { parent: 1 }),
  'deep, 10,000 levels': (index) => (index === 0 ? {} : { parent: index }),
  'of zero and negative durations': (index) =>
    index === 0 ? {} : { parent: (index >> 1) + 1, ms: (index % 3) - 1 },
};

test.each(Object.entries(SHAPES))(
  'faults: a trace that is %s is found, analysed and bundled, hot and compacted',
  async (name, shape) => {
    const count = name.startsWith('wide') ? 100_000 : 10_000;
    const directory = temporaryDirectory();
    const story = new Story(idOf(1));
    const spans = Array.from({ length: count }, (_, index) => ({
      id: index + 1,
      name: `s${index}`,
      at: index / 100,
      ms: 1,
      ...shape(index),
    }));
    const lines: string[] = [];
    for (let start = 0; start < count; start += 1_000)
      lines.push(story.spans(SERVICE, spans.slice(start, start + 1_000)));
    writeFile(directory, `${lines.join('\n')}\n`);
    const hot = await new JsonlSource(directory).trace(idOf(1));
    expect(hot.trace.spans).toHaveLength(count);
    await compactStore(directory);
    const source = new JsonlSource(directory);
    const { trace } = await source.trace(idOf(1));
    expect(trace.spans.map(({ spanId }) => spanId)).toEqual(hot.trace.spans.map(({ spanId }) => spanId));
    const bundle = await makeBundle(source, idOf(1));
    expect(markdown.render(bundle).length).toBeLessThan(count * 200);
    const { traces } = await source.search({});
    expect(traces).toMatchObject([{ spanCount: count, hasRoot: true, rootName: 's0' }]);
  },
  180_000,
);

test('faults: bytes that are no UTF-8, NUL and lone surrogates come through a compaction as they were read before', async () => {
  const directory = temporaryDirectory();
  const story = new Story(idOf(1));
  const odd = '\u0000 a\u0000b \ud800 \u2028 \u001b[2J';
  const line = story.spans({ 'service.name': odd }, [
    { id: 1, name: odd, at: 0, ms: 1, attributes: { [odd]: odd, raw: 'HERE', list: [odd, { [odd]: odd }] } },
  ]);
  const [head = '', tail = ''] = line.split('HERE');
  const bytes = Buffer.concat([
    Buffer.from(head),
    Buffer.from([0xff, 0xfe, 0xc3, 0x28]),
    Buffer.from(`${tail}\n`),
  ]);
  const path = writeFile(directory, '');
  writeFileSync(
    path,
    Buffer.concat([bytes, Buffer.from(`${story.logs(SERVICE, [{ at: 0, severity: 9, body: odd }])}\n`)]),
  );
  const before = await new JsonlSource(directory).trace(idOf(1));
  await sealFile(path);
  expect((await new JsonlSource(directory).trace(idOf(1))).trace.spans).toEqual(before.trace.spans);
  await compactStore(directory);
  const { trace } = await new JsonlSource(directory).trace(idOf(1));
  const wellFormed = (value: unknown) =>
    JSON.parse(
      JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each)).replaceAll(
        '\\ud800',
        '\ufffd',
      ),
    );
  expect(wellFormed(trace.spans)).toEqual(wellFormed(before.trace.spans));
  expect(wellFormed(trace.logs)).toEqual(wellFormed(before.trace.logs));
});

test('faults: links that lead out of the store are not followed, in any folder, also for writing', async () => {
  const outside = temporaryDirectory();
  writeTrace(outside, 1);
  await sealAll(outside);
  const directory = temporaryDirectory();
  for (const name of readdirSync(outside)) symlinkSync(join(outside, name), join(directory, name));
  writeTrace(directory, 2);
  expect(await counts(directory)).toEqual([2, 1]);
  await compactStore(outside);
  const linked = temporaryDirectory();
  writeTrace(linked, 3);
  symlinkSync(join(outside, 'parquet'), join(linked, 'parquet'));
  expect(await counts(linked)).toEqual([2, 1]);
  const before = readdirSync(join(outside, 'parquet'));
  for (const work of [() => compactStore(linked), () => pruneStore(linked, { maxBytes: 0 })]) {
    await expect(work()).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  }
  expect(readdirSync(join(outside, 'parquet'))).toEqual(before);
  const files = temporaryDirectory();
  mkdirSync(join(files, 'parquet'));
  for (const name of before.filter((each) => each.endsWith('.json')))
    cpSync(join(outside, 'parquet', name), join(files, 'parquet', name));
  for (const name of before.filter((each) => each.endsWith('.parquet')))
    symlinkSync(join(outside, 'parquet', name), join(files, 'parquet', name));
  writeTrace(files, 4);
  expect(await counts(files)).toEqual([2, 1]);
});

test('faults: ids that try to be paths are no ids, in telemetry and in questions', async () => {
  const directory = temporaryDirectory({ 'secret.txt': 'x' });
  const line = new Story(idOf(1)).spans(SERVICE, [{ id: 1, name: 'a', at: 0, ms: 1 }]);
  writeFile(directory, `${line}\n${line.replaceAll(idOf(1), '../../../../../../etc/passwd/..')}\n`);
  await compactStore(directory);
  expect(await counts(directory)).toEqual([1, 1]);
  for (const id of ['../secret.txt', '%2e%2e%2f', 'c/../c0000', "c0000000' OR '1'='1"]) {
    await expect(new JsonlSource(directory).trace(id)).rejects.toMatchObject({ code: 'USAGE' });
  }
});

test('faults: while a writer appends, rotates and seals, every question and every work sees all that was there', async () => {
  const directory = join(temporaryDirectory(), '.agentlog');
  const options = { directory, fileMaxBytes: 100_000, dirMaxBytes: 1e9, dirMaxAgeDays: 14 };
  const writer = new JsonlExporter<string>('traces', (items) => Buffer.from(items.join('')), options);
  let written = 0;
  const write = (): void => {
    const story = new Story(idOf(written), written * 10);
    const line = story.spans(SERVICE, [{ id: 1, name: `s${written}`, at: 0, ms: 1, kind: 2 }]);
    writer.export([`${line}\n`], () => undefined);
    written += 1;
  };
  write();
  let isDone = false;
  const writing = (async () => {
    while (!isDone) {
      for (let count = 0; count < 10; count += 1) write();
      await new Promise((done) => setTimeout(done, 10));
    }
  })();
  const source = new JsonlSource(directory);
  const questions = [
    async () => (await source.aggregate(COUNTS)).rows[0]?.values[0],
    async () => (await source.search({ limit: 1 })).matchCount,
    async () => (await storeStats(directory)).spanCount,
    async () => (await source.trace(idOf(0))).trace.spans.length * written,
  ];
  const asking = questions.map(async (question) => {
    for (let round = 0; round < 6 || written < 3_000; round += 1) {
      const atLeast = written;
      expect(await question()).toBeGreaterThanOrEqual(question === questions[1] ? 1 : atLeast);
    }
  });
  const working = (async () => {
    for (let round = 0; round < 4 || written < 2_000; round += 1) {
      await compactStore(directory, { batchBytes: 1_000_000 });
      await pruneStore(directory, { olderThanMs: 1, keepErrors: true });
    }
  })();
  await Promise.all([...asking, working]);
  isDone = true;
  await writing;
  await sealed();
  expect(await counts(directory)).toEqual([written, written]);
  expect((await storeStats(directory)).kinds.parquet.fileCount).toBeGreaterThan(0);
}, 120_000);
