import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRecords } from '../../src/commands/read-records.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import type { TraceSource, Window } from '../../src/sources/source.ts';

const TRACES = join(import.meta.dirname, '../traces');

/** A source that cannot list everything, as a backend is. */
function withoutRead(): TraceSource {
  const source = new JsonlSource(TRACES);
  const { name } = source;
  return {
    name,
    capabilities: () => source.capabilities(),
    trace: (id) => source.trace(id),
    search: (query) => source.search({ ...query, limit: 2 }),
    aggregate: (query) => source.aggregate(query),
    logs: (query) => source.logs(query),
    close: () => source.close(),
  };
}

async function idsOf(source: TraceSource, window: Window): Promise<string[]> {
  const ids: string[] = [];
  const coverage = await readRecords(source, window, ({ spans }) => {
    for (const { traceId, spanId } of spans) ids.push(`${traceId} ${spanId}`);
  });
  expect(coverage.spanCount).toBeGreaterThan(0);
  return ids.sort();
}

test('read: a source that cannot list everything is asked page by page, and gives the same', async () => {
  const all = await idsOf(new JsonlSource(TRACES), {});
  expect(await idsOf(withoutRead(), {})).toEqual(all);
  expect(new Set(all).size).toBe(all.length);
  const untilUnixNano = 1_795_250_408_140_000_000n;
  const some = await idsOf(new JsonlSource(TRACES), { untilUnixNano });
  expect(await idsOf(withoutRead(), { untilUnixNano })).toEqual(some);
  expect(some.length).toBeLessThan(all.length);
});
