import { symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newTally } from '../../src/store/coverage.ts';
import { listFiles } from '../../src/store/files.ts';
import { CANDIDATE_LIMIT, type Lookup, lookupTrace } from '../../src/store/lookup.ts';
import { scanFile } from '../../src/store/scan.ts';
import { Story } from '../traces/otlp.ts';
import { temporaryDirectory } from './temporary.ts';

const SERVICE = { 'service.name': 'shop' };
const ID = 'aaaaaaaa11111111aaaaaaaa11111111';
const OTHER_ID = 'bbbbbbbb22222222bbbbbbbb22222222';
const story = new Story(ID);
const other = new Story(OTHER_ID);

async function lookup(directory: string, prefix: string): Promise<Lookup> {
  return lookupTrace((await listFiles(directory)).files, prefix);
}

function line(of: Story, id: number, attributes: Record<string, string> = {}): string {
  return of.spans(SERVICE, [{ id, name: `span ${id}`, at: id, ms: 1, attributes }]);
}

test('store: the spans and logs of a trace are found across files of several processes, and nothing else', async () => {
  const directory = temporaryDirectory({
    '20261121T084007Z-1-00000001.traces.jsonl': `${line(story, 1)}\n${line(other, 2)}\n`,
    '20261121T084007Z-2-00000002.traces.jsonl': `${line(other, 3)}\n${line(story, 4)}\n`,
    '20261121T084007Z-2-00000002.logs.jsonl': `${story.logs(SERVICE, [{ at: 1, severity: 9, body: 'here' }])}\n`,
    '20261121T084007Z-2-00000002.metrics.jsonl': '{"resourceMetrics":[]}\n',
  });
  const found = await lookup(directory, ID);
  expect(found.traceIds).toEqual([ID]);
  expect(found.spans.map((span) => span.name).sort()).toEqual(['span 1', 'span 4']);
  expect(found.logs.map((log) => log.body)).toEqual(['here']);
  expect(found.tally).toMatchObject({
    fileCount: 3,
    unneededFileCount: 1,
    corruptLineCount: 0,
    tornLineCount: 0,
  });
});

test('store: a line that names the id in an attribute or a link only is not the trace’s own', async () => {
  const quoting = other.spans(SERVICE, [
    { id: 5, name: 'quotes', at: 0, ms: 1, attributes: { related: ID }, links: [{ traceId: ID }] },
  ]);
  const directory = temporaryDirectory({ 'a.jsonl': `${quoting}\n` });
  expect((await lookup(directory, ID)).traceIds).toEqual([]);
});

test('store: a line with spans of several traces gives only those of the one asked for', async () => {
  const both = JSON.stringify({
    resourceSpans: [line(story, 1), line(other, 2)].flatMap((text) => JSON.parse(text).resourceSpans),
  });
  const directory = temporaryDirectory({ 'a.jsonl': `${both}\n` });
  expect((await lookup(directory, ID)).spans.map((span) => span.name)).toEqual(['span 1']);
});

test('store: upper-case ids, carriage returns, blank lines and a byte order mark are read', async () => {
  const upper = line(story, 1).replaceAll(ID, ID.toUpperCase());
  const directory = temporaryDirectory({ 'a.jsonl': `\ufeff${upper}\r\n\r\n\n${line(story, 2)}\r\n` });
  const found = await lookup(directory, ID);
  expect(found.spans).toHaveLength(2);
  expect(found.tally.corruptLineCount).toBe(0);
});

test('store: a unique prefix finds the trace, an ambiguous one names the candidates and no spans', async () => {
  const twin = new Story(`aaaaaaaa${'3'.repeat(24)}`);
  const directory = temporaryDirectory({ 'a.jsonl': `${line(story, 1)}\n${line(twin, 2)}\n` });
  expect((await lookup(directory, 'aaaaaaaa1')).spans).toHaveLength(1);
  const ambiguous = await lookup(directory, 'aaaaaaaa');
  expect(ambiguous.traceIds).toEqual([ID, twin.traceId]);
  expect(ambiguous.spans).toEqual([]);
});

test('store: a prefix that thousands of traces share is answered with a bounded list', async () => {
  const lines = Array.from({ length: 3_000 }, (_, index) =>
    line(new Story(`cccccccc${index.toString(16).padStart(24, '0')}`), 1),
  );
  const directory = temporaryDirectory({ 'a.jsonl': `${lines.join('\n')}\n` });
  const found = await lookup(directory, 'cccccccc');
  expect(found.traceIds).toHaveLength(CANDIDATE_LIMIT);
  expect(found.spans).toEqual([]);
});

test('store: a torn last line and corrupt lines in the middle are skipped and counted', async () => {
  const directory = temporaryDirectory({
    'a.jsonl': [
      line(story, 1),
      line(story, 2).slice(0, -40),
      '\0\0\0\0',
      'plain text',
      `{"resourceSpans":"${ID}"`,
      `{"neither":"${ID}"}`,
      line(story, 3),
      line(story, 4).slice(0, -1),
    ].join('\n'),
  });
  const found = await lookup(directory, ID);
  expect(found.spans.map((span) => span.name)).toEqual(['span 1', 'span 3']);
  expect(found.tally).toMatchObject({ corruptLineCount: 5, tornLineCount: 1 });
});

test('store: a last line that only lacks its line break is whole', async () => {
  const directory = temporaryDirectory({ 'a.jsonl': line(story, 1) });
  expect((await lookup(directory, ID)).tally).toMatchObject({ spanCount: 1, tornLineCount: 0 });
});

test('store: lines longer than a chunk are read whole, wherever the chunks end', async () => {
  const filler = 'x'.repeat(2_500_000);
  const directory = temporaryDirectory({
    'a.jsonl': [line(other, 1), line(story, 2, { filler }), line(other, 3, { filler }), line(story, 4)].join(
      '\n',
    ),
  });
  const found = await lookup(directory, ID);
  expect(found.spans.map((span) => span.name)).toEqual(['span 2', 'span 4']);
  expect(found.spans[0]?.attributes.filler).toBe(filler);
});

test('store: when whoever takes the records fails, that is told, and the file not called unreadable', async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'a.jsonl'), '{"resourceSpans":[]}\n');
  const { files } = await listFiles(directory);
  const failure = new Error('no room');
  const tally = newTally();
  const onChunk = async (): Promise<void> => {
    throw failure;
  };
  for (const file of files) {
    await expect(scanFile(file, { onLine: () => undefined, onChunk }, tally)).rejects.toBe(failure);
  }
  expect(tally.skippedFileCount).toBe(0);
});

test('store: a line beyond the limit is skipped and counted, and the next one is read', async () => {
  const huge = Buffer.concat([
    Buffer.from(`{"${ID}":"`),
    Buffer.alloc(34 * 1024 * 1024, 0x78),
    Buffer.from('"}\n'),
  ]);
  const directory = temporaryDirectory({
    'a.jsonl': Buffer.concat([huge, Buffer.from(`${line(story, 1)}\n`)]),
  });
  const found = await lookup(directory, ID);
  expect(found.tally).toMatchObject({ longLineCount: 1, corruptLineCount: 0 });
  expect(found.spans).toHaveLength(1);
});

test('store: bytes that are not UTF-8 cost neither the line nor the file', async () => {
  const [head = '', tail = ''] = line(story, 1, { raw: 'HERE' }).split('HERE');
  const bytes = Buffer.concat([Buffer.from(head), Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from(`${tail}\n`)]);
  const directory = temporaryDirectory({ 'a.jsonl': bytes });
  expect((await lookup(directory, ID)).spans).toHaveLength(1);
});

test('store: a file that goes between listing and reading (rotation) is no failure', async () => {
  const directory = temporaryDirectory({
    'a.jsonl': `${line(story, 1)}\n`,
    'b.jsonl': `${line(story, 2)}\n`,
  });
  const { files } = await listFiles(directory);
  unlinkSync(join(directory, 'a.jsonl'));
  const found = await lookupTrace(files, ID);
  expect(found.spans.map((span) => span.name)).toEqual(['span 2']);
  expect(found.tally.skippedFileCount).toBe(0);
});

test('store: a symbolic link and a directory named like a file are skipped and counted', async () => {
  const outside = temporaryDirectory({ 'secret.jsonl': `${line(story, 1)}\n` });
  const directory = temporaryDirectory({ 'a.jsonl': `${line(story, 2)}\n`, 'd.traces.jsonl/x': '' });
  symlinkSync(join(outside, 'secret.jsonl'), join(directory, 'link.jsonl'));
  const listing = await listFiles(directory);
  expect(listing.files.map((file) => file.name)).toEqual(['a.jsonl']);
  expect(listing.skippedCount).toBe(2);
});

test('store: a .json document over many lines is read', async () => {
  const document = JSON.stringify(JSON.parse(line(story, 1)), null, 2);
  const directory = temporaryDirectory({ 'export.json': document });
  expect((await lookup(directory, ID)).spans).toHaveLength(1);
});
