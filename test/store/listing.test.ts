import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles } from '../../src/store/files.ts';
import { type Listing, listTraces } from '../../src/store/listing.ts';
import type { TraceQuery } from '../../src/store/query/query.ts';
import { Story } from '../traces/otlp.ts';
import { temporaryDirectory } from './temporary.ts';

const SERVICE = { 'service.name': 'shop' };

function idOf(number: number): string {
  return `e${number.toString(16).padStart(31, '0')}`;
}

async function list(directory: string, query: TraceQuery = {}): Promise<Listing> {
  return listTraces((await listFiles(directory)).files, query);
}

test('store: a summary joins the spans of a trace from all files and knows its root', async () => {
  const story = new Story(idOf(1));
  const directory = temporaryDirectory({
    'a.jsonl': `${story.spans({ 'service.name': 'payments' }, [
      {
        id: 2,
        parent: 1,
        name: 'POST /charge',
        at: 10,
        ms: 20,
        error: 'no',
        events: [{ name: 'exception', at: 11, attributes: { 'exception.type': 'CardDeclined' } }],
      },
    ])}\n`,
    'b.jsonl': `${story.spans(SERVICE, [
      { id: 1, name: 'POST /checkout', at: 0, ms: 40, attributes: { 'http.response.status_code': 500 } },
    ])}\n`,
  });
  const { traces } = await list(directory);
  expect(traces).toEqual([
    {
      traceId: idOf(1),
      startTimeUnixNano: 1_795_250_407_123_000_000n,
      durationMs: 40,
      rootName: 'POST /checkout',
      rootService: 'shop',
      hasRoot: true,
      httpStatusCode: 500,
      errorCount: 1,
      errorType: 'CardDeclined',
      spanCount: 2,
      services: ['payments', 'shop'],
    },
  ]);
});

test('store: without its root a trace goes by its earliest span', async () => {
  const story = new Story(idOf(1));
  const directory = temporaryDirectory({
    'a.jsonl': story.spans(SERVICE, [
      { id: 3, parent: 2, name: 'later', at: 5, ms: 1 },
      { id: 2, parent: 1, name: 'earlier', at: 2, ms: 9 },
    ]),
  });
  expect((await list(directory)).traces).toMatchObject([{ rootName: 'earlier', hasRoot: false }]);
});

test('store: newest first, with --errors, --since and --limit', async () => {
  const lines = Array.from({ length: 30 }, (_, index) =>
    new Story(idOf(index + 1), index * 1_000).spans(SERVICE, [
      { id: 1, name: `r${index}`, at: 0, ms: 1, ...(index % 10 === 0 && { error: true }) },
    ]),
  );
  const directory = temporaryDirectory({ 'a.jsonl': lines.join('\n') });
  expect((await list(directory)).traces.map((each) => each.rootName).slice(0, 3)).toEqual([
    'r29',
    'r28',
    'r27',
  ]);
  expect(await list(directory)).toMatchObject({ matchCount: 30, traceCount: 30, isCut: false });
  const failed = await list(directory, { errorsOnly: true });
  expect(failed.traces.map((each) => each.rootName)).toEqual(['r20', 'r10', 'r0']);
  const sinceUnixNano = 1_795_250_407_123_000_000n + 28_000_000_000n;
  expect((await list(directory, { sinceUnixNano })).traces.map((each) => each.rootName)).toEqual([
    'r29',
    'r28',
  ]);
  expect((await list(directory, { limit: 1 })).traces).toHaveLength(1);
});

test('store: files written before the newest traces began are left unread, and that is said', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 5 }, (_, index) => [
      `${index}.jsonl`,
      new Story(idOf(index + 1), index * 60_000).spans(SERVICE, [{ id: 1, name: `r${index}`, at: 0, ms: 1 }]),
    ]),
  );
  const directory = temporaryDirectory(files);
  for (let index = 0; index < 5; index += 1) {
    const written = 1_795_250_407 + index * 60 + 1;
    utimesSync(join(directory, `${index}.jsonl`), written, written);
  }
  const { traces, isCut, tally } = await list(directory, { limit: 2 });
  expect(traces.map((each) => each.rootName)).toEqual(['r4', 'r3']);
  expect(isCut).toBe(true);
  expect(tally.unneededFileCount).toBe(3);
  expect(await list(directory, { limit: 5 })).toMatchObject({ matchCount: 5, isCut: false });
});

test('store: an empty directory is an empty listing', async () => {
  expect(await list(temporaryDirectory())).toMatchObject({ traces: [], matchCount: 0, traceCount: 0 });
});
