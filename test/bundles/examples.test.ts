/**
 * The bundles of `examples/bundles/`, as people read them: two stories of the real shop (recorded by
 * `npm run demo`, the machine's own names taken out), a slow dependency and a route with a model.
 *
 * `npx vitest run test/bundles/examples.test.ts -u` writes them again after a change; read them.
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeBundle } from '../../src/bundles/index.ts';
import { selectTrace, type Wanted } from '../../src/bundles/select/index.ts';
import { loadFormat } from '../../src/formats/index.ts';
import { bundleSchema } from '../../src/formats/json-schema.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLES = join(ROOT, 'examples/bundles');
const SHOP = join(EXAMPLES, 'shop.otlp.jsonl');

const STORIES: Readonly<
  Record<string, { readonly file: string; readonly wanted: Wanted; readonly cause: RegExp }>
> = {
  'n-plus-one': {
    file: SHOP,
    wanted: { route: 'GET /orders' },
    cause: /repeated-call[\s\S]*items WHERE order_id/,
  },
  'cross-service-failure': {
    file: SHOP,
    wanted: {},
    cause: /GatewayError[\s\S]*whole number of cents[\s\S]*payments\.cjs:37/,
  },
  'slow-dependency': {
    file: join(ROOT, 'test/traces/slow-dependency.jsonl'),
    wanted: { traceId: '510de9e4' },
    cause: /waited-too-long/,
  },
  'llm-route': {
    file: join(ROOT, 'test/traces/llm-route.jsonl'),
    wanted: { traceId: '11a3b5c7' },
    cause: /model-trouble[\s\S]*rate limited/,
  },
};

for (const [story, { file, wanted, cause }] of Object.entries(STORIES)) {
  test(`examples: ${story} is what was read, and its cause is on the first screen`, async () => {
    const source = new JsonlSource(file);
    const { traceId, selection } = await selectTrace(source, wanted);
    const made = await makeBundle(source, traceId, { selection, project: ROOT });
    const provenance = { ...made.provenance, source: 'jsonl:.agentlog', toolVersion: '0.0.0' };
    for (const [name, extension] of [
      ['markdown', 'md'],
      ['prompt', 'prompt.md'],
      ['json', 'json'],
    ] as const) {
      const text = (await loadFormat(name)).render({ ...made, provenance });
      if (name === 'markdown') expect(text.split('\n').slice(0, 40).join('\n')).toMatch(cause);
      await expect(text).toMatchFileSnapshot(join(EXAMPLES, `${story}.${extension}`));
    }
  });
}

test('examples: the JSON Schema beside them is the one that is published', async () => {
  await expect(`${JSON.stringify(bundleSchema, null, 1)}\n`).toMatchFileSnapshot(
    join(EXAMPLES, 'bundle.schema.json'),
  );
});
