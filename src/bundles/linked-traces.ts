import { SERVICE_NAME } from '../core/attributes.ts';
import { AgentlogError } from '../core/errors.ts';
import { SPAN_KIND, STATUS_CODE } from '../core/span.ts';
import { titleOf } from '../core/span-title.ts';
import type { Trace } from '../core/trace.ts';
import type { Allowance } from '../sources/allowance.ts';
import type { TraceSource } from '../sources/source.ts';
import { askAround } from './ask-around.ts';
import { MAX_HOT_BYTES } from './past.ts';

/** A trace that a span of this one names by a link, or one of whose spans names this one. Names are text from telemetry. */
export interface LinkedTrace {
  readonly traceId: string;
  /** to: a span of this trace links there. from: it links to this trace, as a consumer does to its producer. */
  readonly direction: 'to' | 'from';
  /** The spans of this trace that link to it, or that it links to. */
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
const DAY = 86_400_000_000_000n;

/** The traces around this one, how many more there are and why, and why those that link here were not looked for. */
export interface Linked {
  readonly linked: readonly LinkedTrace[];
  readonly moreCount: number;
  readonly whyNotMore: string;
  readonly whyNoFrom?: string;
}

const ONLY_FIVE = 'only the first five were looked up';

/**
 * The traces that links lead to, in order of appearance, then those that link to this one, the newest first.
 * `hotBytes` and `around` as in `pastOf`.
 * @throws AgentlogError what the source throws, but for one that cannot or does not answer.
 */
export async function linkedTracesOf(
  source: TraceSource,
  trace: Trace,
  hotBytes: number,
  around: Allowance,
): Promise<Linked> {
  const spansByTrace = new Map<string, Set<string>>();
  for (const span of trace.spans) {
    for (const { traceId } of span.links) {
      if (traceId === trace.traceId || !/^[0-9a-f]{32}$/.test(traceId)) continue;
      const spans = spansByTrace.get(traceId);
      if (spans === undefined) spansByTrace.set(traceId, new Set([span.spanId]));
      else spans.add(span.spanId);
    }
  }
  const toIds = [...spansByTrace.keys()].slice(0, LINKED_LIMIT);
  const to = await lookUp(source, toIds, around, (traceId, found) => ({
    direction: 'to',
    spanIds: [...(spansByTrace.get(traceId) ?? [])],
    ...describe(found),
  }));
  const from = await linkingTraces(source, trace, hotBytes, around);
  return {
    linked: [...to.linked, ...from.linked],
    moreCount: spansByTrace.size - to.linked.length + from.moreCount,
    whyNotMore: to.whyNotMore === ONLY_FIVE ? from.whyNotMore : to.whyNotMore,
    ...(from.whyNoFrom !== undefined && { whyNoFrom: from.whyNoFrom }),
  };
}

/** Only of a trace that sends messages, or has links itself, others are asked for: each time all spans are looked at. */
async function linkingTraces(
  source: TraceSource,
  trace: Trace,
  hotBytes: number,
  around: Allowance,
): Promise<Linked> {
  const nothing = { linked: [], moreCount: 0, whyNotMore: ONLY_FIVE };
  const start = trace.spans[0]?.startTimeUnixNano;
  const isSending = trace.spans.some(({ kind }) => kind === SPAN_KIND.producer);
  if (start === undefined || !isSending) return nothing;
  if (!source.capabilities().canFindLinks)
    return { ...nothing, whyNoFrom: 'the source cannot search by links' };
  if (hotBytes > MAX_HOT_BYTES)
    return { ...nothing, whyNoFrom: 'all files would be read again; `agentlog-otel compact` helps' };
  const answer = await askAround(around, () =>
    source.search({
      where: { linkedTraceId: trace.traceId },
      sinceUnixNano: start,
      untilUnixNano: start + DAY,
      limit: LINKED_LIMIT,
    }),
  );
  if (typeof answer === 'string') return { ...nothing, whyNoFrom: answer };
  const fromIds = answer.traces.map(({ traceId }) => traceId);
  const from = await lookUp(source, fromIds, around, (_, found) => {
    const links = (found?.spans ?? []).flatMap((span) => span.links);
    const ids = links.filter(({ traceId }) => traceId === trace.traceId).map(({ spanId }) => spanId);
    const spanIds = [...new Set(ids)].filter((id) => trace.byId.has(id));
    return { direction: 'from', spanIds, ...describe(found) };
  });
  return { ...from, moreCount: answer.matchCount - from.linked.length };
}

/** One trace after another, until the source may not be asked any more. */
async function lookUp(
  source: TraceSource,
  traceIds: readonly string[],
  around: Allowance,
  read: (traceId: string, found: Trace | undefined) => Omit<LinkedTrace, 'traceId'>,
): Promise<Pick<Linked, 'linked' | 'whyNotMore'>> {
  const linked: LinkedTrace[] = [];
  for (const traceId of traceIds) {
    const found = await find(source, traceId, around);
    if (typeof found === 'string') return { linked, whyNotMore: found };
    linked.push({ traceId, ...read(traceId, found.trace) });
  }
  return { linked, whyNotMore: ONLY_FIVE };
}

/** The trace, none where the source has it not, or why that is not known. */
async function find(
  source: TraceSource,
  traceId: string,
  around: Allowance,
): Promise<{ readonly trace?: Trace } | string> {
  return askAround(around, async () => {
    try {
      const { trace } = await source.trace(traceId);
      return { trace };
    } catch (error) {
      if (error instanceof AgentlogError && error.code === 'TRACE_NOT_FOUND') return {};
      throw error;
    }
  });
}

function describe(trace: Trace | undefined): Omit<LinkedTrace, 'traceId' | 'direction' | 'spanIds'> {
  if (trace === undefined) return { isFound: false };
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
    rootName: titleOf(root),
    services: [...services].filter(Boolean).sort(),
    startTimeUnixNano: root.startTimeUnixNano,
    durationMs: Number(end - root.startTimeUnixNano) / 1e6,
    spanCount: trace.spans.length,
    errorCount: trace.spans.filter(({ status }) => status.code === STATUS_CODE.error).length,
  };
}
