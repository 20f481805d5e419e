import { EXCEPTION_MESSAGE, EXCEPTION_TYPE, SERVICE_NAME } from '../../core/attributes.ts';
import type { LogRecord } from '../../core/span.ts';
import { isoTime } from '../numbers.ts';
import { severityOf } from '../severity.ts';
import { named, quoted, valued } from '../text.ts';
import { type Color, paint } from './color.ts';
import type { Screen } from './table.ts';
import { cutToWidth } from './width.ts';

const BODY_LIMIT = 500;
const ATTRIBUTE_LIMIT = 8;
const COLORS: Readonly<Record<string, Color>> = {
  TRACE: 'dim',
  DEBUG: 'dim',
  WARN: 'yellow',
  ERROR: 'red',
  FATAL: 'red',
};

/** A log record on one line: time, severity, service, what it says, its attributes and its trace. */
export function renderLogLine(log: LogRecord, { columns, hasColors }: Screen, handle?: number): string {
  const service = log.resource.attributes[SERVICE_NAME];
  const severity = severityOf(log);
  const place = placeOf(log, columns, handle);
  const parts = [
    isoTime(log.timeUnixNano),
    severity.padEnd(5),
    typeof service === 'string' ? named(service) : '-',
    ...(columns === undefined ? [] : [place]),
    log.eventName === undefined ? '' : named(log.eventName),
    typeof log.body === 'string' ? quoted(log.body, BODY_LIMIT) : valued(log.body, BODY_LIMIT),
    ...attributesOf(log, service),
    ...(columns === undefined ? [place] : []),
  ];
  const line = cutToWidth(parts.filter((part) => part !== '').join(' '), columns);
  return paint(line, COLORS[severity], hasColors);
}

/** Where a line may be cut the id is short, still long enough to ask with, and stands before the text. */
function placeOf({ traceId }: LogRecord, columns: number | undefined, handle: number | undefined): string {
  const id = columns === undefined ? traceId : traceId?.slice(0, 8);
  const parts = [handle === undefined ? '' : `#${handle}`, id === undefined ? '' : `trace=${named(id)}`];
  return parts.filter((part) => part !== '').join(' ');
}

/** The stack is left to `trace` and `bundle`; loggers repeat the name of the service in each record. */
function attributesOf({ attributes }: LogRecord, service: unknown): string[] {
  const shown = Object.entries(attributes).filter(
    ([key, value]) =>
      (!/^(?:exception|agentlog)\./.test(key) || key === EXCEPTION_TYPE || key === EXCEPTION_MESSAGE) &&
      value !== service,
  );
  const rest = shown.length - ATTRIBUTE_LIMIT;
  return [
    ...shown.slice(0, ATTRIBUTE_LIMIT).map(([key, value]) => `${named(key)}=${valued(value, 120)}`),
    ...(rest > 0 ? [`+${rest} attributes`] : []),
  ];
}
