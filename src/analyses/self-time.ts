import type { Trace } from '../core/trace.ts';
import type { Finding } from './analysis.ts';
import { criticalPathOf } from './facts/critical-path.ts';
import { mainRoot, nanosOf } from './facts/main-root.ts';
import { ownTimeOf } from './facts/own-time.ts';
import { workOf } from './facts/work.ts';

const MIN_SPANS = 3;
/** Of the request's duration; work side by side can add up to more than all of it. */
const MIN_SHARE = 0.2;

/**
 * The kind of work in which most time went by with nothing below it running; at most one finding. None where it is
 * also what the end waited for most, as `critical-path` says: only work side by side makes a difference.
 */
export function selfTime(trace: Trace): Finding[] {
  const root = mainRoot(trace);
  const [most] = workOf(ownTimeOf(trace));
  if (root === undefined || most === undefined || trace.spans.length < MIN_SPANS) return [];
  const [waitedFor] = workOf(criticalPathOf(trace, root));
  if (most.key === waitedFor?.key) return [];
  const totalMs = nanosOf(root) / 1e6;
  if (most.ms < totalMs * MIN_SHARE) return [];
  return [
    {
      analysis: 'self-time',
      severity: 'info',
      title:
        most.spans.length === 1
          ? 'One span spent the most time on its own, with nothing recorded below it.'
          : `${most.spans.length} like spans spent the most time on their own.`,
      facts: {
        span: most.name,
        ownMs: most.ms,
        // Side by side they may add up to more than the request took.
        ...(most.ms <= totalMs && { requestPercent: Math.round((100 * most.ms) / totalMs) }),
        service: most.service,
      },
      spanIds: most.spans.map((span) => span.spanId),
    },
  ];
}
