import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { makeBundle } from '../../src/bundles/index.ts';
import { json } from '../../src/formats/json.ts';
import { bundleSchema } from '../../src/formats/json-schema.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';

const TRACES = join(import.meta.dirname, '../traces');
const ROOT = join(import.meta.dirname, '../..');
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(bundleSchema);

async function parsed(story: string): Promise<Record<string, unknown>> {
  const source = new JsonlSource(join(TRACES, story));
  const { traces } = await source.search({ limit: 1 });
  return JSON.parse(json.render(await makeBundle(source, traces[0]?.traceId ?? '', { project: ROOT })));
}

test.each(readdirSync(TRACES).filter((name) => name.endsWith('.jsonl')))(
  'schema: the bundle of %s is what the published JSON Schema says',
  async (story) => {
    const bundle = await parsed(story);
    expect(validate(bundle), JSON.stringify(validate.errors)).toBe(true);
    // No member that the schema does not name.
    expect(Object.keys(bundle)).toEqual(expect.arrayContaining(bundleSchema.required as string[]));
    expect(Object.keys(bundle).toSorted()).toEqual((bundleSchema.required as string[]).toSorted());
  },
);

test('schema: a bundle with a wrong or missing member is refused', async () => {
  const bundle = await parsed('checkout-failure.jsonl');
  expect(validate({ ...bundle, outcome: 'fine' })).toBe(false);
  expect(validate({ ...bundle, spans: [{ handle: 1 }] })).toBe(false);
  expect(validate({ ...bundle, schemaVersion: 3 })).toBe(false);
  const { traceId: _traceId, ...rest } = bundle;
  expect(validate(rest)).toBe(false);
});
