import { COST, MAX_DEPTH, measureValue } from './measure.ts';

/** What is left to spend, and how many values were cut. */
export interface Budget {
  left: number;
  cut: number;
}

/** The key that stands for the fields a map has lost. */
const REST = '[CUT]';
/** What a mark takes. */
export const MARK_COST = 64;

/** A value of at most `budget.left`: whole, a part of a list or map with a mark at its end, or a mark alone. */
export function cutValue(value: unknown, budget: Budget, depth = 0): unknown {
  if (isMap(value) && depth <= MAX_DEPTH) return cutMap(value, budget, depth);
  const cost = measureValue(value, budget.left, depth);
  if (cost <= budget.left) {
    budget.left -= cost;
    return value;
  }
  budget.cut++;
  budget.left -= MARK_COST;
  if (typeof value === 'string') return mark(value.length, 'characters');
  if (value instanceof Uint8Array) return mark(value.byteLength, 'bytes');
  if (depth > MAX_DEPTH || budget.left <= 0) return '[CUT: nested too deep]';
  return cutList(value as unknown[], budget, depth);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/** What stands where something was left out. */
export function mark(count: number, what: string): string {
  return `[CUT: ${count} ${what}]`;
}

function cutList(list: readonly unknown[], budget: Budget, depth: number): unknown[] {
  const kept: unknown[] = [];
  for (const item of list) {
    if (budget.left < COST.item + MARK_COST) break;
    budget.left -= COST.item;
    kept.push(cutValue(item, budget, depth + 1));
  }
  if (kept.length < list.length) kept.push(mark(list.length - kept.length, 'more items'));
  return kept;
}

/** Not measured first: to list the keys of a large map is what costs. */
function cutMap(map: Record<string, unknown>, budget: Budget, depth: number): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  const { cut } = budget;
  const keys = Object.keys(map);
  let count = 0;
  budget.left -= COST.item;
  for (const key of keys) {
    if (budget.left < COST.field + key.length + MARK_COST) break;
    budget.left -= COST.field + key.length;
    kept[key] = cutValue(map[key], budget, depth + 1);
    count++;
  }
  if (count < keys.length) {
    budget.cut++;
    kept[REST] = mark(keys.length - count, 'more fields');
  }
  return budget.cut === cut ? map : kept;
}
