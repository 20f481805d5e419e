import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createBeside } from '../../src/core/beside.ts';

test('beside: a value is found again, each table has its own, and the last one counts', () => {
  const [one, two] = [createBeside<string>(), createBeside<number>()];
  const object = { id: 1 };
  one.set(object, 'a');
  two.set(object, 2);
  one.set(object, 'b');
  expect([one.get(object), two.get(object), one.get({ id: 1 })]).toEqual(['b', 2, undefined]);
});

test('beside: nobody sees it on the object', () => {
  const table = createBeside<string>();
  const object = { id: 1 };
  table.set(object, 'a');
  expect(Reflect.ownKeys(object)).toEqual(['id']);
  expect(inspect(object, { showHidden: true })).toBe('{ id: 1 }');
  expect(structuredClone(object)).toEqual({ id: 1 });
});
