import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { argumentsHash } from '../../../src/core/genai/arguments-hash.ts';

test('arguments hash: the same arguments give the same hash, as an object or as JSON, in any order', () => {
  const hash = argumentsHash({ city: 'Oslo', days: [1, { a: null, b: true }] });
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(argumentsHash({ days: [1, { b: true, a: null }], city: 'Oslo' })).toBe(hash);
  expect(argumentsHash('{"days":[1,{"b":true,"a":null}], "city":"Oslo"}')).toBe(hash);
});

test('arguments hash: other arguments give another one', () => {
  const all = [{}, [], '', 'a', '{', { a: 1 }, { a: '1' }, { a: [1] }, { a: { b: 1 } }, { b: 1 }, null, 1];
  expect(new Set(all.map(argumentsHash)).size).toBe(all.length);
});

test('arguments hash: another process has another key, so that nobody can try arguments', () => {
  const file = new URL('../../../src/core/genai/arguments-hash.ts', import.meta.url).href;
  const script = `import { argumentsHash } from '${file}'; process.stdout.write(argumentsHash({ pin: 1234 }))`;
  const other = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(other).toMatch(/^[0-9a-f]{16}$/);
  expect(other).not.toBe(argumentsHash({ pin: 1234 }));
});

test('arguments hash: cyclic, hostile and endless arguments harm nobody', () => {
  const cyclic: { self?: object } = {};
  cyclic.self = cyclic;
  expect(argumentsHash(cyclic)).toMatch(/^[0-9a-f]{16}$/);
  const throwing = {
    get a() {
      throw new Error('no');
    },
  };
  expect(argumentsHash(throwing)).toBeUndefined();
});
