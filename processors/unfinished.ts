import { type HrTime, type SpanStatus, SpanStatusCode } from '@opentelemetry/api';
import { hrTime, hrTimeDuration } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** The error that a process dies of, and the span it was thrown in. */
export interface Crash {
  readonly spanId: string;
  readonly message: string | undefined;
}

/**
 * The spans of a dying process that have not ended, as ended now, children before parents. What a crash broke off, the
 * span it was thrown in and those above it, has failed: whoever looks for failed traces finds it.
 */
export function endUnfinished(live: readonly ReadableSpan[], crash: Crash | undefined): ReadableSpan[] {
  const unfinished = live.filter((span) => !span.ended).sort((a, b) => latestFirst(a.startTime, b.startTime));
  const brokenOff = crash === undefined ? new Set() : withThoseAbove(unfinished, crash.spanId);
  return unfinished.map((span) => {
    const endTime = hrTime();
    return Object.create(span, {
      endTime: { value: endTime },
      duration: { value: hrTimeDuration(span.startTime, endTime) },
      status: { value: brokenOff.has(span) ? failedBy(crash, span.status) : span.status },
    });
  });
}

/** A parent starts first, or at the same moment at the latest. */
function latestFirst(a: HrTime, b: HrTime): number {
  return b[0] - a[0] || b[1] - a[1];
}

function withThoseAbove(spans: readonly ReadableSpan[], spanId: string): Set<ReadableSpan> {
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
  const found = new Set<ReadableSpan>();
  let at = byId.get(spanId);
  while (at !== undefined && !found.has(at)) {
    found.add(at);
    at = byId.get(at.parentSpanContext?.spanId ?? '');
  }
  return found;
}

/** What the app itself said of the span stands. */
function failedBy(crash: Crash | undefined, said: SpanStatus): SpanStatus {
  if (said.code !== SpanStatusCode.UNSET) return said;
  return { code: SpanStatusCode.ERROR, ...(crash?.message !== undefined && { message: crash.message }) };
}
