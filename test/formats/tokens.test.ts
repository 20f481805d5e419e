import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getEncoding } from 'js-tiktoken';
import { expect, test } from 'vitest';
import { estimateTokens } from '../../src/formats/tokens.ts';
import { TELEMETRY_TEXTS } from './telemetry-texts.ts';

const ROOT = join(import.meta.dirname, '../..');
const tokenizer = getEncoding('o200k_base');

function filesIn(directory: string, pattern: RegExp): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name))
    .map((name) => join(directory, name));
}

const FILES = [
  ...filesIn('test/traces', /\.(?:md|json|jsonl)$/),
  ...filesIn('examples', /\.(?:md|mjs|cjs)$/).filter((name) => !name.includes('node_modules')),
  ...['src/analyses', 'src/bundles', 'src/commands', 'src/sources', 'test/bundles', 'test/store'].flatMap(
    (room) => filesIn(room, /\.ts$/).filter((name) => readFileSync(join(ROOT, name)).length > 4_000),
  ),
  'README.md',
  'src/README.md',
  'CHANGELOG.md',
];

test.each(FILES)('tokens: the estimate for %s is near what a tokenizer says', (file) => {
  const text = readFileSync(join(ROOT, file), 'utf8').slice(0, 40_000);
  const ratio = estimateTokens(text) / tokenizer.encode(text, [], []).length;
  expect(ratio).toBeGreaterThan(0.95);
  expect(ratio).toBeLessThan(1.1);
});

test.each(Object.entries(TELEMETRY_TEXTS))('tokens: the estimate for %s is near as well', (_, text) => {
  const ratio = estimateTokens(text) / tokenizer.encode(text, [], []).length;
  expect(ratio).toBeGreaterThan(0.95);
  expect(ratio).toBeLessThan(1.1);
});

test('tokens: an empty text has none, and a hostile one is not estimated for minutes', () => {
  expect(estimateTokens('')).toBe(0);
  for (const text of ['a', ' ', '!', 'é', '漢', 'A', '\n', '\u{1f600}']) {
    expect(estimateTokens(text.repeat(100_000))).toBeGreaterThan(1_000);
  }
});
