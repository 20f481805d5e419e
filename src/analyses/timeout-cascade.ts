import { ERROR_TYPE, HTTP_RESPONSE_STATUS_CODE, SERVICE_NAME } from '../core/attributes.ts';
import { durationMs, SPAN_KIND, type Span, STATUS_CODE } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { Finding } from './analysis.ts';
import { callFactsOf } from './facts/call-facts.ts';
import { outsideCallOf } from './facts/calls.ts';
import { exceptionsOf } from './facts/exceptions.ts';
import { chainAbove, nearestAbove } from './facts/nearest-above.ts';

const TIMEOUT =
  /time[sd]?[ _-]?out|deadline|ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_(?:HEADERS|BODY|CONNECT)_TIMEOUT|^AbortError$/i;
const TIMEOUT_STATUS = new Set([408, 504]);
/** gRPC's DEADLINE_EXCEEDED. */
const GRPC_DEADLINE = 4;
/** The part of a span's time that makes what is below it the reason. */
const MOST = 0.6;

interface Place {
  readonly span: Span;
  /** The spans above that timed out as well, nearest first. */
  readonly chain: readonly Span[];
  /** Other times the same call gave up. */
  readonly repeats: Span[];
}

/**
 * Where time ran out: the deepest span of each chain that gave up waiting, what it waited for, and how far up the
 * failure went. The longest chain first.
 */
export function timeoutCascade(trace: Trace): Finding[] {
  const timedOut = new Set(trace.spans.filter((span) => isTimeout(span, trace)));
  const above = nearestAbove(trace, (span) => timedOut.has(span));
  const hasOneBelow = new Set([...timedOut].map((span) => above(span)));
  const places = new Map<string, Place>();
  for (const span of timedOut) {
    if (hasOneBelow.has(span)) continue;
    if (isOnlyAnswered(span, trace) && above(span) === undefined) continue;
    const key = outsideCallOf(span)?.key ?? `${String(span.resource.attributes[SERVICE_NAME])}\n${span.name}`;
    const known = places.get(key);
    if (known === undefined) places.set(key, { span, chain: chainAbove(span, above), repeats: [] });
    else known.repeats.push(span);
  }
  return [...places.values()]
    .sort((a, b) => b.chain.length - a.chain.length)
    .map((place) => describe(trace, place));
}

function isTimeout(span: Span, trace: Trace): boolean {
  if (span.status.code !== STATUS_CODE.error) return false;
  const { attributes } = span;
  if (TIMEOUT_STATUS.has(Number(attributes[HTTP_RESPONSE_STATUS_CODE]))) return true;
  if (attributes['rpc.grpc.status_code'] === GRPC_DEADLINE) return true;
  const words = [
    attributes[ERROR_TYPE],
    ...exceptionsOf(span, trace.logsOf(span)).flatMap((each) => [each.type, each.message]),
  ];
  return words.some((word) => typeof word === 'string' && TIMEOUT.test(word));
}

/** A request that was answered so, without an exception: time ran out on something that nobody recorded. */
function isOnlyAnswered(span: Span, trace: Trace): boolean {
  return (
    span.kind === SPAN_KIND.server &&
    exceptionsOf(span, trace.logsOf(span)).every(
      ({ type, message }) => /^\d{3}$/.test(type) && message === '',
    )
  );
}

function describe(trace: Trace, { span, chain, repeats }: Place): Finding {
  const callee = slowest(trace.childrenOf(span));
  const overrunMs = callee === undefined ? 0 : Number(callee.endTimeUnixNano - span.endTimeUnixNano) / 1e6;
  const levels =
    chain.length === 0
      ? ''
      : `, and ${chain.length === 1 ? 'the span' : `${chain.length} spans`} above failed with it`;
  const wentOn = overrunMs > 0 ? '; what it had called went on for nothing' : '';
  const again = repeats.length === 0 ? '' : ` It happened ${repeats.length + 1} times.`;
  const service = span.resource.attributes[SERVICE_NAME];
  return {
    analysis: 'timeout-cascade',
    severity: chain.length > 0 || overrunMs > 0 ? 'problem' : 'note',
    title: `A span gave up waiting${levels}${wentOn}.${again}`,
    facts: {
      span: span.name,
      waitedMs: durationMs(span),
      service: typeof service === 'string' ? service : '',
      ...(callee !== undefined && { calleeSpanId: callee.spanId, calleeMs: durationMs(callee) }),
      ...(overrunMs > 0 && { overrunMs }),
      ...spentIn(trace, callee),
      ...callFactsOf(trace, span),
    },
    spanIds: [span, ...(callee === undefined ? [] : [callee]), ...chain, ...repeats].map(
      (each) => each.spanId,
    ),
  };
}

/** Below what was waited for, the deepest span that took most of its time, and what it asked. */
function spentIn(trace: Trace, callee: Span | undefined): Finding['facts'] {
  let at = callee;
  const seen = new Set<Span>();
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    const next = slowest(trace.childrenOf(at));
    if (next === undefined || durationMs(next) < durationMs(at) * MOST) break;
    at = next;
  }
  if (at === undefined || at === callee) return {};
  return { spentInSpanId: at.spanId, spentMs: durationMs(at), ...callFactsOf(trace, at) };
}

function slowest(spans: readonly Span[]): Span | undefined {
  let found: Span | undefined;
  for (const span of spans) if (found === undefined || durationMs(span) > durationMs(found)) found = span;
  return found;
}
