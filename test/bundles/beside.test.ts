import { expect, test } from 'vitest';
import { makeBundle } from '../../src/bundles/index.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import type { Span } from '../../src/core/span.ts';
import { loadFormat } from '../../src/formats/index.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import type { AggregateAnswer, AggregateQuery } from '../../src/sources/source.ts';
import { Story, type Values } from '../traces/otlp.ts';

const ID = 'f00df00df00df00df00df00df00df00d';

/** A request of so many ms that began `earlierMs` before the one that is asked for. */
function request(id: string, name: string, earlierMs: number, ms: number, attributes: Values = {}): Span[] {
  const span = {
    id: 1,
    name,
    kind: 2,
    at: 0,
    ms,
    attributes,
    ...(attributes['error.type'] !== undefined && { error: true as const }),
  };
  return [...decodeLine(new Story(id, -earlierMs).spans({ 'service.name': 'shop' }, [span])).spans];
}
const idOf = (n: number): string => n.toString(16).padStart(32, 'a');

test('beside it: who ran at the same time and who failed shortly before stand by name, those far away do not', async () => {
  const secret = ['hunter', '2x'].join('');
  const source = new MemorySource([
    ...request(ID, 'POST /transfers', 0, 500, { 'error.type': '40P01' }),
    ...request(idOf(1), 'POST /transfers', 40, 600, { 'http.response.status_code': 200 }),
    ...[2, 3, 4].flatMap((n) =>
      request(idOf(n), 'GET /tickets/:id', n * 1_000, 5, { 'error.type': 'NotFound' }),
    ),
    ...request(idOf(5), 'GET /health', 500, 1, { 'http.response.status_code': 200 }),
    ...request(idOf(9), 'pg-pool.connect', 700, 1),
    // Its answer was out before it ended.
    ...request(idOf(10), 'GET /just-before', 30, 34, { 'http.response.status_code': 200 }),
    ...request(idOf(6), `GET /x?password=${secret}`, -100, 10),
    ...request(idOf(7), 'GET /long-ago', 120_000, 5, { 'error.type': 'Error' }),
    ...request(idOf(8), 'GET /later', -5_000, 5),
  ]);
  const bundle = await makeBundle(source, ID);
  expect(
    bundle.beside.map(({ rootName, count, isAtSameTime, traceId }) => [
      rootName,
      count,
      isAtSameTime,
      traceId,
    ]),
  ).toEqual([
    ['GET /tickets/:id', 3, false, idOf(2)],
    ['GET /x?password=[REDACTED:credential]', 1, true, idOf(6)],
    ['POST /transfers', 1, true, idOf(1)],
    ['GET /just-before', 1, false, idOf(10)],
    ['GET /health', 1, false, idOf(5)],
  ]);
  const text = (await loadFormat('markdown')).render(bundle);
  expect(text).toContain(`at the same time: "POST /transfers" 600ms status 200 ${idOf(1)}`);
  expect(text).toContain(
    `2000ms before: "GET /tickets/:id" 5ms ERROR NotFound ${idOf(2)} and 2 more like it`,
  );
  expect(text).not.toContain(secret);
});

test('beside it: of a store with very many spans it is not asked, and the bundle says so', async () => {
  const small = new MemorySource([...request(ID, 'GET /a', 0, 5), ...request(idOf(1), 'GET /b', 9, 20)]);
  expect((await makeBundle(small, ID)).beside).toHaveLength(1);
  const large = new (class extends MemorySource {
    override async aggregate(query: AggregateQuery): Promise<AggregateAnswer> {
      return { ...(await super.aggregate(query)), isCut: true };
    }
  })([...request(ID, 'GET /a', 0, 5), ...request(idOf(1), 'GET /b', 9, 20)]);
  const bundle = await makeBundle(large, ID);
  expect(bundle.beside).toEqual([]);
  expect(bundle.omissions).toContainEqual(expect.objectContaining({ what: 'what ran beside it', count: 1 }));
});
