import type { TreeRow } from '../../bundles/bundle.ts';

/**
 * Which of these rows to show when their lines may take `budget` characters in all: those that matter with what is
 * above them, then from the top on. Indexes; all of them when they fit. Linear.
 */
export function chooseRows(
  rows: readonly TreeRow[],
  lengths: readonly number[],
  budget: number,
  matters: (row: TreeRow) => boolean,
): Set<number> {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total <= budget) return new Set(rows.keys());
  const kept = new Set<number>();
  let room = budget;
  const take = (indexes: readonly number[]): boolean => {
    const needed = indexes.reduce((sum, index) => sum + (lengths[index] ?? 0), 0);
    if (needed > room) return false;
    room -= needed;
    for (const index of indexes) kept.add(index);
    return true;
  };
  const path: number[] = [];
  for (const [index, row] of rows.entries()) {
    path.length = row.depth;
    path[row.depth] = index;
    if (!matters(row) || room <= 0) continue;
    const missing: number[] = [];
    for (let depth = row.depth; depth >= 0; depth -= 1) {
      const above = path[depth];
      if (above === undefined || kept.has(above)) break;
      missing.push(above);
    }
    if (!take(missing)) take([index]);
  }
  for (const index of rows.keys()) if (!kept.has(index) && !take([index])) break;
  return kept;
}
