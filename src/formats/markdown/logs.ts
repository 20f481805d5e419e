import type { Bundle } from '../../bundles/bundle.ts';
import { SERVICE_NAME } from '../../core/attributes.ts';
import { type LogRecord, STATUS_CODE } from '../../core/span.ts';
import { offset } from '../numbers.ts';
import { severityOf } from '../severity.ts';
import { named, quoted, valued } from '../text.ts';
import { type ReportRecord, SCORES } from './record.ts';

const ATTRIBUTE_LIMIT = 4;
/** OTLP: 13 and above is a warning. */
const WARNING = 13;

/** The log records by time with the span they belong to; warnings and errors, and those of failed spans, matter most. */
export function logRecords(bundle: Bundle): ReportRecord[] {
  const { logs, byId } = bundle.trace;
  return logs.map((log) => ({ score: scoreOf(log, byId), render: () => renderLog(bundle, log) }));
}

function scoreOf(log: LogRecord, byId: Bundle['trace']['byId']): number {
  const isOfFailed = byId.get(log.spanId ?? '')?.status.code === STATUS_CODE.error;
  if (isOfFailed) return SCORES.failedLog;
  return log.severityNumber >= WARNING ? SCORES.warningLog : SCORES.log;
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
