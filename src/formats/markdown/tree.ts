import type { Bundle, TreeRow } from '../../bundles/bundle.ts';
import { STATUS_CODE } from '../../core/span.ts';
import { counted } from '../numbers.ts';
import { renderRow, serviceOf } from '../rows.ts';

const ROW_LIMIT = 120;

/**
 * The tree, one row a line, and how many spans were left out. Of a tree with more than 120 rows those stay that
 * failed or are evidence, with what is above them, then the first ones.
 */
export function renderTree(bundle: Bundle): { lines: string[]; leftOut: string | undefined } {
  const kept = choose(bundle);
  const lines: string[] = [];
  const services: string[] = [];
  let leftOutCount = 0;
  for (const row of bundle.tree) {
    if (kept.has(row)) {
      lines.push(renderRow(bundle, row, row.depth === 0 ? undefined : services[row.depth - 1]));
    } else leftOutCount += row.spans.length;
    const [first] = row.spans;
    if (first !== undefined) services[row.depth] = serviceOf(first);
  }
  const leftOut = `${counted(leftOutCount, 'span')} of the tree: the first ${ROW_LIMIT} rows that matter are shown.`;
  return { lines, leftOut: leftOutCount > 0 ? leftOut : undefined };
}

function choose({ tree, findings }: Bundle): Set<TreeRow> {
  if (tree.length <= ROW_LIMIT) return new Set(tree);
  const evidence = new Set(
    findings.flatMap((each) => (each.severity === 'info' ? [] : each.spanIds.slice(0, 1))),
  );
  const kept = new Set<TreeRow>();
  const path: TreeRow[] = [];
  for (const row of tree) {
    path.length = row.depth;
    path[row.depth] = row;
    const matters = row.spans.some(
      (span) => span.status.code === STATUS_CODE.error || evidence.has(span.spanId),
    );
    if (!matters) continue;
    for (let depth = row.depth; depth >= 0 && kept.size < ROW_LIMIT; depth -= 1) {
      const above = path[depth];
      if (above === undefined || kept.has(above)) break;
      kept.add(above);
    }
  }
  for (const row of tree) {
    if (kept.size >= ROW_LIMIT) break;
    kept.add(row);
  }
  return kept;
}
