import { join } from 'node:path';
import { getEncoding } from 'js-tiktoken';
import { expect, test } from 'vitest';
import type { Bundle } from '../../src/bundles/bundle.ts';
import { makeBundle } from '../../src/bundles/index.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { loadFormat } from '../../src/formats/index.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { Story, type StorySpan } from '../traces/otlp.ts';

const tokenizer = getEncoding('o200k_base');
const count = (text: string): number => tokenizer.encode(text, [], []).length;

/** 3,000 spans, one of which fails at the end of a chain, and 500 log records. */
async function large(): Promise<Bundle> {
  const story = new Story('f00df00df00df00df00df00df00df00d');
  const spans: StorySpan[] = [{ id: 1, name: 'GET /report', kind: 2, at: 0, ms: 4_000, error: 'failed' }];
  for (let id = 2; id <= 2_990; id += 1) {
    const attributes = {
      'db.system.name': 'postgresql',
      'db.query.text': `SELECT c${id % 97} FROM t${id % 89} WHERE k = $1`,
    };
    spans.push({
      id,
      parent: 1 + Math.floor(id / 12),
      name: `SELECT t${id % 89}`,
      kind: 3,
      at: id,
      ms: 1,
      attributes,
    });
  }
  spans.push({ id: 2_991, parent: 240, name: 'render row', at: 3_000, ms: 2, error: 'the culprit says why' });
  const logs = Array.from({ length: 500 }, (_, at) => ({
    span: 2 + at,
    at,
    severity: at === 77 ? 17 : 9,
    body: `row ${at} was read`,
  }));
  const resource = { 'service.name': 'reports' };
  const decoded = decodeLine(story.spans(resource, spans)).spans;
  return makeBundle(new MemorySource(decoded, decodeLine(story.logs(resource, logs)).logs), story.traceId);
}

test.each(['markdown', 'prompt'])(
  'budget: %s of a large trace keeps to it, keeps what matters and counts the rest',
  async (name) => {
    const bundle = await large();
    const format = await loadFormat(name);
    for (const maxTokens of [1_500, 3_000, 8_000, 20_000]) {
      const text = format.render(bundle, { maxTokens });
      expect(count(text)).toBeLessThanOrEqual(maxTokens * 1.05);
      expect(count(text)).toBeGreaterThan(maxTokens * 0.75);
      expect(text).toContain('the culprit says why');
      expect(text).toContain('"render row"');
      const [, spans] = /^- .*?(\d+) spans\b.*what matters least/m.exec(text) ?? [];
      expect(Number(spans)).toBeGreaterThan(1_000);
      expect(text).toMatch(/\d+ log records/);
    }
    expect(format.render(bundle)).toBe(format.render(bundle, { maxTokens: 8_000 }));
  },
);

test('budget: a row that stays has everything above it, so that the tree can be read', async () => {
  const format = await loadFormat('markdown');
  const text = format.render(await large(), { maxTokens: 3_000 });
  const depths = [...text.matchAll(/^( *)#\d+/gm)].map(([, indent = '']) => indent.length / 2);
  expect(depths.length).toBeGreaterThan(10);
  for (const [index, depth] of depths.entries())
    expect(depth).toBeLessThanOrEqual((depths[index - 1] ?? -1) + 1);
});

test('budget: what fits is whole, whatever the limit, and the smallest limit still has the cause', async () => {
  const bundle = await makeBundle(
    new JsonlSource(join(import.meta.dirname, '../traces/checkout-failure.jsonl')),
    'c0ffee00',
  );
  const format = await loadFormat('markdown');
  const whole = format.render(bundle);
  expect(whole).not.toContain('what matters least');
  expect(format.render(bundle, { maxTokens: 100_000 })).toBe(whole);
  const lines = new Set(whole.split('\n'));
  const small = format.render(bundle, { maxTokens: 700 });
  expect(small).toContain('HIGH first-failure');
  expect(small).toContain('what matters least');
  for (const line of small.split('\n')) {
    if (!line.includes('what matters least') && line !== '## Left out') expect(lines).toContain(line);
  }
});
