import { expect, test } from 'vitest';
import { type Budget, cutValue, MARK_COST } from '../../../processors/limits/cut-value.ts';
import { COST, measureValue } from '../../../processors/limits/measure.ts';

const budgetOf = (left: number): Budget => ({ left, cut: 0 });

test.each([
  ['a text', 'x'.repeat(100)],
  ['a list', [1, 'two', [3]]],
  ['a map', { a: 1, b: { c: ['x'] } }],
  ['bytes', new Uint8Array(50)],
])('limits: %s that fits is the very same, and paid for', (_, value) => {
  const budget = budgetOf(10_000);
  expect(cutValue(value, budget)).toBe(value);
  expect(budget.cut).toBe(0);
  expect(budget.left).toBeLessThan(10_000);
});

test('limits: a list keeps its first items and says how many more there were, within the budget', () => {
  const list = Array.from({ length: 1_000 }, (_, index) => index);
  const budget = budgetOf(20 * (COST.item * 2));
  const kept = cutValue(list, budget) as unknown[];
  const more = /^\[CUT: (\d+) more items\]$/.exec(String(kept.at(-1)))?.[1];
  expect(kept.slice(0, 3)).toEqual([0, 1, 2]);
  expect(kept.length - 1 + Number(more)).toBe(list.length);
  expect(budget).toMatchObject({ cut: 1 });
  expect(budget.left).toBeGreaterThanOrEqual(0);
});

test('limits: a list of which only an item is cut has no mark of missing items', () => {
  const budget = budgetOf(2_000);
  expect(cutValue([1, 'x'.repeat(5_000), 2], budget)).toEqual([1, '[CUT: 5000 characters]', 2]);
});

test('limits: a map keeps its first fields, counts the others and never spends more than there was', () => {
  const map = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key${index}`, index]));
  const budget = budgetOf(10 * (COST.field + COST.item));
  const kept = cutValue(map, budget) as Record<string, unknown>;
  expect(kept).toMatchObject({ key0: 0, '[CUT]': expect.stringMatching(/^\[CUT: \d+ more fields\]$/) });
  expect(measureValue(kept, 1_000_000)).toBeLessThan(measureValue(map, 1_000_000) / 5);
  expect(budget.left).toBeGreaterThanOrEqual(-MARK_COST);
});
