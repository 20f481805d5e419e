import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/core/redaction/index.ts';
import { ALL_RULES } from '../../../src/core/redaction/rules/index.ts';

const MODULES = join(import.meta.dirname, '../../../node_modules');
const MAX_FILES = 400;
const MAX_LINE = 20_000;

/** Distinct lines of installed packages' files, a few files of each package. */
function lines(wanted: RegExp, packages = /^\w|^@/, filesOfEach = 30): string[] {
  const found = new Set<string>();
  let files = 0;
  const read = (directory: string, left: { files: number }): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (files >= MAX_FILES || left.files <= 0) return;
      const path = join(directory, entry.name);
      if (entry.isDirectory()) read(path, left);
      else if (entry.isFile() && wanted.test(entry.name) && statSync(path).size < 1_000_000) {
        files++;
        left.files--;
        for (const line of readFileSync(path, 'utf8').split('\n'))
          if (line.length < MAX_LINE) found.add(line);
      }
    }
  };
  for (const name of readdirSync(MODULES)) {
    if (packages.test(name)) read(join(MODULES, name), { files: filesOfEach });
  }
  return [...found];
}

function maskedLines(corpus: readonly string[]): string[] {
  const redactor = createRedactor({ maxValueBytes: 100_000 });
  return corpus.filter((line) => redactor.text(line) !== line);
}

test.each([
  ['minified scripts', /\.min\.js$/, 500, 5],
  ['source maps', /\.js\.map$/, 100, 2],
  ['declarations', /\.d\.ts$/, 10_000, 2],
  ['manifests', /^package\.json$/, 5_000, 1],
  ['licences', /^LICENSE/, 1_000, 0],
] as const)(
  'redaction: %s of installed packages hold next to nothing to mask',
  (_, wanted, atLeast, perThousand) => {
    const corpus = lines(wanted);
    expect(corpus.length).toBeGreaterThan(atLeast);
    const masked = maskedLines(corpus);
    expect(masked.length, masked.join('\n').slice(0, 2_000)).toBeLessThanOrEqual(
      (corpus.length / 1_000) * perThousand,
    );
  },
);

test("redaction: OpenTelemetry's own code and documentation stay as they are", () => {
  const corpus = lines(/\.(?:js|md|d\.ts)$/, /^@opentelemetry$/, MAX_FILES);
  expect(corpus.length).toBeGreaterThan(3_000);
  expect(maskedLines(corpus)).toEqual([]);
});

test('redaction: what secretlint calls a secret in the examples of our rules is gone after redaction', async () => {
  const config = { rules: [{ id: 'recommended', rule: creator }] };
  const lint = async (content: string): Promise<number> => {
    const source = { filePath: '/app/config.js', content, ext: '.js', contentType: 'text' as const };
    return (await lintSource({ source, options: { config, noPhysicFilePath: true } })).messages.length;
  };
  const redactor = createRedactor();
  let known = 0;
  for (const rule of ALL_RULES.filter(({ isOptIn }) => isOptIn !== true)) {
    for (const { text } of rule.examples()) {
      const code = `const setting = "${text}";\n`;
      if ((await lint(code)) === 0) continue;
      known++;
      expect(await lint(redactor.text(code)), rule.id).toBe(0);
    }
  }
  expect(known).toBeGreaterThan(10);
});
