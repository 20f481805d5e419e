import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { makeFileName } from '../../src/core/layout.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { logsRequest, spansRequest } from '../../src/core/otlp/requests.ts';
import type { LogRecord, Span } from '../../src/core/span.ts';
import type { Trace } from '../../src/core/trace.ts';
import { sealFile } from '../../src/exporters/jsonl/seal.ts';
import { openSource } from '../../src/sources/index.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import type { AggregateRow, TraceSource } from '../../src/sources/source.ts';
import { compactStore } from '../../src/store/parquet/compact.ts';
import { TRACE_ORDERS } from '../../src/store/query/query.ts';
import { framed, logsProto, spansProto } from '../core/otlp/encode-proto.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { everything } from './like-reference.ts';
import { AGGREGATE_QUERIES, LOG_QUERIES, TRACE_QUERIES } from './queries.ts';
import { randomTelemetry } from './random-telemetry.ts';

const FIXTURE = join(import.meta.dirname, '../recordings/fixture.otlp.jsonl');
const N_PLUS_ONE = '948fa8de1f33f0601aecb1973e1c20bb';

function reference(): MemorySource {
  const lines = readFileSync(FIXTURE, 'utf8')
    .trim()
    .split('\n')
    .map((line) => decodeLine(line));
  return new MemorySource(
    lines.flatMap((line) => line.spans),
    lines.flatMap((line) => line.logs),
  );
}

const sources: Record<string, () => TraceSource> = {
  memory: reference,
  'jsonl, a file': () => new JsonlSource(FIXTURE),
  'jsonl, a folder': () => new JsonlSource(join(FIXTURE, '..')),
};

function plain({ traceId, spans, logs, roots, missingParents }: Trace): object {
  return { traceId, spans, logs, roots: roots.map((root) => root.spanId), missingParents };
}

describe.each(Object.entries(sources))('sources: %s', (_, open) => {
  test('answers every trace as the reference does', async () => {
    const { traces } = await reference().search({ limit: 100 });
    expect(traces).toHaveLength(3);
    for (const { traceId } of traces) {
      const [answer, expected] = await Promise.all([open().trace(traceId), reference().trace(traceId)]);
      expect(plain(answer.trace)).toEqual(plain(expected.trace));
      expect(answer.coverage.spanCount).toBe(answer.trace.spans.length);
    }
  });

  test.each([{}, { errorsOnly: true }, { limit: 1 }, { sinceUnixNano: 1_795_244_639_000_000_000n }])(
    'searches %o as the reference does',
    async (query) => {
      const { coverage: _ignored, ...answer } = await open().search(query);
      const { coverage: _also, ...expected } = await reference().search(query);
      expect(answer).toEqual(expected);
    },
  );

  test('takes a prefix in any case', async () => {
    const { trace } = await open().trace(N_PLUS_ONE.slice(0, 8).toUpperCase());
    expect(trace.traceId).toBe(N_PLUS_ONE);
  });

  test('refuses what is no id, without repeating it', async () => {
    for (const id of ['', 'abc', '../../etc/passwd', `${N_PLUS_ONE}0`, 'g'.repeat(32), '\u001b[2Jaaaaaaaa']) {
      const failure = await open()
        .trace(id)
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'USAGE' });
      if (id.length > 3) expect((failure as Error).message).not.toContain(id);
    }
  });

  test('names the newest traces when an id is unknown', async () => {
    await expect(open().trace('f'.repeat(32))).rejects.toMatchObject({
      code: 'TRACE_NOT_FOUND',
      message: expect.stringContaining(N_PLUS_ONE),
    });
  });

  test('may be closed twice', async () => {
    const source = open();
    await source.close();
    await source.close();
  });
});

test('sources: an ambiguous prefix lists the candidates', async () => {
  const { trace } = await reference().trace(N_PLUS_ONE);
  const [span] = trace.spans;
  const twinId = `${N_PLUS_ONE.slice(0, 8)}${'0'.repeat(23)}1`;
  const source = new MemorySource(span === undefined ? [] : [span, { ...span, traceId: twinId }]);
  await expect(source.trace(N_PLUS_ONE.slice(0, 8))).rejects.toMatchObject({
    code: 'TRACE_AMBIGUOUS',
    message: expect.stringMatching(new RegExp(`${twinId}[\\s\\S]*${N_PLUS_ONE}`)),
  });
});

test('sources: openSource takes a path or a protocol and refuses others', async () => {
  expect((await openSource(FIXTURE)).name).toBe(`jsonl:${FIXTURE}`);
  expect((await openSource(`jsonl:${FIXTURE}`)).name).toBe(`jsonl:${FIXTURE}`);
  expect((await openSource('memory:')).name).toBe('memory:');
  for (const spec of ['gopher:x', 'constructor:x', '__proto__:x']) {
    const opened = openSource(spec);
    if (spec.startsWith('_')) expect((await opened).name).toBe(`jsonl:${spec}`);
    else await expect(opened).rejects.toMatchObject({ code: 'USAGE' });
  }
});

test('sources: a missing place is an error that says how to make one', async () => {
  const source = await openSource('/nowhere/at/all');
  await expect(source.search({})).rejects.toMatchObject({
    code: 'STORE_MISSING',
    message: expect.stringContaining('--import @agentlog/otel/register'),
  });
});

const { spans, logs } = randomTelemetry(20_261_121, 300);

/** The same random telemetry in every kind of source; a new one is a line here. */
const random: Record<string, () => TraceSource | Promise<TraceSource>> = {
  'jsonl, many files': () => new JsonlSource(directoryOf(chunks(spans, 97), chunks(logs, 41))),
  'jsonl, compacted': async () => {
    const directory = storeOf(chunks(spans, 97), chunks(logs, 41));
    await compactStore(directory);
    return new JsonlSource(directory);
  },
  'jsonl, half of it compacted': async () => {
    const directory = storeOf(chunks(spans.slice(0, 600), 97), chunks(logs.slice(0, 100), 41));
    await compactStore(directory, { batchBytes: 100_000 });
    storeOf(chunks(spans.slice(600), 97), chunks(logs.slice(100), 41), directory);
    return new JsonlSource(directory);
  },
  'jsonl, one file': () => new JsonlSource(directoryOf([spans], [logs])),
  'jsonl, sealed, every other without its sidecar': async () => {
    const directory = storeOf(chunks(spans, 97), chunks(logs, 41));
    await sealAll(directory, () => true);
    const sidecars = readdirSync(directory).filter((name) => name.endsWith('.idx'));
    for (const name of sidecars.filter((_, index) => index % 2 === 0)) rmSync(join(directory, name));
    return new JsonlSource(directory);
  },
  'jsonl, compacted, sealed and hot': async () => {
    const directory = storeOf(chunks(spans.slice(0, 500), 97), chunks(logs.slice(0, 80), 41));
    await sealAll(directory, (_, index) => index % 2 === 0);
    await compactStore(directory, { batchBytes: 100_000 });
    storeOf(chunks(spans.slice(500), 97), chunks(logs.slice(80), 41), directory);
    await sealAll(directory, (_, index) => index % 2 === 0);
    return new JsonlSource(directory);
  },
  'jsonl, compressed by others': () => {
    const directory = directoryOf(chunks(spans, 97), chunks(logs, 41));
    for (const [index, name] of readdirSync(directory).entries()) {
      const content = readFileSync(join(directory, name));
      const half = content.indexOf('\n', content.length / 2) + 1;
      const parts = [content.subarray(0, half), content.subarray(half)];
      const [pack, suffix] = index % 2 === 0 ? [gzipSync, '.gz'] : [zstdCompressSync, '.zst'];
      writeFileSync(join(directory, name + suffix), Buffer.concat(parts.map((part) => pack(part))));
      rmSync(join(directory, name));
    }
    return new JsonlSource(directory);
  },
  'jsonl, frames of the collector': () => {
    const messages = [
      ...chunks(spans, 31).map((part) => [spansProto(part), JSON.stringify(spansRequest(part))] as const),
      ...chunks(logs, 31).map((part) => [logsProto(part), JSON.stringify(logsRequest(part))] as const),
    ];
    const byKind = (kind: number): Buffer =>
      framed(
        ...messages.flatMap(([proto, json], index) => {
          const packed = [proto, zstdCompressSync(proto), zstdCompressSync(Buffer.from(json))];
          return index % packed.length === kind ? [packed[kind] as Buffer] : [];
        }),
      );
    const files = { 'a.pb': byKind(0), 'b.pb': byKind(1), 'c.json': byKind(2) };
    return new JsonlSource(temporaryDirectory(files));
  },
};

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** The same as a store of ours, written by processes that are gone. */
function storeOf(spanFiles: Span[][], logFiles: LogRecord[][], into?: string): string {
  const directory = directoryOf(spanFiles, logFiles);
  const target = into ?? temporaryDirectory();
  for (const name of readdirSync(directory)) {
    const [, signal = ''] = /\.(traces|logs)\./.exec(name) ?? [];
    const random = randomBytes(4).toString('hex');
    const startedAt = new Date(1_795_250_400_000);
    const ours = makeFileName({ startedAt, pid: 4_194_305, random, signal: signal as 'traces' });
    renameSync(join(directory, name), join(target, ours));
  }
  return target;
}

async function sealAll(directory: string, isSealed: (name: string, index: number) => boolean): Promise<void> {
  const names = readdirSync(directory).filter((name) => name.endsWith('.jsonl'));
  for (const name of names.filter(isSealed)) await sealFile(join(directory, name));
}

/** Files of a few lines each, as several processes write them. */
function directoryOf(spanFiles: Span[][], logFiles: LogRecord[][]): string {
  const linesOf = <T>(items: T[], request: (part: T[]) => object): string =>
    chunks(items, 10)
      .map((part) => `${JSON.stringify(request(part))}\n`)
      .join('');
  const files = [
    ...spanFiles.map((part, index) => [`${index}.traces.jsonl`, linesOf(part, spansRequest)]),
    ...logFiles.map((part, index) => [`${index}.logs.jsonl`, linesOf(part, logsRequest)]),
  ];
  return temporaryDirectory(Object.fromEntries(files));
}

describe.each(Object.entries(random))('sources: random telemetry in %s', (_, open) => {
  const expected = new MemorySource(spans, logs);

  test('every trace is the same, field by field', async () => {
    const source = await open();
    const ids = [...new Set(spans.map((span) => span.traceId))].slice(0, 40);
    for (const id of ids) {
      expect(plain((await source.trace(id)).trace)).toEqual(plain((await expected.trace(id)).trace));
    }
  });

  test('every search is the same', async () => {
    const source = await open();
    for (const query of TRACE_QUERIES) {
      const { coverage: _a, traceCount: _b, isCut: _c, ...answer } = await source.search(query);
      const { coverage: _d, traceCount: _e, isCut: _f, ...reference } = await expected.search(query);
      expect(answer, inspect(query)).toEqual(reference);
    }
  });

  test('pages join to the whole listing, in every order, also while traces arrive', async () => {
    for (const order of TRACE_ORDERS) {
      const source = await open();
      const whole = await expected.search({ order, limit: 1_000 });
      const pages: string[] = [];
      for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page += 1) {
        const answer = await source.search({ order, limit: 37, ...(cursor !== undefined && { cursor }) });
        pages.push(...answer.traces.map((trace) => trace.traceId));
        cursor = answer.nextCursor;
      }
      expect(pages).toEqual(whole.traces.map((trace) => trace.traceId));
    }
  });

  test('every aggregate is the same', async () => {
    const source = await open();
    for (const query of AGGREGATE_QUERIES) {
      const answer = await source.aggregate(query);
      const reference = await expected.aggregate(query);
      expect(answer.groupCount, inspect(query)).toBe(reference.groupCount);
      expectAlike(answer.rows, reference.rows, inspect(query));
    }
  });

  test('every log search is the same', async () => {
    const source = await open();
    for (const query of LOG_QUERIES) {
      const { coverage: _a, ...answer } = await source.logs(query);
      const { coverage: _b, ...reference } = await expected.logs(query);
      expect(answer, inspect(query)).toEqual(reference);
    }
  });

  test('what is read whole is everything, also of a part of time', async () => {
    const middle = spans[Math.floor(spans.length / 2)]?.startTimeUnixNano ?? 0n;
    for (const window of [{}, { sinceUnixNano: middle }, { untilUnixNano: middle }]) {
      expect(await everything(await open(), window)).toEqual(await everything(expected, window));
    }
  });

  test('what means nothing is refused, not answered', async () => {
    const source = await open();
    const wrong = [
      () => source.search({ where: { attributes: [{ key: 'a', op: 'matches', pattern: '(' }] } }),
      () => source.search({ where: { attributes: [{ key: 'a', op: 'matches', pattern: '(a+)+$' }] } }),
      () => source.search({ where: { attributes: [{ key: 'a', op: 'matches', pattern: '(?=a)' }] } }),
      () => source.search({ cursor: 'bm90IG91cnM' }),
      () => source.search({ where: { httpStatus: 'abc' } }),
      () => source.aggregate({ groupBy: [], measures: [] }),
      () => source.aggregate({ groupBy: ['toString' as 'service'], measures: [{ name: 'count' }] }),
      () => source.logs({ attributes: [{ key: 'a', op: 'matches', pattern: '[' }] }),
    ];
    for (const ask of wrong) await expect(ask()).rejects.toMatchObject({ code: 'USAGE' });
  });
});

/** Sums of doubles depend on the order of adding in the last digits. */
function expectAlike(
  answer: readonly AggregateRow[],
  reference: readonly AggregateRow[],
  query: string,
): void {
  expect(
    answer.map((row) => row.group),
    query,
  ).toEqual(reference.map((row) => row.group));
  const close = (value: number | null): unknown =>
    value === null
      ? null
      : expect.closeTo(value, Math.max(0, 9 - Math.ceil(Math.log10(Math.abs(value) + 1))));
  expect(
    answer.map((row) => row.values),
    query,
  ).toEqual(reference.map((row) => row.values.map(close)));
}
