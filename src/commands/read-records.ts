import type { Coverage, OnRecords, TraceSource, Window } from '../sources/source.ts';

const PAGE_TRACES = 1_000;

/**
 * Everything of a source that began in the window, some at a time. A source that cannot list everything is asked page
 * by page for its traces and then for each of them. What that rests on: whether there may be more as well.
 * @throws AgentlogError what the source throws.
 */
export async function readRecords(
  source: TraceSource,
  window: Window,
  onRecords: OnRecords,
): Promise<Coverage> {
  if (source.read !== undefined) return source.read(window, onRecords);
  const { sinceUnixNano: since = 0n, untilUnixNano: until } = window;
  const isInside = (time: bigint): boolean => time >= since && (until === undefined || time < until);
  for (let cursor: string | undefined; ; ) {
    const page = { ...window, limit: PAGE_TRACES, ...(cursor !== undefined && { cursor }) };
    const { traces, nextCursor, coverage } = await source.search(page);
    for (const { traceId } of traces) {
      const { trace } = await source.trace(traceId);
      const { spans, logs } = trace;
      await onRecords({
        spans: spans.filter(({ startTimeUnixNano }) => isInside(startTimeUnixNano)),
        logs: logs.filter(({ timeUnixNano }) => isInside(timeUnixNano)),
      });
    }
    if (nextCursor === undefined) return coverage;
    cursor = nextCursor;
  }
}
