import type { Span } from '../../core/span.ts';
import type { Trace } from '../../core/trace.ts';

/**
 * A function that gives the nearest span above another of which `holds` is true. Each step up is walked once for the
 * whole trace, so asking for all spans is linear; spans that are each other's parents end the walk.
 */
export function nearestAbove(trace: Trace, holds: (span: Span) => boolean): (span: Span) => Span | undefined {
  const known = new Map<string, Span | undefined>();
  return (span) => {
    const path: string[] = [];
    let found: Span | undefined;
    for (let at: Span | undefined = span; at !== undefined; ) {
      if (known.has(at.spanId)) {
        found = known.get(at.spanId);
        break;
      }
      known.set(at.spanId, undefined);
      path.push(at.spanId);
      const parent: Span | undefined = trace.byId.get(at.parentSpanId ?? '');
      if (parent !== undefined && holds(parent)) {
        found = parent;
        break;
      }
      at = parent;
    }
    for (const id of path) known.set(id, found);
    return found;
  };
}

/** All of them, from the nearest one upwards. */
export function chainAbove(span: Span, above: (span: Span) => Span | undefined): Span[] {
  const chain = new Set<Span>();
  for (let next = above(span); next !== undefined && !chain.has(next); next = above(next)) chain.add(next);
  return [...chain];
}
