import type { Trace } from '../../core/trace.ts';

/** The marker names the rule that masked a value. */
const MARKER = /\[REDACTED:([a-z0-9][a-z0-9._-]{0,63})\]/gi;
const DEPTH_LIMIT = 32;

/**
 * How often each rule's marker stands in the spans and log records of a trace, most frequent first. Whoever can
 * write telemetry can write a marker, so this says what is seen, not what was done. Linear; never throws.
 */
export function redactionMarkersOf(trace: Trace): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const seenShared = new Set<unknown>();
  const shared = (value: unknown): void => {
    if (seenShared.has(value)) return;
    seenShared.add(value);
    visit(value, counts, 0);
  };
  for (const span of trace.spans) {
    const { name, attributes, events, links, status, traceState } = span;
    visit([name, attributes, status.message, traceState], counts, 0);
    for (const event of events) visit([event.name, event.attributes], counts, 0);
    for (const link of links) visit(link.attributes, counts, 0);
    shared(span.resource);
  }
  for (const log of trace.logs) {
    visit([log.body, log.attributes, log.eventName], counts, 0);
    shared(log.resource);
  }
  return new Map([...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}

function visit(value: unknown, counts: Map<string, number>, depth: number): void {
  if (typeof value === 'string') {
    if (!value.includes('[REDACTED:')) return;
    for (const [, rule = ''] of value.matchAll(MARKER)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  } else if (typeof value === 'object' && value !== null && depth < DEPTH_LIMIT) {
    if (value instanceof Uint8Array) return;
    for (const [key, each] of Object.entries(value)) {
      if (!Array.isArray(value)) visit(key, counts, depth + 1);
      visit(each, counts, depth + 1);
    }
  }
}
