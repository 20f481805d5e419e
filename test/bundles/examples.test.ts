/**
 * The bundles of `examples/bundles/`, as people read them: three stories of the real shop and one of the real agent
 * (recorded by `examples/bundles/record.mjs`, the machine's own names taken out).
 *
 * `npx vitest run test/bundles/examples.test.ts -u` writes them again after a change; read them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeBundle } from '../../src/bundles/index.ts';
import { selectTrace, type Wanted } from '../../src/bundles/select/index.ts';
import { loadFormat, loadZip } from '../../src/formats/index.ts';
import { bundleSchema } from '../../src/formats/json-schema.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { readZip } from '../formats/read-zip.ts';
import { withoutPage } from '../formats/without-page.ts';

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
    file: join(EXAMPLES, 'slow.otlp.jsonl'),
    wanted: { route: 'POST /checkout' },
    cause:
      /slower-than-usual[\s\S]*held a lock[\s\S]*cart_lines[\s\S]*took 2000ms · usual 0\.64ms[\s\S]*shop\.mjs:97/,
  },
  'llm-route': {
    file: join(EXAMPLES, 'agent.otlp.jsonl'),
    wanted: { sinceUnixNano: 1n },
    cause: /repeated-call: The agent asked a tool again[\s\S]*get_order/,
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
      ['html', 'html'],
    ] as const) {
      const text = (await loadFormat(name)).render({ ...made, provenance });
      if (name === 'markdown') expect(text.split('\n').slice(0, 40).join('\n')).toMatch(cause);
      const path = join(EXAMPLES, `${story}.${extension}`);
      // The report of an example is whole, to be opened; that its page has changed since is no difference.
      if (name === 'html' && isReportOf(path, text)) continue;
      await expect(text).toMatchFileSnapshot(path);
    }
    const archive = Buffer.from((await loadZip())({ ...made, provenance }));
    const listing = [...readZip(archive)].map(([file]) => `${file}\n`).join('');
    await expect(listing).toMatchFileSnapshot(join(EXAMPLES, `${story}.zip.txt`));
  });
}

function isReportOf(path: string, text: string): boolean {
  return existsSync(path) && withoutPage(readFileSync(path, 'utf8')) === withoutPage(text);
}

test('examples: the JSON Schema beside them is the one that is published', async () => {
  await expect(`${JSON.stringify(bundleSchema, null, 1)}\n`).toMatchFileSnapshot(
    join(EXAMPLES, 'bundle.schema.json'),
  );
});
