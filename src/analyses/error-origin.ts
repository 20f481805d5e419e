import { SERVICE_NAME } from '../core/attributes.ts';
import { type Span, STATUS_CODE } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { Finding } from './analysis.ts';
import { type ExceptionFact, exceptionsOf } from './facts/exceptions.ts';
import { chainAbove, nearestAbove } from './facts/nearest-above.ts';

/** Distinct origins that are reported; a trace with more is a storm of one of them. */
const ORIGIN_LIMIT = 5;

interface Origin {
  readonly span: Span;
  readonly exception: ExceptionFact;
  /** The failed spans above it, nearest first. Spans between them may not have been marked. */
  readonly failedAncestors: readonly Span[];
  /** Other failed leaves that say the same: attempts, or a storm. */
  readonly repeats: Span[];
}

/**
 * Where failures began: failed spans with no failed span below them, across services. The one that most likely
 * broke the request is first: it reached a failed root, and says what the spans above repeat, or ended last.
 */
export function errorOrigin(trace: Trace): Finding[] {
  const hasFailed = (span: Span): boolean => span.status.code === STATUS_CODE.error;
  const failed = trace.spans.filter(hasFailed);
  const failedAbove = nearestAbove(trace, hasFailed);
  const hasFailedBelow = new Set(failed.map((span) => failedAbove(span)?.spanId));
  const origins = new Map<string, Origin>();
  for (const span of failed) {
    if (hasFailedBelow.has(span.spanId)) continue;
    const [exception] = exceptionsOf(span, trace.logsOf(span));
    if (exception === undefined) continue;
    const key = `${exception.fingerprint ?? exception.type}\n${span.name}\n${exception.message}`;
    const known = origins.get(key);
    if (known !== undefined) known.repeats.push(span);
    else {
      const failedAncestors = chainAbove(span, failedAbove);
      origins.set(key, { span, exception, failedAncestors, repeats: [] });
    }
  }
  const ranked = [...origins.values()].sort((a, b) => score(trace, b) - score(trace, a) || byEnd(b, a));
  return ranked.slice(0, ORIGIN_LIMIT).map((origin, index) => describe(trace, origin, index === 0));
}

/** 4 when it reached a root, 2 when the spans above repeat its type or message, 1 when it names its own code. */
function score(trace: Trace, origin: Origin): number {
  const { exception, failedAncestors } = origin;
  const isEcho = failedAncestors.some((above) =>
    exceptionsOf(above, trace.logsOf(above)).some(
      (each) => each.type === exception.type || (each.message !== '' && each.message === exception.message),
    ),
  );
  return (reachesRoot(trace, origin) ? 4 : 0) + (isEcho ? 2 : 0) + (exception.origin?.isInApp ? 1 : 0);
}

function reachesRoot(trace: Trace, { span, failedAncestors }: Origin): boolean {
  const top = failedAncestors.at(-1) ?? span;
  return top.parentSpanId === undefined || !trace.byId.has(top.parentSpanId);
}

function byEnd(a: Origin, b: Origin): number {
  return a.span.endTimeUnixNano < b.span.endTimeUnixNano ? -1 : 1;
}

function describe(trace: Trace, origin: Origin, isFirst: boolean): Finding {
  const { span, exception, failedAncestors, repeats } = origin;
  const isFatal = reachesRoot(trace, origin);
  const frame = exception.origin;
  const service = span.resource.attributes[SERVICE_NAME];
  return {
    analysis: 'error-origin',
    severity: isFatal && isFirst ? 'problem' : 'note',
    title: titleOf(isFatal, isFirst, failedAncestors.length, repeats.length + 1),
    facts: {
      type: exception.type,
      message: exception.message,
      ...(frame && { at: `${frame.file}:${frame.line}` }),
      ...(frame?.functionName && { function: frame.functionName }),
      service: typeof service === 'string' ? service : '',
      span: span.name,
      ...(exception.fingerprint && { fingerprint: exception.fingerprint }),
    },
    spanIds: [span, ...failedAncestors, ...repeats].map((each) => each.spanId),
  };
}

function titleOf(isFatal: boolean, isFirst: boolean, ancestors: number, times: number): string {
  const again = times > 1 ? ` It happened ${times} times.` : '';
  if (!isFatal) return `A span failed and the request went on.${again}`;
  if (!isFirst) return `Another span failed as well.${again}`;
  return ancestors === 0
    ? `The root span failed.${again}`
    : `The failure began here and reached the root.${again}`;
}
