import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { makeFileName } from '../../src/core/layout.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { sealFile } from '../../src/exporters/jsonl/seal.ts';
import { listFiles } from '../../src/store/files.ts';
import { type Lookup, lookupTrace } from '../../src/store/lookup.ts';
import { framed, spansProto } from '../core/otlp/encode-proto.ts';
import { Story } from '../traces/otlp.ts';
import { temporaryDirectory } from './temporary.ts';

const SERVICE = { 'service.name': 'shop' };
const ID = 'aaaaaaaa11111111aaaaaaaa11111111';
const NAME = makeFileName({ startedAt: new Date(0), pid: 4_194_305, random: '00000001', signal: 'traces' });

function line(number: number, traceId = ID): string {
  return `${new Story(traceId).spans(SERVICE, [{ id: number, name: `span ${number}`, at: 0, ms: 1 }])}\n`;
}

function linesOf(count: number): string {
  return Array.from({ length: count }, (_, index) => line(index + 1)).join('');
}

async function lookup(place: string, prefix = ID): Promise<Lookup> {
  return lookupTrace((await listFiles(place)).files, prefix);
}

test('store: a compressed file that breaks off gives what was before, and is counted as damaged', async () => {
  // Random filler: what compresses well breaks off before its first byte.
  const filler = Array.from({ length: 400 }, (_, index) =>
    line(index + 1, crypto.randomUUID().replaceAll('-', '')),
  ).join('');
  for (const [pack, name] of [
    [gzipSync, 'a.jsonl.gz'],
    [zstdCompressSync, 'a.jsonl.zst'],
  ] as const) {
    const packed = pack(Buffer.from(line(1) + filler.repeat(40)));
    const directory = temporaryDirectory({
      [name]: packed.subarray(0, packed.length - 20),
      'b.jsonl': line(2),
    });
    const { spans, tally } = await lookup(directory);
    expect(spans.map((span) => span.name)).toEqual(['span 1', 'span 2']);
    expect(tally).toMatchObject({ fileCount: 2, damagedFileCount: 1, corruptLineCount: 0, tornLineCount: 0 });
  }
});

test('store: bytes that only claim to be compressed, and rubbish behind them, are damage and no failure', async () => {
  const directory = temporaryDirectory({
    'a.jsonl.gz': Buffer.from('1f8b0800ffffffffffffffffffffff', 'hex'),
    'b.jsonl.zst': Buffer.from('28b52ffdffffffffffffffffff', 'hex'),
    'c.jsonl.zst': Buffer.concat([zstdCompressSync(Buffer.from(line(1))), Buffer.from('rubbish behind it')]),
    'd.jsonl.zst': line(2),
    'e.jsonl': gzipSync(line(3)),
    'f.jsonl.gz': Buffer.alloc(0),
  });
  const { spans, tally } = await lookup(directory);
  expect(spans.map((span) => span.name)).toEqual(['span 1', 'span 2', 'span 3']);
  expect(tally).toMatchObject({ fileCount: 6, damagedFileCount: 3 });
});

test('store: a file far larger than it looks is read in bounded memory', async () => {
  const huge = zstdCompressSync(
    Buffer.concat([Buffer.from(line(1)), Buffer.alloc(300_000_000, 0x20), Buffer.from(`\n${line(2)}`)]),
  );
  const directory = temporaryDirectory({ 'a.jsonl.zst': huge });
  const before = process.memoryUsage().rss;
  const { spans, tally } = await lookup(directory);
  expect(spans).toHaveLength(2);
  expect(tally.longLineCount).toBe(1);
  expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
});

test('store: a sidecar spares a lookup the file; a missing, damaged or foreign one only costs time', async () => {
  const directory = temporaryDirectory({ [NAME]: linesOf(50) });
  await sealFile(join(directory, NAME));
  const other = 'bbbbbbbb22222222bbbbbbbb22222222';
  const unneeded = async (): Promise<number> => (await lookup(directory, other)).tally.unneededFileCount;
  expect(await unneeded()).toBe(1);
  expect((await lookup(directory, ID.slice(0, 8))).spans).toHaveLength(50);
  const place = join(directory, `${NAME}.idx`);
  const good = readFileSync(place, 'utf8');
  const sealedOther = temporaryDirectory({ [NAME]: line(1, other) });
  await sealFile(join(sealedOther, NAME));
  const foreign = readFileSync(join(sealedOther, `${NAME}.idx`), 'utf8');
  for (const text of [
    '',
    'x',
    good.slice(0, -3),
    good.replace('"lineCount":50', '"lineCount":51'),
    foreign,
    '\n\n',
    `${good}x`,
  ]) {
    writeFileSync(place, text);
    expect(await unneeded()).toBe(0);
    expect((await lookup(directory)).spans).toHaveLength(50);
  }
  rmSync(place);
  expect((await lookup(directory)).spans).toHaveLength(50);
  const elsewhere = temporaryDirectory({ idx: good });
  symlinkSync(join(elsewhere, 'idx'), place);
  expect(await unneeded()).toBe(0);
});

test('store: while a file is sealed one of its two forms is listed, the sealed one when both are there', async () => {
  const directory = temporaryDirectory({
    [NAME]: linesOf(3),
    [`${NAME}.zst`]: zstdCompressSync(Buffer.from(linesOf(3))),
  });
  const { files } = await listFiles(directory);
  expect(files.map(({ name }) => name)).toEqual([`${NAME}.zst`]);
  expect((await lookup(directory)).spans).toHaveLength(3);
});

test('store: frames in protobuf are read by path whatever the name; a torn, a damaged and an endless one are counted', async () => {
  const { spans } = decodeLine(line(1));
  const message = spansProto(spans);
  const damaged = Buffer.from(message).fill(0xff, 4, 12);
  const endless = Buffer.from('7fffffff', 'hex');
  const directory = temporaryDirectory({
    'collector.out': framed(message, Buffer.alloc(0), damaged, message),
    'torn.out': framed(message, message).subarray(0, -5),
    'endless.out': Buffer.concat([framed(message), endless, message]),
    'packed.out': gzipSync(framed(message, message)),
  });
  const found = async (name: string) => {
    const { spans: read, tally } = await lookup(join(directory, name));
    return [read.length, tally.corruptLineCount, tally.tornLineCount, tally.longLineCount];
  };
  expect(await found('collector.out')).toEqual([2, 1, 0, 0]);
  expect(await found('torn.out')).toEqual([1, 0, 1, 0]);
  expect(await found('endless.out')).toEqual([1, 0, 0, 1]);
  expect(await found('packed.out')).toEqual([2, 0, 0, 0]);
});

test('store: a .json document over many lines is read from gzip as well', async () => {
  const document = JSON.stringify(JSON.parse(line(1)), null, 2);
  const directory = temporaryDirectory({ 'export.json.gz': gzipSync(`\ufeff${document}`) });
  expect((await lookup(directory)).spans).toHaveLength(1);
  renameSync(join(directory, 'export.json.gz'), join(directory, 'export.json'));
  expect((await lookup(directory)).spans).toHaveLength(1);
});
