import type { Span } from '../core/span.ts';
import type { TraceSource, Window } from '../sources/source.ts';
import { readRecords } from './read-records.ts';

/** A call as far as it matters what is around it. */
export type CallPlace = Pick<Span, 'traceId' | 'spanId' | 'parentSpanId'>;

export interface Nesting {
  /** Span ids of calls that have another one of them below: a framework around a client. */
  readonly around: ReadonlySet<string>;
  /** Span ids of calls that have another one of them above. */
  readonly inside: ReadonlySet<string>;
}

/** Parents that are remembered, about 100 bytes each; past it calls may be taken for two. */
const LINK_LIMIT = 2_000_000;

/**
 * Which calls are made inside each other, whatever spans lie between. Reads the source once more, when a trace has more
 * than one call; remembers the parents of the spans of such traces.
 */
export async function nestingOf(
  source: TraceSource,
  window: Window,
  calls: Iterable<CallPlace>,
): Promise<Nesting> {
  const byTrace = new Map<string, CallPlace[]>();
  for (const call of calls) {
    const list = byTrace.get(call.traceId);
    if (list === undefined) byTrace.set(call.traceId, [call]);
    else list.push(call);
  }
  for (const [traceId, list] of byTrace) if (list.length < 2) byTrace.delete(traceId);
  const around = new Set<string>();
  const inside = new Set<string>();
  if (byTrace.size === 0) return { around, inside };
  const parents = new Map<string, string>();
  await readRecords(source, window, ({ spans }) => {
    for (const { traceId, spanId, parentSpanId } of spans) {
      if (parentSpanId === undefined || parents.size >= LINK_LIMIT || !byTrace.has(traceId)) continue;
      parents.set(spanId, parentSpanId);
    }
  });
  for (const list of byTrace.values()) {
    const ids = new Set(list.map(({ spanId }) => spanId));
    for (const { spanId } of list) {
      const passed = new Set<string>();
      for (let id = parents.get(spanId); id !== undefined && !passed.has(id); id = parents.get(id)) {
        passed.add(id);
        if (!ids.has(id)) continue;
        around.add(id);
        inside.add(spanId);
        // What is further up was, or will be, found from there.
        break;
      }
    }
  }
  return { around, inside };
}
