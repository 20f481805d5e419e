import { expect, test } from 'vitest';
import type { Bundle } from '../../src/bundles/bundle.ts';
import { makeBundle } from '../../src/bundles/index.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import type { Span } from '../../src/core/span.ts';
import { loadFormat } from '../../src/formats/index.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { Story, type StorySpan, type Values } from '../traces/otlp.ts';

const ID = 'f00df00df00df00df00df00df00df00d';
const route = { 'http.request.method': 'POST', 'http.route': '/orders/:id/pay', 'url.path': '/orders/5/pay' };
const entry: StorySpan = { id: 1, name: 'POST /orders/:id/pay', kind: 2, at: 0, ms: 900, attributes: route };
const charge = (id: number, at: number, rest: Partial<StorySpan> = {}, method = 'POST'): StorySpan => ({
  id,
  parent: 1,
  name: method,
  kind: 3,
  at,
  ms: 400,
  attributes: {
    'http.request.method': method,
    'url.full': 'http://10.0.0.9/charges',
    'server.address': '10.0.0.9',
  },
  ...rest,
});
const query = (id: number, at: number, text: string, rest: Partial<StorySpan> = {}): StorySpan => ({
  id,
  parent: 1,
  name: text.split(' ')[0] as string,
  kind: 3,
  at,
  ms: 5,
  attributes: { 'db.system.name': 'postgresql', 'db.query.text': text },
  ...rest,
});

function spansOf(spans: readonly StorySpan[], id = ID, at = 0, resource: Values = {}): Span[] {
  return [...decodeLine(new Story(id, at).spans({ 'service.name': 'shop', ...resource }, spans)).spans];
}
const bundleOf = (spans: readonly StorySpan[], others: readonly Span[] = []): Promise<Bundle> =>
  makeBundle(new MemorySource([...spansOf(spans), ...others]), ID);
const rulesOf = async (...spans: readonly StorySpan[]): Promise<string[]> =>
  (await bundleOf([entry, ...spans])).hypotheses.map(({ rule }) => rule);

test('quiet faults: a write that was sent again after an unknown end is told; a read, or one that was refused, is not', async () => {
  const lost = { error: 'aborted due to timeout', ms: 300 } as const;
  expect(await rulesOf(charge(2, 5, lost), charge(3, 400))).toContain('resent-write');
  expect(await rulesOf(charge(2, 5, lost, 'GET'), charge(3, 400, {}, 'GET'))).not.toContain('resent-write');
  const { attributes } = charge(2, 5);
  const refused = {
    error: true,
    ms: 300,
    attributes: { ...attributes, 'http.response.status_code': 429 },
  } as const;
  expect(await rulesOf(charge(2, 5, refused), charge(3, 400))).not.toContain('resent-write');
  // Side by side they are two.
  expect(await rulesOf(charge(2, 5, lost), charge(3, 100))).not.toContain('resent-write');
});

test('quiet faults: calls that outlive the answer are told, those of the called side and of a moment are not', async () => {
  const short = { ...entry, ms: 400 };
  const rulesWith = async (last: StorySpan): Promise<string[]> =>
    (await bundleOf([short, last])).hypotheses.map(({ rule }) => rule);
  const { hypotheses } = await bundleOf([short, query(2, 390, 'SELECT tax FROM rates', { ms: 60 })]);
  expect(hypotheses).toMatchObject([
    { rule: 'unawaited-work', confidence: 'low', facts: { callCount: 1, overrunMs: 50 } },
  ]);
  expect(await rulesWith(query(2, 390, 'SELECT tax FROM rates', { ms: 12 }))).toEqual([]);
  const call = charge(2, 5, { ms: 390 });
  const remote = spansOf([{ ...query(3, 350, 'SELECT 1'), parent: 2, ms: 300 }], ID, 0, {
    'service.name': 'rates',
  });
  expect((await bundleOf([short, call], remote)).hypotheses).toEqual([]);
});

test('quiet faults: a request that waits for a connection while it holds one is a pool that waits for itself', async () => {
  const wait: StorySpan = {
    id: 9,
    parent: 1,
    name: 'pg-pool.connect',
    kind: 3,
    at: 40,
    ms: 800,
    error: 'timeout exceeded when trying to connect',
  };
  const failed = { ...entry, error: true } as const;
  const ruleOf = async (...spans: readonly StorySpan[]): Promise<string | undefined> =>
    (await bundleOf([failed, ...spans, wait])).hypotheses[0]?.rule;
  expect(await ruleOf(query(2, 5, 'BEGIN'), query(3, 12, 'INSERT INTO stays VALUES ($1)'))).toBe(
    'pool-deadlock',
  );
  expect(await ruleOf(query(2, 5, 'BEGIN'), query(3, 12, 'COMMIT'))).toBe('pool-exhausted');
  expect(await ruleOf(query(2, 5, 'begin'), query(3, 12, 'ROLLBACK TO SAVEPOINT a'))).toBe('pool-deadlock');
});

test('bundles: beside any request stands one that went as usual, and no queries are said to be none', async () => {
  const idOf = (n: number): string => n.toString(16).padStart(32, 'a');
  const queried = { ...entry, ms: 40, attributes: { ...route, 'agentlog.db.query_count': 2 } };
  const others = [1, 2, 3, 4, 5, 6].flatMap((n) =>
    spansOf([queried, query(2, 5, 'SELECT 1')], idOf(n), -n * 5_000),
  );
  const bundle = await bundleOf([entry], others);
  expect(bundle.typical).toMatchObject({ traceId: idOf(1), differences: expect.any(Array) });
  expect((await loadFormat('markdown')).render(bundle)).toContain('2 queries each (this one 0)');
});

test('bundles: a body is sent again as JSON, unless another type was recorded', async () => {
  expect((await bundleOf([entry])).reproduction?.command).toContain("-H 'content-type: application/json'");
  const attributes = { ...route, 'http.request.header.content-type': 'text/csv' };
  const { reproduction } = await bundleOf([{ ...entry, attributes }]);
  expect(reproduction?.command.match(/content-type/g)).toEqual(['content-type']);
  expect(reproduction?.command).toContain('text/csv');
});
