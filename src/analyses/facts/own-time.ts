import type { Span } from '../../core/span.ts';
import type { Trace } from '../../core/trace.ts';

/** Nanoseconds of each span in which none of its children ran, in the order of the spans; never negative. Linear. */
export function ownTimeOf(trace: Trace): Map<Span, number> {
  return new Map(trace.spans.map((span) => [span, ownNanos(span, trace.childrenOf(span))]));
}

/** Children come in order of start, so one pass finds what they cover together. */
function ownNanos(span: Span, children: readonly Span[]): number {
  const end = span.endTimeUnixNano;
  let own = 0n;
  let covered = span.startTimeUnixNano;
  for (const child of children) {
    const start = child.startTimeUnixNano < end ? child.startTimeUnixNano : end;
    if (start > covered) own += start - covered;
    if (child.endTimeUnixNano > covered) covered = child.endTimeUnixNano;
  }
  if (end > covered) own += end - covered;
  return Number(own);
}
