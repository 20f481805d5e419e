import type { Bundle } from '../../bundles/bundle.ts';
import { SERVICE_NAME } from '../../core/attributes.ts';
import type { LogRecord } from '../../core/span.ts';
import { counted, offset } from '../numbers.ts';
import { severityOf } from '../severity.ts';
import { named, quoted, valued } from '../text.ts';

const LOG_LIMIT = 60;
const ATTRIBUTE_LIMIT = 4;
/** OTLP: 13 and above is a warning. */
const WARNING = 13;

/** The log records by time with the span they belong to; of more than 60 the warnings and errors come first. */
export function renderLogs(bundle: Bundle): { lines: string[]; leftOut: string | undefined } {
  const { logs } = bundle.trace;
  const kept = new Set(logs.length <= LOG_LIMIT ? logs : mostImportant(logs));
  const lines = logs.filter((log) => kept.has(log)).map((log) => renderLog(bundle, log));
  const leftOutCount = logs.length - kept.size;
  const leftOut = `${counted(leftOutCount, 'log record')}: ${LOG_LIMIT} are shown, warnings and errors first.`;
  return { lines, leftOut: leftOutCount > 0 ? leftOut : undefined };
}

function mostImportant(logs: readonly LogRecord[]): LogRecord[] {
  const loud = logs.filter((log) => log.severityNumber >= WARNING);
  const quiet = logs.filter((log) => log.severityNumber < WARNING);
  return [...loud, ...quiet].slice(0, LOG_LIMIT);
}

function renderLog(bundle: Bundle, log: LogRecord): string {
  const handle = bundle.handles.get(log.spanId ?? '');
  const body = typeof log.body === 'string' ? quoted(log.body, 300) : valued(log.body, 300);
  // Loggers repeat the name of the service in each record.
  const service = log.resource.attributes[SERVICE_NAME];
  const attributes = Object.entries(log.attributes)
    .filter(([key, value]) => !/^(?:exception|agentlog)\./.test(key) && value !== service)
    .slice(0, ATTRIBUTE_LIMIT)
    .map(([key, value]) => `${named(key)}=${valued(value, 80)}`);
  const parts = [
    offset(bundle.startTimeUnixNano, log.timeUnixNano),
    handle === undefined ? undefined : `#${handle}`,
    severityOf(log),
    log.eventName === undefined ? undefined : named(log.eventName),
    body,
    ...attributes,
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}
