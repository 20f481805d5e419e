import type { Bundle } from '../../bundles/bundle.ts';
import type { LogRecord } from '../../core/span.ts';
import type { PageLog } from './page-data.ts';
import { pageAttributes, pageValue } from './page-value.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** The log records in order of time. Never throws. */
export function pageLogs({ trace, handles, startTimeUnixNano }: Bundle): PageLog[] {
  return trace.logs.map((log) => {
    const handle = handles.get(log.spanId ?? '');
    return {
      ...(handle !== undefined && { span: handle - 1 }),
      atMs: Number(log.timeUnixNano - startTimeUnixNano) / 1e6,
      level: levelOf(log),
      text: textOf(log),
      ...(log.eventName && { event: log.eventName }),
      attributes: pageAttributes(log.attributes),
    };
  });
}

function levelOf({ severityNumber }: LogRecord): PageLog['level'] {
  return LEVELS[Math.floor((severityNumber - 1) / 4)] ?? 'log';
}

/** Structured loggers put the message into a field. */
function textOf({ body, attributes }: LogRecord): string {
  const value = pageValue(body);
  if (typeof value === 'string') return value;
  if (value !== null) return JSON.stringify(value);
  const message = attributes['exception.message'];
  return typeof message === 'string' ? message.slice(0, 1_000) : '';
}
