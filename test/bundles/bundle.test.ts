import { expect, test } from 'vitest';
import { makeBundle } from '../../src/bundles/index.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { formats, loadFormat } from '../../src/formats/index.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { Story, type StoryLog, type StorySpan } from '../traces/otlp.ts';

const SERVICE = { 'service.name': 'shop' };
const story = new Story('f00df00df00df00df00df00df00df00d');

function source(spans: readonly StorySpan[], logs: readonly StoryLog[] = []): MemorySource {
  const decoded = spans.length === 0 ? [] : decodeLine(story.spans(SERVICE, spans)).spans;
  return new MemorySource(decoded, decodeLine(story.logs(SERVICE, logs)).logs);
}

async function rows(spans: readonly StorySpan[]): Promise<string[]> {
  const { tree } = await makeBundle(source(spans), story.traceId);
  return tree.map(
    (row) => `${'.'.repeat(row.depth)}${row.firstHandle} ${row.spans[0]?.name} ×${row.spans.length}`,
  );
}

const likes = (ids: readonly number[], name: string, parent: number): StorySpan[] =>
  ids.map((id) => ({ id, parent, name, at: id, ms: 1 }));

test('bundles: alternating siblings are grouped, and the handles of a group are a range', async () => {
  const pairs = [10, 20, 30].flatMap((id) => [...likes([id], 'connect', 1), ...likes([id + 1], 'query', 1)]);
  expect(await rows([{ id: 1, name: 'root', at: 0, ms: 99 }, ...pairs])).toEqual([
    '1 root ×1',
    '.2 connect ×3',
    '.5 query ×3',
  ]);
});

test('bundles: groups are alike down to their leaves, and two are no group', async () => {
  const spans = [
    { id: 1, name: 'root', at: 0, ms: 99 },
    ...likes([10, 20, 30, 40], 'user', 1),
    ...[10, 20, 30].flatMap((id) => likes([id + 1], 'query', id)),
  ];
  expect(await rows(spans)).toEqual(['1 root ×1', '.2 user ×3', '..5 query ×3', '.8 user ×1']);
  expect(await rows([{ id: 1, name: 'root', at: 0, ms: 9 }, ...likes([2, 3], 'twin', 1)])).toHaveLength(3);
});

test('bundles: a failed sibling is never hidden in a group of healthy ones', async () => {
  const spans = [
    { id: 1, name: 'root', at: 0, ms: 99 },
    ...likes([10, 11, 12], 'call', 1),
    { id: 13, parent: 1, name: 'call', at: 13, ms: 1, error: 'x' },
  ];
  expect(await rows(spans)).toEqual(['1 root ×1', '.2 call ×3', '.5 call ×1']);
});

test('bundles: spans that are each other’s parents are shown, each once', async () => {
  const { handles } = await makeBundle(
    source([
      { id: 1, parent: 2, name: 'a', at: 0, ms: 1 },
      { id: 2, parent: 1, name: 'b', at: 0, ms: 1 },
    ]),
    story.traceId,
  );
  expect([...handles.values()].sort()).toEqual([1, 2]);
});

test('bundles: a trace of log records alone says so', async () => {
  const bundle = await makeBundle(source([], [{ at: 1, severity: 9, body: 'early' }]), story.traceId);
  expect(bundle.outcome).toBe('empty');
  const text = (await loadFormat('markdown')).render(bundle);
  expect(text).toContain('no spans');
  expect(text).toContain('the spans have not ended yet');
  expect(text).toContain('"early"');
});

test('bundles: a secret that was stored by another SDK reaches no format', async () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const secret = [
    part({ alg: 'HS256', typ: 'JWT' }),
    part({ sub: 'user-1234567890' }),
    'a1B2c3D4'.repeat(5),
  ].join('.');
  const bundle = await makeBundle(
    source(
      [
        {
          id: 1,
          name: `GET /?key=${secret}`,
          at: 0,
          ms: 1,
          error: `bad ${secret}`,
          attributes: { authorization: `Bearer ${secret}`, list: [secret], [`k ${secret}`]: 1 },
          events: [
            { name: 'exception', at: 0, attributes: { 'exception.message': secret, 'exception.type': 'E' } },
          ],
        },
      ],
      [{ span: 1, at: 0, severity: 9, body: { nested: `x ${secret}` }, attributes: { password: secret } }],
    ),
    story.traceId,
  );
  for (const load of Object.values(formats)) {
    const text = (await load()).render(bundle);
    expect(text).toContain('[REDACTED:');
    expect(text).not.toContain(secret);
  }
  expect(bundle.redactions.onReading.size).toBeGreaterThan(0);
});

test('bundles: the same telemetry in another order gives the same bytes', async () => {
  const spans = [
    { id: 1, name: 'root', at: 0, ms: 99 },
    ...likes([5, 6, 7, 8], 'q', 1),
    ...likes([9], 'z', 1),
  ];
  const render = async (of: readonly StorySpan[]): Promise<string[]> => {
    const bundle = await makeBundle(source(of), story.traceId);
    return Promise.all(Object.values(formats).map(async (load) => (await load()).render(bundle)));
  };
  expect(await render(spans.toReversed())).toEqual(await render(spans));
});

test('bundles: a tree with more rows than fit keeps the failed span and what is above it, and says what is left out', async () => {
  const siblings = Array.from({ length: 400 }, (_, index) => ({
    id: index + 10,
    parent: 1,
    name: `step ${index}`,
    at: index,
    ms: 1,
  }));
  const failed = { id: 1_000, parent: 409, name: 'the culprit', at: 399, ms: 0.5, error: 'x' };
  const bundle = await makeBundle(
    source([{ id: 1, name: 'root', at: 0, ms: 500 }, ...siblings, failed]),
    story.traceId,
  );
  const text = (await loadFormat('markdown')).render(bundle, { maxTokens: 2_000 });
  expect(text).toContain('"the culprit"');
  expect(text).toContain('"step 399"');
  const shownCount = text.match(/^ +#\d+ "(?:step|the)/gm)?.length ?? 0;
  expect(shownCount).toBeGreaterThan(20);
  expect(text).toContain(`${401 - shownCount} spans`);
});
