import type { LogRecord, Span } from '../../core/span.ts';

/** The span with every time moved by so many nanoseconds. */
export function shiftSpan(span: Span, by: bigint): Span {
  if (by === 0n) return span;
  return {
    ...span,
    startTimeUnixNano: moved(span.startTimeUnixNano, by),
    endTimeUnixNano: moved(span.endTimeUnixNano, by),
    events: span.events.map((event) => ({ ...event, timeUnixNano: moved(event.timeUnixNano, by) })),
  };
}

/** The log record likewise. */
export function shiftLog(log: LogRecord, by: bigint): LogRecord {
  return by === 0n ? log : { ...log, timeUnixNano: moved(log.timeUnixNano, by) };
}

/** Zero means that no time is known. */
function moved(time: bigint, by: bigint): bigint {
  const shifted = time + by;
  return time === 0n || shifted < 0n ? time : shifted;
}
