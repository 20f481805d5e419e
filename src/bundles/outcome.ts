import { SPAN_UNFINISHED } from '../core/attributes.ts';
import { SPAN_KIND, type Span, STATUS_CODE } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { Bundle, Outcome } from './bundle.ts';

/** How it went, by the roots and by what was found. */
export function outcomeOf(trace: Trace, findings: Bundle['findings']): Outcome {
  if (trace.spans.length === 0) return 'empty';
  const hasFailed = (root: Span): boolean =>
    root.status.code === STATUS_CODE.error || root.attributes[SPAN_UNFINISHED] === true;
  if (
    [...trace.roots, ...lastAttempts(trace)].some(hasFailed) ||
    findings.some(({ facts }) => facts.uncaught)
  )
    return 'failed';
  return findings.some((finding) => finding.severity === 'problem') ? 'problem' : 'ok';
}

/** Of the spans that took a message: each job by itself, as who sent it does not wait for it; of retries the last. */
function lastAttempts({ spans }: Trace): Iterable<Span> {
  const jobs = new Map<string, Span>();
  for (const span of spans) {
    if (span.kind !== SPAN_KIND.consumer) continue;
    const { parentSpanId, name, attributes } = span;
    const id = attributes['messaging.message.id'];
    jobs.set(id === undefined ? span.spanId : JSON.stringify([parentSpanId, name, id]), span);
  }
  return jobs.values();
}

/** When the trace began and how long it took, by its spans. */
export function windowOf(trace: Trace): Pick<Bundle, 'startTimeUnixNano' | 'durationMs'> {
  const start = trace.spans[0]?.startTimeUnixNano ?? trace.logs[0]?.timeUnixNano ?? 0n;
  let end = start;
  for (const span of trace.spans) if (span.endTimeUnixNano > end) end = span.endTimeUnixNano;
  return { startTimeUnixNano: start, durationMs: Number(end - start) / 1e6 };
}
