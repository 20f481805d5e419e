import { historyKeyOf } from '../analyses/slow-spans.ts';
import type { Redactor } from '../core/redaction/redactor.ts';
import { durationMs, type Span } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { TraceSource } from '../sources/source.ts';
import { redactTrace } from './redact-trace.ts';

/** A trace that went as usual, and where this one differs from it. */
export interface TypicalTrace {
  readonly traceId: string;
  readonly durationMs: number;
  readonly spanCount: number;
  /** Kinds of spans (one statement, one name) by how much more or less time they took here, at most 6. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  /** Text from telemetry. */
  readonly name: string;
  /** The first of them here; absent for what only the other trace has. */
  readonly spanId?: string;
  readonly count: number;
  readonly totalMs: number;
  readonly typicalCount: number;
  readonly typicalMs: number;
}

const LIMIT = 6;

/** @throws AgentlogError what {@link TraceSource.trace} throws. */
export async function typicalOf(
  source: TraceSource,
  trace: Trace,
  typicalTraceId: string,
  redactor: Redactor,
): Promise<TypicalTrace> {
  const { trace: raw } = await source.trace(typicalTraceId);
  const other = redactTrace(raw, redactor);
  const [here, there] = [kindsOf(trace), kindsOf(other)];
  const differences = [...new Set([...here.keys(), ...there.keys()])].map((key): Difference => {
    const [own, usual] = [here.get(key), there.get(key)];
    return {
      name: (own ?? usual)?.first.name ?? '',
      ...(own !== undefined && { spanId: own.first.spanId }),
      count: own?.count ?? 0,
      totalMs: own?.totalMs ?? 0,
      typicalCount: usual?.count ?? 0,
      typicalMs: usual?.totalMs ?? 0,
    };
  });
  const by = ({ totalMs, typicalMs }: Difference): number => Math.abs(totalMs - typicalMs);
  const spans = other.spans;
  const end = spans.reduce((max, span) => (span.endTimeUnixNano > max ? span.endTimeUnixNano : max), 0n);
  return {
    traceId: other.traceId,
    durationMs: Number(end - (spans[0]?.startTimeUnixNano ?? end)) / 1e6,
    spanCount: spans.length,
    differences: differences
      .filter((each) => each.count !== each.typicalCount || by(each) >= 1)
      .sort((a, b) => by(b) - by(a) || (a.name < b.name ? -1 : 1))
      .slice(0, LIMIT),
  };
}

function kindsOf(trace: Trace): Map<string, { first: Span; count: number; totalMs: number }> {
  const kinds = new Map<string, { first: Span; count: number; totalMs: number }>();
  for (const span of trace.spans) {
    const key = historyKeyOf(span);
    const kind = kinds.get(key) ?? { first: span, count: 0, totalMs: 0 };
    kinds.set(key, kind);
    kind.count += 1;
    kind.totalMs += durationMs(span);
  }
  return kinds;
}
