import { expect, test } from 'vitest';
import { IdTable } from '../../src/core/id-table.ts';

test('id table: it holds what a Map would, through any order of sets and deletes', () => {
  const table = new IdTable<{ value: number }>();
  const map = new Map<string, { value: number }>();
  let seed = 42;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >>> 8) % below;
  };
  for (let step = 0; step < 50_000; step++) {
    // First it fills up past several capacities, then it empties.
    const id = next(3_000).toString(16).padStart(16, '0');
    if (next(10) < (step < 25_000 ? 7 : 2)) {
      const entry = { value: step };
      table.set(id, entry);
      map.set(id, entry);
    } else {
      table.delete(id);
      map.delete(id);
    }
    const other = next(3_000).toString(16).padStart(16, '0');
    if (table.get(other) !== map.get(other) || table.has(other) !== map.has(other)) {
      expect.fail(`step ${step}: ${other} differs`);
    }
  }
  expect(table.size).toBe(map.size);
  for (const [id, value] of map) expect(table.get(id)).toBe(value);
  expect(new Set(table.values())).toEqual(new Set(map.values()));
  table.clear();
  expect(table.size).toBe(0);
  for (const id of map.keys()) expect(table.has(id)).toBe(false);
});
