/**
 * The stories of `test/traces/` and the bundles a person has read, beside them.
 *
 *   n-plus-one        GET /orders ─ handler ─┬ SELECT orders
 *                                            └ 40 × (pg-pool.connect, SELECT items)
 *   checkout-failure  shop: POST /checkout ─┬ SELECT carts
 *                                           └ POST → payments: POST /charge ─ charge card ✗ CardDeclined
 *   slow-dependency   GET /home ─ handler ─┬ GET users.internal, GET prices.internal
 *                                          └ 3 × GET stock.internal ✗ time-out; the first ─ GET /v1/summary ─ SELECT stock
 *   llm-route         POST /assistant ─ invoke_agent ─┬ chat ✗ rate limited
 *                                                     ├ chat 812→96
 *                                                     └ execute_tool
 *   crash             GET /cart (unfinished) ─ load cart;  (lost) ─ background refresh;  one corrupt line, one torn
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeBundle } from '../../src/bundles/index.ts';
import { formats, loadFormat } from '../../src/formats/index.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { STORIES } from '../traces/stories.ts';
import { withoutPage } from './without-page.ts';

const TRACES = join(import.meta.dirname, '../traces');
for (const [story, prefix] of Object.entries(STORIES)) {
  for (const [name, load] of Object.entries(formats)) {
    // Not for reading: otlp.test.ts has it come back as it was.
    if (name === 'otlp') continue;
    test(`formats: ${story} as ${name} is what was read and approved`, async () => {
      const format = await load();
      const bundle = await makeBundle(new JsonlSource(join(TRACES, `${story}.jsonl`)), prefix);
      // The place of a checkout and the version of the tool are not the story's.
      const provenance = { ...bundle.provenance, source: `jsonl:${story}.jsonl`, toolVersion: '0.0.0' };
      const rendered = withoutPage(format.render({ ...bundle, provenance }));
      await expect(rendered).toMatchFileSnapshot(join(TRACES, `${story}.${format.fileExtension}`));
    });
  }
}

test('formats: the failed checkout fits 2,500 tokens', async () => {
  const bundle = await makeBundle(new JsonlSource(join(TRACES, 'checkout-failure.jsonl')), 'c0ffee00');
  const text = (await loadFormat('markdown')).render(bundle);
  expect(text).toContain('CardDeclined');
  // In such text a token is 3 to 4 characters on average.
  expect(text.length / 3).toBeLessThan(2_500);
});
