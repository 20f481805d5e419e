import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAppResolver } from '../../instrumentations/resolve.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'agentlog-resolve-')));
});
afterEach(() => rmSync(root, { recursive: true }));

function file(path: string, text = ''): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

test('resolve: finds what lies above the entry or the working directory, scoped or not', () => {
  file('app/node_modules/@scope/near/index.js');
  file('node_modules/far/index.js');
  file('elsewhere/node_modules/cwd-only/index.js');
  const entry = file('app/src/main.js');
  const resolves = createAppResolver(entry, join(root, 'elsewhere'));
  expect(['@scope/near', 'far', 'cwd-only', 'absent'].map(resolves)).toEqual([true, true, true, false]);
});

test('resolve: follows the entry to its real directory, and works without its extension', () => {
  file('real/node_modules/lib/index.js');
  const main = file('real/main.js');
  mkdirSync(join(root, 'bin'));
  symlinkSync(main, join(root, 'bin/tool'));
  const away = join(root, 'bin');
  expect(createAppResolver(join(root, 'bin/tool'), away)('lib')).toBe(true);
  expect(createAppResolver(join(root, 'real/main'), away)('lib')).toBe(true);
});

test('resolve: sees what pnpm hides in its own directory', () => {
  file('node_modules/.pnpm/node_modules/hidden/index.js');
  expect(createAppResolver(file('main.js'), root)('hidden')).toBe(true);
});

test('resolve: an entry or working directory that does not exist is no error', () => {
  const resolves = createAppResolver(join(root, 'gone/main.js'), join(root, 'gone-too'));
  expect(resolves('lib')).toBe(false);
});

test('resolve: node -e without an entry uses the working directory', () => {
  file('node_modules/lib/index.js');
  const script = `import { createAppResolver } from ${JSON.stringify(new URL('../../instrumentations/resolve.ts', import.meta.url).href)};
    const resolves = createAppResolver(); console.log(resolves('lib'), resolves('absent'))`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: root });
  expect(output.toString()).toBe('true false\n');
});

test('resolve: loads a package as the app would, and says what went wrong inside it', () => {
  file('node_modules/good/index.js', 'exports.answer = 42');
  file('node_modules/bad/index.js', 'throw new Error("needs Node 30")');
  const { load } = createAppResolver(file('main.js'), root);
  expect(load?.('good')).toEqual({ answer: 42 });
  expect(() => load?.('bad')).toThrow('needs Node 30');
  expect(() => load?.('absent')).toThrow('absent');
});
