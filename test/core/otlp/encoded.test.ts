import { resourceFromAttributes } from '@opentelemetry/resources';
import { expect, test } from 'vitest';
import { Encoded } from '../../../src/core/otlp/encoded.ts';
import { joinSpans } from '../../../src/core/otlp/join.ts';
import { encodeAttributes } from '../../../src/core/otlp/json.ts';

const resource = resourceFromAttributes({ 'service.name': 'shöp' });
const origin = { resource, instrumentationScope: { name: 'größe' }, isSampled: true };
const text = ({ buffer, start, end }: Encoded): string => buffer.toString('utf8', start, end);

test('encoded: a text comes back whole, whatever its length and characters and however many come after it', () => {
  const texts = ['', '{}', 'größe 漢字 🚀', 'x'.repeat(200_000), '漢'.repeat(30_000)];
  for (let i = 0; i < 500; i++) texts.push(`${i} ${'é'.repeat(i)}`);
  const made = texts.map((each, i) => Encoded.ofText(each, { ...origin, isSampled: i % 3 > 0 }));
  expect(made.map(text)).toEqual(texts);
  expect(made.map((each) => each.sizeBytes)).toEqual(texts.map((each) => Buffer.byteLength(each)));
});

test('encoded: what was sampled does not hold the memory of what was not', () => {
  const made = Array.from({ length: 100 }, (_, i) =>
    Encoded.ofText('x', { ...origin, isSampled: i % 10 === 0 }),
  );
  const sampled = new Set(made.filter((each) => each.isSampled).map((each) => each.buffer));
  for (const each of made) if (!each.isSampled) expect(sampled.has(each.buffer)).toBe(false);
});

test('join: a request is one line of valid JSON, its records grouped by resource and scope', () => {
  const other = {
    ...origin,
    resource: resourceFromAttributes({ a: 1 }),
    instrumentationScope: { name: 'b' },
  };
  const third = { ...origin, instrumentationScope: { name: 'c', schemaUrl: 'https://example.test/s' } };
  const items = [origin, other, third, origin].map((from, i) => Encoded.ofText(`{"name":"é${i}"}`, from));
  const request = joinSpans(items).toString();
  expect(request.indexOf('\n')).toBe(request.length - 1);
  const groups = JSON.parse(request).resourceSpans;
  const names = groups.map(
    (group: { scopeSpans: { scope: { name: string }; spans: { name: string }[] }[] }) =>
      group.scopeSpans.map(({ scope, spans }) => [scope.name, ...spans.map((span) => span.name)]),
  );
  expect(names).toEqual([
    [
      ['größe', 'é0', 'é3'],
      ['c', 'é2'],
    ],
    [['b', 'é1']],
  ]);
  expect(groups[0].scopeSpans[1].schemaUrl).toBe('https://example.test/s');
  expect(JSON.parse(joinSpans([]).toString())).toEqual({ resourceSpans: [] });
});

test('json: an attribute kept from before is the same text again, and alike values stay apart', () => {
  const values = { text: '1', number: 1, yes: true, long: 'x'.repeat(500), list: [1], quoted: 'a "b"' };
  const first = encodeAttributes(values);
  expect(encodeAttributes(values)).toBe(first);
  expect(encodeAttributes({ key: '1' })).not.toBe(encodeAttributes({ key: 1 }));
  expect(encodeAttributes({ key: true })).not.toBe(encodeAttributes({ key: 'true' }));
  for (let i = 0; i < 100; i++) {
    const key = `value ${i}`;
    expect(JSON.parse(`[${encodeAttributes({ many: key })}]`)).toEqual([
      { key: 'many', value: { stringValue: key } },
    ]);
  }
});
