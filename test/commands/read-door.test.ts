import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as door from '../../src/read.ts';

const TRACES = join(import.meta.dirname, '../traces');

test('read: from a folder to a markdown bundle in four lines', async () => {
  const source = await door.openSource(TRACES);
  const bundle = await door.makeBundle(source, 'c0ffee00');
  const markdown = await door.loadFormat('markdown');
  expect(markdown.render(bundle)).toContain('CardDeclined');
});

test('read: from an id to findings', async () => {
  const source = await door.openSource(TRACES);
  const { trace } = await source.trace('a1f0c3d2');
  expect(door.analyse(trace).map((finding) => finding.analysis)).toEqual(['n-plus-one', 'critical-path']);
});

test('read: the door opens exactly this', () => {
  expect(Object.keys(door).sort()).toEqual([
    'AgentlogError',
    'MemorySource',
    'analyse',
    'analyses',
    'buildTrace',
    'bundleSchema',
    'formats',
    'loadFormat',
    'loadZip',
    'makeBundle',
    'openSource',
    'selectTrace',
  ]);
});
