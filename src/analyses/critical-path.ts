import type { Trace } from '../core/trace.ts';
import type { Finding } from './analysis.ts';
import { criticalPathOf } from './facts/critical-path.ts';
import { mainRoot, nanosOf } from './facts/main-root.ts';
import { workOf } from './facts/work.ts';

/** Shorter traces wait for too little to speak of. */
const MIN_SPANS = 3;

/** What the end of the request waited for, by kind of work: making anything else faster changes nothing. */
export function criticalPath(trace: Trace): Finding[] {
  const root = mainRoot(trace);
  if (root === undefined || trace.spans.length < MIN_SPANS) return [];
  const path = criticalPathOf(trace, root);
  const [largest] = workOf(path);
  if (largest === undefined) return [];
  const totalMs = nanosOf(root) / 1e6;
  return [
    {
      analysis: 'critical-path',
      severity: 'info',
      title: `The end waited for ${path.size} of ${trace.spans.length} spans, one after another.`,
      facts: {
        span: largest.name,
        waitedMs: largest.ms,
        sharePercent: Math.round((100 * largest.ms) / totalMs),
        spanCount: largest.spans.length,
        service: largest.service,
        totalMs,
      },
      spanIds: largest.spans.map((span) => span.spanId),
    },
  ];
}
