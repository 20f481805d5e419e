import { criticalPathOf } from '../../analyses/facts/critical-path.ts';
import { mainRoot } from '../../analyses/facts/main-root.ts';
import type { TreeRow } from '../../bundles/bundle.ts';
import type { TraceView } from '../../bundles/trace-view.ts';
import { milliseconds } from '../numbers.ts';

const REPEAT_LABELS: Readonly<Record<string, string>> = {
  parallel: 'REPEATED side by side',
  duplicate: 'DUPLICATE',
  chatty_writes: 'CHATTY WRITES',
  http: 'N+1 requests',
  tool: 'REDUNDANT',
};

/** What is said of spans beside what they say themselves. */
export interface Marks {
  /** Milliseconds of the critical path that are the row's own; 0 for a row that is not on it. */
  criticalMs(row: TreeRow): number;
  /** Whether one of its spans is on the critical path. */
  isCritical(row: TreeRow): boolean;
  /** `N+1 ×40`, once for each finding. */
  repeats(row: TreeRow): string[];
  /** Whether one of its spans is evidence of a problem or a note. */
  isEvidence(row: TreeRow): boolean;
}

/** The marks of a trace: its critical path and its repeated calls. Linear. */
export function marksOf({ trace, findings }: TraceView): Marks {
  const root = mainRoot(trace);
  const path = new Map<string, number>();
  if (root !== undefined) {
    for (const [span, nanos] of criticalPathOf(trace, root)) path.set(span.spanId, nanos / 1e6);
  }
  const repeats = new Map<string, Set<string>>();
  const evidence = new Set<string>();
  for (const { analysis, severity, facts, spanIds } of findings) {
    if (severity !== 'info') for (const id of spanIds.slice(0, 1)) evidence.add(id);
    if (analysis !== 'n-plus-one') continue;
    const label = `${REPEAT_LABELS[String(facts.kind)] ?? 'N+1'} ×${facts.count}`;
    // Where the spans themselves are not here, their parent is marked.
    for (const id of spanIds.length > 0 ? spanIds : [String(facts.parentSpanId)]) {
      const known = repeats.get(id);
      if (known === undefined) repeats.set(id, new Set([label]));
      else known.add(label);
    }
  }
  return {
    criticalMs: ({ spans }) => spans.reduce((sum, { spanId }) => sum + (path.get(spanId) ?? 0), 0),
    isCritical: ({ spans }) => spans.some(({ spanId }) => path.has(spanId)),
    repeats: ({ spans }) => [...new Set(spans.flatMap(({ spanId }) => [...(repeats.get(spanId) ?? [])]))],
    isEvidence: ({ spans }) => spans.some(({ spanId }) => evidence.has(spanId)),
  };
}

/** The marks of a row as they stand at the end of its line. */
export function renderMarks(marks: Marks, row: TreeRow): string {
  const criticalMs = marks.criticalMs(row);
  const parts = [...marks.repeats(row), ...(criticalMs > 0 ? [`critical ${milliseconds(criticalMs)}`] : [])];
  return parts.map((part) => ` ${part}`).join('');
}
