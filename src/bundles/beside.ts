import { MOMENT_MS } from '../analyses/facts/moment.ts';
import type { Redactor } from '../core/redaction/redactor.ts';
import { titleOf } from '../core/span-title.ts';
import type { Trace } from '../core/trace.ts';
import type { TraceSource, TraceSummary } from '../sources/source.ts';
import { type Baseline, isUsualKnown } from './baseline.ts';
import { windowOf } from './outcome.ts';
import { MAX_HOT_BYTES } from './past.ts';

/** Like requests or jobs that ran with the trace or shortly before it: who held the lock, took the connection, came first. */
export interface Beside {
  /** Name of the root span. Text from telemetry. */
  readonly rootName: string;
  readonly httpStatusCode?: number;
  /** Text from telemetry. */
  readonly errorType?: string;
  readonly count: number;
  /** Whether the nearest of them ran at the same time; else it had ended before. */
  readonly isAtSameTime: boolean;
  /** Of the nearest of them in time. */
  readonly traceId: string;
  readonly durationMs: number;
  /** From its start to the start of this trace; negative when it began later. */
  readonly earlierMs: number;
}

/** So far back is looked, or so far where little went on. */
const NEAR = 10_000_000_000n;
const FAR = 60_000_000_000n;
const LITTLE = 10;
const MOST_TRACES = 50;
/** Each may be a request of its own to a backend. */
const MOST_REMOTE = 10;
const MOST_GROUPS = 5;
/** How far from the median a usual request may be, as a factor. */
const USUAL = 1.5;

/** What ran beside a trace. */
export interface Neighbours {
  readonly beside: readonly Beside[];
  /** A request of the same name that went through in about the usual time. */
  readonly usualTraceId?: string;
}

/**
 * What ran at the same time as a trace, and in the 10 s before it (a minute where little went on), by name and outcome: at
 * most five groups out of the newest 50 traces, those at the same time and those that failed first. Up to two questions
 * to the source; none to a store that would have to read more than `MAX_HOT_BYTES` again.
 * @throws AgentlogError what {@link TraceSource.search} throws.
 */
export async function besideOf(
  source: TraceSource,
  trace: Trace,
  baseline: Baseline | undefined,
  hotBytes: number,
  redactor: Redactor,
): Promise<Neighbours> {
  const { startTimeUnixNano: start, durationMs } = windowOf(trace);
  if (start === 0n || hotBytes > MAX_HOT_BYTES) return { beside: [] };
  const ask = async (span: bigint): Promise<readonly TraceSummary[]> => {
    const { traces } = await source.search({
      sinceUnixNano: start > span ? start - span : 0n,
      untilUnixNano: start + BigInt(Math.round(durationMs * 1e6)),
      limit: 1 + (source.capabilities().isRemote === true ? MOST_REMOTE : MOST_TRACES),
    });
    return traces.filter(({ traceId, hasRoot }) => traceId !== trace.traceId && hasRoot);
  };
  let traces = await ask(NEAR);
  if (traces.length < LITTLE) traces = await ask(FAR);
  const [root] = trace.roots;
  const own = root === undefined ? undefined : titleOf(root);
  const groups = new Map<string, Beside>();
  for (const each of traces) {
    const here = describe(each, start, redactor);
    const isTelling =
      here.httpStatusCode !== undefined || here.errorType !== undefined || each.rootName === own;
    // What an app does by itself, at its start above all, only matters while the trace ran.
    if (!here.isAtSameTime && !isTelling) continue;
    const key = JSON.stringify([here.rootName, here.httpStatusCode, here.errorType]);
    const known = groups.get(key);
    const nearer = known === undefined || distance(here) < distance(known) ? here : known;
    groups.set(key, { ...nearer, count: (known?.count ?? 0) + 1 });
  }
  const usual = isUsualKnown(baseline) ? traces.find((each) => isUsual(each, own, baseline)) : undefined;
  return {
    beside: [...groups.values()]
      .sort((a, b) => weight(a) - weight(b) || distance(a) - distance(b))
      .slice(0, MOST_GROUPS),
    ...(usual !== undefined && { usualTraceId: usual.traceId }),
  };
}

function isUsual(summary: TraceSummary, own: string | undefined, { p50Ms }: Baseline): boolean {
  const { rootName, errorCount, durationMs } = summary;
  return rootName === own && errorCount === 0 && durationMs <= p50Ms * USUAL && durationMs >= p50Ms / USUAL;
}

function describe(summary: TraceSummary, start: bigint, redactor: Redactor): Beside {
  const { rootName, httpStatusCode, errorType, traceId, durationMs, startTimeUnixNano } = summary;
  const earlierMs = Number(start - startTimeUnixNano) / 1e6;
  return {
    rootName: redactor.text(rootName),
    ...(httpStatusCode !== undefined && { httpStatusCode }),
    ...(errorType !== undefined && { errorType: redactor.text(errorType) }),
    count: 1,
    isAtSameTime: earlierMs < durationMs - MOMENT_MS,
    traceId,
    durationMs,
    earlierMs,
  };
}

function distance({ isAtSameTime, earlierMs }: Beside): number {
  return isAtSameTime ? 0 : earlierMs;
}

function weight({ isAtSameTime, errorType }: Beside): number {
  return (isAtSameTime ? 0 : 1) + (errorType === undefined ? 2 : 0);
}
