import { N_PLUS_ONE_KIND, N_PLUS_ONE_SIGNATURE } from '../attributes.ts';
import { SPAN_KIND, type Span, STATUS_CODE } from '../span.ts';
import type { Trace } from '../trace.ts';
import { describeCall } from './describe-call.ts';
import type { LiveSpan } from './live-span.ts';
import { type Repeat, type RepeatKind, worstFirst } from './repeat.ts';
import { RepeatTracker } from './tracker.ts';

const MAX_SPAN_IDS = 256;

interface Event {
  readonly span: Span;
  readonly atMs: number;
  readonly order: number;
  readonly isEnd: boolean;
}

/**
 * The calls a finished trace repeats: the same rule and code as the write side, on spans of any SDK.
 *
 * Worst first; empty for none. A span that outlives its parent counts as if the parent had waited for it; one that
 * is named as a parent but not here (lost, still running, another file) counts as one that was there all the time.
 * Where the write side already judged a repeat, with the parameters at hand, its kind is taken over. O(n log n) in the number
 * of spans. Never throws.
 */
export function findRepeats(trace: Trace): Repeat[] {
  const tracker = new RepeatTracker({
    maxTraces: Number.POSITIVE_INFINITY,
    maxSignatures: Math.max(256, trace.spans.length),
    maxAgeMs: Number.POSITIVE_INFINITY,
    maxSpanIds: MAX_SPAN_IDS,
    now: () => 0,
  });
  const { traceId } = trace;
  const absent = [...trace.missingParents].filter((id) => !trace.byId.has(id));
  const live = new Map<string, LiveSpan>();
  for (const spanId of absent)
    live.set(spanId, tracker.start({ traceId, spanId, parent: undefined, isRoot: true }));
  const repeats: Repeat[] = [];
  for (const { span, isEnd } of eventsOf(trace)) {
    if (!isEnd) {
      const isRoot = span.kind === SPAN_KIND.server || span.kind === SPAN_KIND.consumer;
      if (live.has(span.spanId)) continue;
      const parent = live.get(span.parentSpanId ?? '');
      live.set(span.spanId, tracker.start({ traceId, spanId: span.spanId, parent, isRoot }));
      continue;
    }
    const settled = tracker.end(live.get(span.spanId) as LiveSpan, {
      startMs: Number(span.startTimeUnixNano) / 1e6,
      endMs: Number(span.endTimeUnixNano) / 1e6,
      failed: span.status.code === STATUS_CODE.error,
      call: describeCall(span.attributes, span.kind === SPAN_KIND.client),
    });
    for (const repeat of settled?.repeats ?? []) repeats.push(asJudgedBefore(repeat, span));
  }
  for (const spanId of absent) {
    const node = live.get(spanId) as LiveSpan;
    const settled = tracker.end(node, { startMs: 0, endMs: 0, failed: false, call: undefined });
    repeats.push(...(settled?.repeats ?? []));
  }
  return repeats.sort(worstFirst);
}

/** Starts and ends in order of time; a parent ends after its children whatever the clocks say. */
function eventsOf(trace: Trace): Event[] {
  const events: Event[] = [];
  const endMs = new Map<string, number>();
  for (let i = trace.spans.length - 1; i >= 0; i--) {
    const span = trace.spans[i] as Span;
    const ownMs = Math.max(Number(span.endTimeUnixNano), Number(span.startTimeUnixNano)) / 1e6;
    const atMs = Math.max(ownMs, endMs.get(span.spanId) ?? 0);
    if (span.parentSpanId !== undefined) {
      endMs.set(span.parentSpanId, Math.max(atMs, endMs.get(span.parentSpanId) ?? 0));
    }
    events.push({ span, atMs, order: -i, isEnd: true });
    events.push({ span, atMs: Number(span.startTimeUnixNano) / 1e6, order: i, isEnd: false });
  }
  return events.sort((a, b) => a.atMs - b.atMs || Number(a.isEnd) - Number(b.isEnd) || a.order - b.order);
}

function asJudgedBefore(repeat: Repeat, parent: Span): Repeat {
  const signatures = parent.attributes[N_PLUS_ONE_SIGNATURE];
  const kinds = parent.attributes[N_PLUS_ONE_KIND];
  if (!Array.isArray(signatures) || !Array.isArray(kinds)) return repeat;
  const kind = kinds[signatures.indexOf(repeat.signature)];
  return typeof kind === 'string' && kind !== repeat.kind ? { ...repeat, kind: kind as RepeatKind } : repeat;
}
