import { DB_SIGNATURE } from '../core/attributes.ts';
import { durationMs, type Span } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { Finding, History } from './analysis.ts';
import { callFactsOf } from './facts/call-facts.ts';
import { mainRoot, nanosOf } from './facts/main-root.ts';
import { chainAbove, nearestAbove } from './facts/nearest-above.ts';
import { ownTimeOf } from './facts/own-time.ts';

const SHOWN = 5;
/** Below that a percentile means little, and only what is far beyond it counts. */
const MIN_KNOWN = 20;
const SLOWER = 2;
const FEW_KNOWN = 5;
const FAR_SLOWER = 5;
const MIN_SLOWER_MS = 50;
/** Beyond all but a few, and so much beyond most: what grows with each request has no p95 that it exceeds by much. */
const FAR_FROM_MOST = 2;
const MIN_FAR_MS = 100;
/** Without history only what any reader would call slow. */
const SLOW_MS = 500;
const MIN_SHARE = 0.3;
/** This part of its delay lies below a span that only waited. */
const EXPLAINED = 0.7;

/**
 * Spans that took longer than their kind does: at least twice the p95 of their history (five times, where that is less
 * than 20 spans) and 50 ms more, by how much they exceed it; as a note what exceeds it at all and takes twice the
 * median. Without a history of 20 or more, also single spans of 500 ms of their own that are a third of the request.
 */
export function slowSpans(trace: Trace, history?: History): Finding[] {
  const root = mainRoot(trace);
  if (root === undefined) return [];
  const own = ownTimeOf(trace);
  const rootMs = nanosOf(root) / 1e6;
  const found = trace.spans.flatMap((span) => {
    const known = history?.get(historyKeyOf(span));
    if (known !== undefined && known.count >= FEW_KNOWN) {
      const isKnown = known.count >= MIN_KNOWN;
      const tookMs = durationMs(span);
      const overMs = tookMs - known.p95Ms;
      const isSlow = tookMs >= known.p95Ms * (isKnown ? SLOWER : FAR_SLOWER) && overMs >= MIN_SLOWER_MS;
      if (isSlow) return [{ span, overMs, finding: slowerThanUsual(trace, span, known, 'problem') }];
      const isFar = overMs > 0 && tookMs >= known.p50Ms * FAR_FROM_MOST && tookMs - known.p50Ms >= MIN_FAR_MS;
      if (isKnown)
        return isFar ? [{ span, overMs, finding: slowerThanUsual(trace, span, known, 'note') }] : [];
    }
    const ownMs = (own.get(span) ?? 0) / 1e6;
    const isSlow = ownMs >= SLOW_MS && ownMs >= rootMs * MIN_SHARE;
    return isSlow ? [{ span, overMs: ownMs - SLOW_MS, finding: slow(trace, span, ownMs) }] : [];
  });
  return withoutThoseAbove(trace, found)
    .sort((a, b) => b.overMs - a.overMs)
    .slice(0, SHOWN)
    .map(({ finding }) => finding);
}

interface Slow {
  readonly span: Span;
  /** By how much it is slower than it should be. */
  readonly overMs: number;
  readonly finding: Finding;
}

/** A span that is late because of slow spans below it says nothing that they do not. */
function withoutThoseAbove(trace: Trace, found: readonly Slow[]): Slow[] {
  const isFound = new Set(found.map(({ span }) => span));
  const above = nearestAbove(trace, (span) => isFound.has(span));
  const explainedMs = new Map<Span, number>();
  const isAbove = new Set(found.flatMap(({ span }) => above(span) ?? []));
  for (const { span, overMs } of found) {
    if (isAbove.has(span)) continue;
    for (const each of chainAbove(span, above)) explainedMs.set(each, (explainedMs.get(each) ?? 0) + overMs);
  }
  return found.filter(({ span, overMs }) => (explainedMs.get(span) ?? 0) < overMs * EXPLAINED);
}

/** What a span is compared by: the statement's signature, else its name. */
export function historyKeyOf(span: Span): string {
  const signature = span.attributes[DB_SIGNATURE];
  return typeof signature === 'string' ? signature : span.name;
}

function slowerThanUsual(
  trace: Trace,
  span: Span,
  known: { count: number; p50Ms: number; p95Ms: number },
  severity: 'problem' | 'note',
): Finding {
  return {
    analysis: 'slow-spans',
    severity,
    title: `A span took ${severity === 'problem' ? 'far ' : ''}longer than its kind does.`,
    facts: {
      span: span.name,
      ...callFactsOf(trace, span),
      tookMs: durationMs(span),
      usualMs: known.p50Ms,
      usualP95Ms: known.p95Ms,
      knownCount: known.count,
    },
    spanIds: [span.spanId],
  };
}

function slow(trace: Trace, span: Span, ownMs: number): Finding {
  return {
    analysis: 'slow-spans',
    severity: 'note',
    title: 'A span was slow by itself; how long it usually takes is not known here.',
    facts: { span: span.name, ...callFactsOf(trace, span), ownMs, tookMs: durationMs(span) },
    spanIds: [span.spanId],
  };
}
