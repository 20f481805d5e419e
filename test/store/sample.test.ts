import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFileName } from '../../src/core/layout.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { compactStore } from '../../src/store/parquet/compact.ts';
import { Story } from '../traces/otlp.ts';
import { temporaryDirectory } from './temporary.ts';

const GONE = 4_194_305;
const SPANS = 50;
const FILES = 12;
const MINUTE_MS = 60_000;

/** A store of as many Parquet files as there are minutes: a trace in each, whose first span ends before it begins. */
async function compacted(): Promise<JsonlSource> {
  const directory = temporaryDirectory();
  for (let minute = 0; minute < FILES; minute += 1) {
    const story = new Story(minute.toString(16).padStart(32, 'a'), minute * MINUTE_MS);
    const spans = Array.from({ length: SPANS }, (_, index) => ({
      id: index + 1,
      name: `span ${index % 5}`,
      at: index * 1_000,
      ms: index === 0 ? -30_000 : 1,
    }));
    const random = randomBytes(4).toString('hex');
    const startedAt = new Date(1_795_250_400_000 + minute);
    const name = makeFileName({ startedAt, pid: GONE, random, signal: 'traces' });
    writeFileSync(join(directory, name), `${story.spans({ 'service.name': 'shop' }, spans)}\n`);
    await compactStore(directory);
  }
  return new JsonlSource(directory);
}

test('store: numbers of a window come out of the files that can hold it, and are those of all files', async () => {
  const source = await compacted();
  const minutes = await source.aggregate({ groupBy: ['minute'], measures: [{ name: 'count' }], limit: 100 });
  expect(minutes).toMatchObject({ accuracy: 'exact', groupCount: FILES });
  for (const { group, values } of minutes.rows) {
    const start = BigInt(Date.parse(String(group[0]))) * 1_000_000n;
    const query = { sinceUnixNano: start, untilUnixNano: start + 60_000_000_000n };
    const one = await source.aggregate({ ...query, groupBy: [], measures: [{ name: 'count' }] });
    expect(one.rows[0]?.values).toEqual(values);
    expect(one.coverage).toMatchObject({ fileCount: 1, unneededFileCount: FILES - 1 });
  }
});

test('store: where enough spans are asked for, an even part of the files answers and says so', async () => {
  const source = await compacted();
  const query = { groupBy: ['minute'], measures: [{ name: 'count' }], limit: 100 } as const;
  const some = await source.aggregate({ ...query, enough: 4 * SPANS });
  expect(some).toMatchObject({ accuracy: 'sampled', isCut: true, groupCount: 4 });
  const minutes = some.rows.map(({ group }) => new Date(String(group[0])).getMinutes()).sort((a, b) => a - b);
  expect(minutes.map((minute) => minute - (minutes[0] as number))).toEqual([0, 3, 6, 9]);
  const all = await source.aggregate({ ...query, enough: FILES * SPANS });
  expect(all).toMatchObject({ accuracy: 'exact', groupCount: FILES });
  expect(all).not.toHaveProperty('isCut');
});
