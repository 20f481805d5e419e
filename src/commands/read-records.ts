import type { Coverage, OnRecords, TraceSource, Window } from '../sources/source.ts';

const PAGE_TRACES = 100;

/**
 * Everything of a source that began in the window, some at a time. A source that cannot list everything is asked page
 * by page for its traces and then for each of them. What it rests on; undefined in the second case.
 * @throws AgentlogError what the source throws.
 */
export async function readRecords(
  source: TraceSource,
  window: Window,
  onRecords: OnRecords,
): Promise<Coverage | undefined> {
  if (source.read !== undefined) return source.read(window, onRecords);
  const since = window.sinceUnixNano ?? 0n;
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const page = { ...window, limit: PAGE_TRACES, ...(cursor !== '' && { cursor }) };
    const { traces, nextCursor } = await source.search(page);
    for (const { traceId } of traces) {
      const { trace } = await source.trace(traceId);
      const { spans, logs } = trace;
      await onRecords({
        spans: spans.filter(({ startTimeUnixNano: start }) => start >= since),
        logs: logs.filter(({ timeUnixNano: time }) => time >= since),
      });
    }
    cursor = nextCursor;
  }
  return undefined;
}
