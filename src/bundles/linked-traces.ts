import { SERVICE_NAME } from '../core/attributes.ts';
import { AgentlogError } from '../core/errors.ts';
import { STATUS_CODE } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { TraceSource } from '../sources/source.ts';

/** A trace that a span of this one names by a link. Names are text from telemetry. */
export interface LinkedTrace {
  readonly traceId: string;
  /** The spans of this trace that link to it. */
  readonly spanIds: readonly string[];
  /** Whether the source has it; without it the rest is absent. */
  readonly isFound: boolean;
  readonly rootName?: string;
  readonly services?: readonly string[];
  readonly startTimeUnixNano?: bigint;
  readonly durationMs?: number;
  readonly spanCount?: number;
  readonly errorCount?: number;
}

/** More are counted and not looked up: each is a question to the source. */
export const LINKED_LIMIT = 5;

/** The traces that links lead to, in order of appearance, and how many more there are. */
export async function linkedTracesOf(
  source: TraceSource,
  trace: Trace,
): Promise<{ linked: LinkedTrace[]; moreCount: number }> {
  const spansByTrace = new Map<string, Set<string>>();
  for (const span of trace.spans) {
    for (const { traceId } of span.links) {
      if (traceId === trace.traceId || !/^[0-9a-f]{32}$/.test(traceId)) continue;
      const spans = spansByTrace.get(traceId);
      if (spans === undefined) spansByTrace.set(traceId, new Set([span.spanId]));
      else spans.add(span.spanId);
    }
  }
  const linked: LinkedTrace[] = [];
  for (const [traceId, spanIds] of [...spansByTrace].slice(0, LINKED_LIMIT)) {
    linked.push({ traceId, spanIds: [...spanIds], ...(await describe(source, traceId)) });
  }
  return { linked, moreCount: Math.max(0, spansByTrace.size - LINKED_LIMIT) };
}

async function describe(
  source: TraceSource,
  traceId: string,
): Promise<Omit<LinkedTrace, 'traceId' | 'spanIds'>> {
  let trace: Trace;
  try {
    trace = (await source.trace(traceId)).trace;
  } catch (error) {
    if (error instanceof AgentlogError && error.code === 'TRACE_NOT_FOUND') return { isFound: false };
    throw error;
  }
  const [root] = trace.roots;
  if (root === undefined) return { isFound: true, spanCount: 0, errorCount: 0 };
  const end = trace.spans.reduce(
    (max, span) => (span.endTimeUnixNano > max ? span.endTimeUnixNano : max),
    0n,
  );
  const services = new Set(
    trace.spans.map(({ resource }) => String(resource.attributes[SERVICE_NAME] ?? '')),
  );
  return {
    isFound: true,
    rootName: root.name,
    services: [...services].filter(Boolean).sort(),
    startTimeUnixNano: root.startTimeUnixNano,
    durationMs: Number(end - root.startTimeUnixNano) / 1e6,
    spanCount: trace.spans.length,
    errorCount: trace.spans.filter(({ status }) => status.code === STATUS_CODE.error).length,
  };
}
