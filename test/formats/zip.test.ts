import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Bundle } from '../../src/bundles/bundle.ts';
import { makeBundle } from '../../src/bundles/index.ts';
import { formats, loadFormat, loadZip } from '../../src/formats/index.ts';
import { zipFile } from '../../src/formats/zip/zip-file.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { readZip } from './read-zip.ts';

function bundleOf(story: string, prefix: string): Promise<Bundle> {
  return makeBundle(new JsonlSource(join(import.meta.dirname, '../traces', `${story}.jsonl`)), prefix);
}

test('zip: files come back as they were, with their names', () => {
  const files = new Map([
    ['empty', Buffer.alloc(0)],
    ['ordner/ä.txt', Buffer.from('grüße\n'.repeat(5_000))],
    ['bytes', Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * index) % 251))],
  ]);
  expect(readZip(Buffer.from(zipFile(files)))).toEqual(files);
  expect(readZip(Buffer.from(zipFile(new Map())))).toEqual(new Map());
});

test('zip: it holds every format as it is alone, and a manifest with the sha256 of each', async () => {
  const bundle = await bundleOf('checkout-failure', 'c0ffee00');
  const files = readZip(Buffer.from((await loadZip())(bundle)));
  for (const name of Object.keys(formats)) {
    const text = (await loadFormat(name)).render(bundle);
    const texts = [...files.values()].map(String);
    const together = `${files.get('traces.otlp.jsonl')}${files.get('logs.otlp.jsonl')}`;
    expect([...texts, together].includes(text), name).toBe(true);
  }
  const manifest = JSON.parse(String(files.get('manifest.json')));
  expect(manifest).toMatchObject({
    traceId: bundle.traceId,
    outcome: 'failed',
    redactions: { stored: { 'api-key': 3 } },
  });
  expect(manifest.files.map(({ name }: { name: string }) => name)).toEqual(
    [...files.keys()].filter((name) => name !== 'manifest.json'),
  );
  for (const { name, sizeBytes, sha256 } of manifest.files) {
    const content = files.get(name) ?? Buffer.alloc(0);
    expect({
      sizeBytes: content.byteLength,
      sha256: createHash('sha256').update(content).digest('hex'),
    }).toEqual({
      sizeBytes,
      sha256,
    });
  }
});

test('zip: the same trace gives the same bytes', async () => {
  const zip = await loadZip();
  const [first, second] = [
    zip(await bundleOf('crash', 'deadc0de')),
    zip(await bundleOf('crash', 'deadc0de')),
  ];
  expect(Buffer.from(first).equals(second)).toBe(true);
});

test('zip: hostile text is neither in a name nor outside a string of the manifest', async () => {
  const files = readZip(Buffer.from((await loadZip())(await bundleOf('hostile', 'badbadba'))));
  for (const name of files.keys()) expect(name).toMatch(/^[a-z]+(?:\.[a-z]+)+$/);
  const manifest = String(files.get('manifest.json'));
  expect(manifest).not.toMatch(
    /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|<[a-zA-Z/!?|]|```/u,
  );
  for (const line of manifest.split('\n')) expect(line).toMatch(/^(?:\s*(?:"|[\]{}[]|-?\d)|$)/);
});
