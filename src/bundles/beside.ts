import type { Redactor } from '../core/redaction/redactor.ts';
import type { Trace } from '../core/trace.ts';
import type { TraceSource, TraceSummary } from '../sources/source.ts';
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

const MINUTE = 60_000_000_000n;
const MOST_TRACES = 50;
/** Each may be a request of its own to a backend. */
const MOST_REMOTE = 10;
const MOST_GROUPS = 5;

/**
 * What ran at the same time as a trace, and in the minute before it, by name and outcome: at most five groups out of the
 * newest 50 traces, those at the same time and those that failed first. One question to the source; none to a store
 * that would have to read more than `MAX_HOT_BYTES` again.
 * @throws AgentlogError what {@link TraceSource.search} throws.
 */
export async function besideOf(
  source: TraceSource,
  trace: Trace,
  hotBytes: number,
  redactor: Redactor,
): Promise<Beside[]> {
  const { startTimeUnixNano: start, durationMs } = windowOf(trace);
  if (start === 0n || hotBytes > MAX_HOT_BYTES) return [];
  const { traces } = await source.search({
    sinceUnixNano: start > MINUTE ? start - MINUTE : 0n,
    untilUnixNano: start + BigInt(Math.round(durationMs * 1e6)),
    limit: 1 + (source.capabilities().isRemote === true ? MOST_REMOTE : MOST_TRACES),
  });
  const groups = new Map<string, Beside>();
  const own = trace.roots[0]?.name;
  for (const each of traces) {
    if (each.traceId === trace.traceId || !each.hasRoot) continue;
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
  return [...groups.values()]
    .sort((a, b) => weight(a) - weight(b) || distance(a) - distance(b))
    .slice(0, MOST_GROUPS);
}

function describe(summary: TraceSummary, start: bigint, redactor: Redactor): Beside {
  const { rootName, httpStatusCode, errorType, traceId, durationMs, startTimeUnixNano } = summary;
  const earlierMs = Number(start - startTimeUnixNano) / 1e6;
  return {
    rootName: redactor.text(rootName),
    ...(httpStatusCode !== undefined && { httpStatusCode }),
    ...(errorType !== undefined && { errorType: redactor.text(errorType) }),
    count: 1,
    isAtSameTime: earlierMs < durationMs,
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
