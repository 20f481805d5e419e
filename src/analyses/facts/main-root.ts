import type { Span } from '../../core/span.ts';
import type { Trace } from '../../core/trace.ts';

/** The root that lasts longest: the request itself where a trace has parts without their parents. Undefined for no spans. */
export function mainRoot(trace: Trace): Span | undefined {
  let longest: Span | undefined;
  for (const root of trace.roots) {
    if (longest === undefined || nanosOf(root) > nanosOf(longest)) longest = root;
  }
  return longest;
}

/** Nanoseconds, never negative; exact up to 104 days. */
export function nanosOf(span: Span): number {
  return Math.max(0, Number(span.endTimeUnixNano - span.startTimeUnixNano));
}
