import { criticalPathOf } from '../../analyses/facts/critical-path.ts';
import { mainRoot } from '../../analyses/facts/main-root.ts';
import type { Bundle, TreeRow } from '../../bundles/bundle.ts';
import { STATUS_CODE } from '../../core/span.ts';
import { renderRow, serviceOf } from '../rows.ts';
import { type ReportRecord, SCORES } from './record.ts';

/** The tree, a row each: failed spans and what is above them matter most, then repeats, then what the end waited for. */
export function spanRecords(bundle: Bundle): ReportRecord[] {
  const scores = scoresOf(bundle);
  const services: string[] = [];
  return bundle.tree.map((row) => {
    const [first] = row.spans;
    const above = row.depth === 0 ? undefined : services[row.depth - 1];
    if (first !== undefined) services[row.depth] = serviceOf(first);
    return {
      score: scores.get(row) ?? SCORES.span,
      count: row.spans.length,
      render: () => renderRow(bundle, row, above),
    };
  });
}

function scoresOf(bundle: Bundle): Map<TreeRow, number> {
  const { tree, trace, findings } = bundle;
  const repeated = new Set(
    findings.flatMap((each) => (each.severity === 'info' ? [] : each.spanIds.slice(0, 1))),
  );
  const root = mainRoot(trace);
  const critical = root === undefined ? undefined : criticalPathOf(trace, root);
  const scores = new Map<TreeRow, number>();
  const path: TreeRow[] = [];
  for (const row of tree) {
    path.length = row.depth;
    path[row.depth] = row;
    const own = row.spans.some(({ status }) => status.code === STATUS_CODE.error)
      ? SCORES.failedSpan
      : row.spans.some(({ spanId }) => repeated.has(spanId))
        ? SCORES.repeatedSpan
        : row.spans.some((span) => critical?.has(span))
          ? SCORES.criticalSpan
          : SCORES.span;
    for (let depth = row.depth; depth >= 0; depth -= 1) {
      const above = path[depth];
      // What is above it has been raised already by another.
      if (above === undefined || (scores.get(above) ?? 0) >= own) break;
      scores.set(above, own);
    }
  }
  return scores;
}
