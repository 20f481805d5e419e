import { HTTP_REQUEST_METHOD, HTTP_ROUTE } from '../core/attributes.ts';
import { type LogRecord, SPAN_KIND, type Span } from '../core/span.ts';
import { titleOf } from '../core/span-title.ts';
import { eventOfLog, type FlatEvent, failuresOf, flat, placeOf } from './flat-events.ts';
import { isoTime } from './numbers.ts';

/** OTLP: 17 and above is an error. */
const ERROR = 17;

/**
 * What is worth a line while one looks on, in order of time: requests (spans that began the work of a process), failed
 * spans inside them, log records. The time of a span is its end.
 */
export function tailEventsOf(spans: readonly Span[], logs: readonly LogRecord[]): FlatEvent[] {
  const timed = [
    ...spans.flatMap((span) => {
      const event = requestOf(span) ?? failureOf(span);
      return event === undefined ? [] : [{ time: span.endTimeUnixNano, event }];
    }),
    ...logs.map((log) => ({ time: log.timeUnixNano, event: eventOfLog(log) })),
  ];
  return timed.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)).map(({ event }) => event);
}

/** Whether the line tells of a failure: a failed span, or a log record from error on. */
export function isFailureLevel(event: FlatEvent): boolean {
  return (
    event.is_error === true || event.is_unfinished === true || Number(event.severity_number ?? 0) >= ERROR
  );
}

/** The words of a search, folded. */
export function wordsOf(text = ''): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

function requestOf(span: Span): FlatEvent | undefined {
  const { kind, parentSpanId, attributes } = span;
  const isEntry = kind === SPAN_KIND.server || kind === SPAN_KIND.consumer || parentSpanId === undefined;
  if (!isEntry) return undefined;
  const [failure] = failuresOf(span);
  const { is_entry: _isEntry, ...told } = failure ?? {};
  return flat({
    event_type: 'request',
    ...atEnd(span),
    name: titleOf(span),
    method: attributes[HTTP_REQUEST_METHOD] ?? attributes['http.method'],
    route: attributes[HTTP_ROUTE],
    http_status: attributes['http.response.status_code'] ?? attributes['http.status_code'],
    ...told,
  });
}

function failureOf(span: Span): FlatEvent | undefined {
  const [failure] = failuresOf(span);
  return failure && flat({ event_type: 'failure', ...atEnd(span), ...failure });
}

function atEnd(span: Span): Record<string, unknown> {
  const end = span.endTimeUnixNano;
  return { ...placeOf(span), time: isoTime(end), time_unix_nano: String(end) };
}
