import { SPAN_KIND, type Span } from '../../core/span.ts';
import type { Trace } from '../../core/trace.ts';
import { MOMENT_NANOS } from './moment.ts';

interface Visit {
  readonly span: Span;
  /** Nothing before this counts: a child's clock may be behind its parent's. */
  readonly floor: bigint;
  /** Where the part of this span that was waited for ends. */
  readonly until: bigint;
  /** The last to end first. */
  readonly children: readonly Span[];
  next: number;
  /** Everything after this is accounted for. */
  time: bigint;
}

/** A stretch of time in which a span itself, nothing below it, was waited for. */
export interface CriticalStretch {
  readonly span: Span;
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * The chain of work that the end of `root` waited for: nanoseconds by span, each the span's own share, in the order
 * of the path from its end backwards. They add up to the duration of `root`.
 */
export function criticalPathOf(trace: Trace, root: Span): Map<Span, number> {
  const own = new Map<Span, number>();
  for (const { span, from, to } of criticalStretchesOf(trace, root)) {
    own.set(span, (own.get(span) ?? 0) + Number(to - from));
  }
  return own;
}

/**
 * The same chain in stretches without gap or overlap, from its end backwards.
 *
 * From the end backwards: the child that ended last was waited for; before its start, the one that had ended by
 * then; between them the span itself worked. What the other side of a call does after the caller gave up is cut off
 * there; work of the same side that goes on after its parent ended was not waited for. Sorts children once; no recursion.
 */
export function criticalStretchesOf(trace: Trace, root: Span): CriticalStretch[] {
  const stretches: CriticalStretch[] = [];
  const add = (span: Span, from: bigint, to: bigint): void => {
    if (to > from) stretches.push({ span, from, to });
  };
  const stack = [visit(trace, root, root.startTimeUnixNano, root.endTimeUnixNano)];
  for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
    const child = nextChild(at);
    if (child === undefined) {
      add(at.span, at.floor, at.time);
      stack.pop();
      continue;
    }
    const end = child.endTimeUnixNano < at.time ? child.endTimeUnixNano : at.time;
    const start = child.startTimeUnixNano > at.floor ? child.startTimeUnixNano : at.floor;
    add(at.span, end, at.time);
    at.time = start;
    stack.push(visit(trace, child, start, end));
  }
  return stretches;
}

function visit(trace: Trace, span: Span, floor: bigint, until: bigint): Visit {
  const children = [...trace.childrenOf(span)].sort((a, b) =>
    a.endTimeUnixNano === b.endTimeUnixNano ? 0 : a.endTimeUnixNano < b.endTimeUnixNano ? 1 : -1,
  );
  return { span, floor, until, children, next: 0, time: until };
}

/** The child that had to end before `time`: of those that outlive the span itself the last one. */
function nextChild(at: Visit): Span | undefined {
  for (let child = at.children[at.next++]; child !== undefined; child = at.children[at.next++]) {
    const isOtherSide = child.kind === SPAN_KIND.server || child.kind === SPAN_KIND.consumer;
    if (!isOtherSide && child.endTimeUnixNano > at.span.endTimeUnixNano + MOMENT_NANOS) continue;
    const wasWaitedFor = child.endTimeUnixNano <= at.time || at.time === at.until;
    const isInside = child.startTimeUnixNano < at.time && child.endTimeUnixNano > at.floor;
    if (wasWaitedFor && isInside) return child;
  }
  return undefined;
}
