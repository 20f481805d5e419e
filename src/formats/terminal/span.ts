import type { TraceView } from '../../bundles/trace-view.ts';
import type { Attributes, AttributeValue, LogRecord, Span } from '../../core/span.ts';
import { durationMs, STATUS_CODE } from '../../core/span.ts';
import { jsonLine } from '../json.ts';
import { counted, isoTime, milliseconds, offset } from '../numbers.ts';
import { named, quoted } from '../text.ts';
import { paint } from './color.ts';
import type { Screen } from './table.ts';

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['unset', 'ok', 'error'];

/** One span with all that was recorded of it; nothing is cut. Text of several lines stands one below the other. */
export function renderSpan(bundle: TraceView, span: Span, { hasColors }: Pick<Screen, 'hasColors'>): string {
  const { handles, trace, startTimeUnixNano } = bundle;
  const { parentSpanId, status, resource, scope, droppedCount, traceState } = span;
  const isFailed = status.code === STATUS_CODE.error;
  const title = `#${handles.get(span.spanId)} ${quoted(span.name, Number.POSITIVE_INFINITY)}`;
  const parent = handles.get(parentSpanId ?? '');
  const children = trace.childrenOf(span);
  const lines = [
    paint(title, isFailed ? 'red' : 'bold', hasColors),
    `  span ${named(span.spanId)} of trace ${named(span.traceId)}`,
    parentSpanId === undefined
      ? '  no parent'
      : `  parent ${parent === undefined ? 'missing' : `#${parent}`} ${named(parentSpanId)}`,
    ...(children.length > 0 ? [`  ${childrenLine(bundle, children)}`] : []),
    `  kind ${KINDS[span.kind] ?? span.kind}`,
    `  start ${isoTime(span.startTimeUnixNano)} (${offset(startTimeUnixNano, span.startTimeUnixNano)}), ${milliseconds(durationMs(span))}`,
    `  status ${STATUSES[status.code] ?? status.code}${status.message === undefined ? '' : ` ${whole(status.message)}`}`,
    ...(traceState === undefined ? [] : [`  trace state ${whole(traceState)}`]),
    ...section('attributes', span.attributes),
    ...span.events.flatMap((event) =>
      section(
        `event ${named(event.name)} at ${offset(startTimeUnixNano, event.timeUnixNano)}`,
        event.attributes,
      ),
    ),
    ...span.links.flatMap((link) =>
      section(`link to span ${named(link.spanId)} of trace ${named(link.traceId)}`, link.attributes),
    ),
    ...section('resource', resource.attributes),
    `  scope ${named(scope.name)}${scope.version === undefined ? '' : ` ${named(scope.version)}`}`,
    ...(droppedCount > 0 ? [`  dropped by the SDK: ${droppedCount} attributes, events and links`] : []),
    ...logLine(trace.logsOf(span), bundle, span),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function childrenLine({ handles }: TraceView, children: readonly Span[]): string {
  const shown = children.slice(0, 8).map(({ spanId }) => `#${handles.get(spanId)}`);
  const rest = children.length - shown.length;
  return `${children.length === 1 ? 'child' : 'children'} ${shown.join(' ')}${rest > 0 ? ` +${rest} more` : ''}`;
}

function logLine(logs: readonly LogRecord[], { traceId, handles }: TraceView, span: Span): string[] {
  if (logs.length === 0) return [];
  const ask = `agentlog-otel logs --trace ${traceId.slice(0, 8)} --span ${handles.get(span.spanId)}`;
  return [`  ${counted(logs.length, 'log record')}: ${ask}`];
}

function section(title: string, attributes: Attributes): string[] {
  const entries = Object.entries(attributes);
  return [
    `  ${title}${entries.length === 0 ? ': none' : ''}`,
    ...entries.flatMap(([key, value]) => attribute(key, value)),
  ];
}

function attribute(key: string, value: AttributeValue): string[] {
  if (typeof value !== 'string') return [`    ${named(key)} = ${jsonLine(value)}`];
  const lines = value.split(/\r?\n/);
  if (lines.length === 1) return [`    ${named(key)} = ${whole(value)}`];
  return [`    ${named(key)} =`, ...lines.map((line) => `      ${quoted(line, Number.POSITIVE_INFINITY)}`)];
}

function whole(text: string): string {
  return text.length <= 80 ? named(text) : quoted(text, Number.POSITIVE_INFINITY);
}
