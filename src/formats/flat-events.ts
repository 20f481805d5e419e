import { exceptionsOf } from '../analyses/facts/exceptions.ts';
import { llmCallOf } from '../analyses/facts/llm-calls.ts';
import { toolCallOf } from '../analyses/facts/tool-calls.ts';
import {
  CODE_FILE_PATH,
  CODE_LINE_NUMBER,
  DB_NAMESPACE,
  DB_QUERY_SUMMARY,
  DB_QUERY_TEXT,
  DB_SIGNATURE,
  DB_SYSTEM_NAME,
  EXCEPTION_MESSAGE,
  EXCEPTION_TYPE,
  GEN_AI_CONVERSATION_ID,
  HTTP_REQUEST_METHOD,
  HTTP_RESPONSE_STATUS_CODE,
  HTTP_ROUTE,
  OLD_DB_STATEMENT,
  OLD_DB_SYSTEM,
  SERVER_ADDRESS,
  SERVICE_NAME,
  SPAN_UNFINISHED,
  URL_FULL,
} from '../core/attributes.ts';
import { hasGenAiKey } from '../core/genai/namespaces.ts';
import {
  type AttributeValue,
  durationMs,
  type LogRecord,
  SPAN_KIND,
  type Span,
  STATUS_CODE,
} from '../core/span.ts';
import { jsonLine } from './json.ts';
import { isoTime } from './numbers.ts';
import { severityOf } from './severity.ts';

export const EVENT_KINDS = ['failure', 'llm_call', 'tool', 'query', 'http', 'log'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** One event as a flat object: nothing nested, so that `jq`, DuckDB and a spreadsheet read it. Text is raw. */
export type FlatEvent = { readonly [field: string]: string | number | boolean };

/** The fields of each kind, beside those of all: what `events --help` shows. */
export const EVENT_FIELDS: Readonly<Record<'all' | EventKind, string>> = {
  all: 'event_type, time, time_unix_nano, service, trace_id, span_id; of a span also parent_span_id, name, duration_ms, is_error',
  failure:
    'error_type, error_message, fingerprint, file, line, function, http_status, route, is_entry, is_unfinished',
  llm_call:
    'operation, provider, model, request_model, input_tokens, output_tokens, cached_input_tokens, reasoning_tokens, cost_usd, first_chunk_ms, attempt_count, finish_reasons, trouble, error_type, http_status, session_id',
  tool: 'tool_name, arguments_hash, error_type',
  query: 'db_system, db_namespace, summary, signature, statement, file, line',
  http: 'direction (in, out), method, route, url, host, http_status',
  log: 'severity, severity_number, body, event_name, error_type, error_message',
};

/** The events a span tells of, of these kinds: a query that failed is a query and a failure. */
export function eventsOfSpan(span: Span, kinds: ReadonlySet<EventKind>): FlatEvent[] {
  const events: FlatEvent[] = [];
  const add = (kind: EventKind, own: Readonly<Record<string, unknown>> | undefined): void => {
    if (own !== undefined) events.push(flat({ event_type: kind, ...placeOf(span), ...own }));
  };
  if (kinds.has('http')) add('http', httpOf(span));
  if (kinds.has('query')) add('query', queryOf(span));
  if (kinds.has('llm_call')) add('llm_call', llmOf(span));
  if (kinds.has('tool')) add('tool', toolOf(span));
  if (kinds.has('failure')) for (const failure of failuresOf(span)) add('failure', failure);
  return events;
}

/** A log record as an event. */
export function eventOfLog(log: LogRecord): FlatEvent {
  const { attributes } = log;
  return flat({
    event_type: 'log',
    time: isoTime(log.timeUnixNano),
    time_unix_nano: String(log.timeUnixNano),
    service: log.resource.attributes[SERVICE_NAME],
    trace_id: log.traceId,
    span_id: log.spanId,
    severity: severityOf(log),
    severity_number: log.severityNumber,
    event_name: log.eventName,
    body: typeof log.body === 'string' ? log.body : jsonLine(log.body),
    error_type: attributes[EXCEPTION_TYPE],
    error_message: attributes[EXCEPTION_MESSAGE],
  });
}

/** Where and when a span was: the fields that every event of a span has. */
export function placeOf(span: Span): Record<string, unknown> {
  return {
    time: isoTime(span.startTimeUnixNano),
    time_unix_nano: String(span.startTimeUnixNano),
    service: span.resource.attributes[SERVICE_NAME],
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId,
    name: span.name,
    duration_ms: durationMs(span),
    is_error: span.status.code === STATUS_CODE.error,
  };
}

/** Only what is there, and nothing nested. */
export function flat(fields: Readonly<Record<string, unknown>>): FlatEvent {
  const event: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null || value === '') continue;
    const isPlain = typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
    event[name] = isPlain ? (value as string | number | boolean) : jsonLine(value);
  }
  return event;
}

/** What is known of a failed or unfinished span: one for each of its exceptions; empty for one that went through. */
export function failuresOf(span: Span): Record<string, unknown>[] {
  const { attributes, kind, parentSpanId } = span;
  const isUnfinished = attributes[SPAN_UNFINISHED] === true;
  if (span.status.code !== STATUS_CODE.error && !isUnfinished) return [];
  const exceptions = exceptionsOf(span, []);
  return (exceptions.length > 0 ? exceptions : [undefined]).map((exception) => ({
    error_type: exception?.type,
    error_message: exception?.message,
    fingerprint: exception?.fingerprint,
    file: exception?.origin?.file,
    line: exception?.origin?.line,
    function: exception?.origin?.functionName,
    http_status: statusOf(span),
    route: attributes[HTTP_ROUTE],
    is_entry: kind === SPAN_KIND.server || kind === SPAN_KIND.consumer || parentSpanId === undefined,
    ...(isUnfinished && { is_unfinished: true }),
  }));
}

function llmOf(span: Span): Record<string, unknown> | undefined {
  const call = llmCallOf(span);
  if (call === undefined) return undefined;
  return {
    operation: call.operation,
    provider: call.provider,
    model: call.model,
    request_model: call.requestModel,
    input_tokens: call.inputTokens,
    output_tokens: call.outputTokens,
    cached_input_tokens: call.cachedInputTokens,
    reasoning_tokens: call.reasoningTokens,
    cost_usd: call.costUsd,
    first_chunk_ms: call.firstChunkMs,
    attempt_count: call.attemptCount,
    finish_reasons: call.finishReasons.join(','),
    trouble: call.trouble,
    error_type: call.errorType,
    http_status: call.statusCode,
    session_id: sessionOf(span),
  };
}

/** The conversation a call belongs to; undefined when nobody said. */
export function sessionOf({ attributes }: Span): AttributeValue | undefined {
  return attributes[GEN_AI_CONVERSATION_ID] ?? attributes['session.id'];
}

function toolOf(span: Span): Record<string, unknown> | undefined {
  const call = toolCallOf(span);
  return call && { tool_name: call.name, arguments_hash: call.argumentsHash, error_type: call.errorType };
}

function queryOf({ attributes }: Span): Record<string, unknown> | undefined {
  const system = attributes[DB_SYSTEM_NAME] ?? attributes[OLD_DB_SYSTEM];
  const statement = attributes[DB_QUERY_TEXT] ?? attributes[OLD_DB_STATEMENT];
  if (statement === undefined && attributes[DB_QUERY_SUMMARY] === undefined) return undefined;
  return {
    db_system: system,
    db_namespace: attributes[DB_NAMESPACE] ?? attributes['db.name'],
    summary: attributes[DB_QUERY_SUMMARY],
    signature: attributes[DB_SIGNATURE],
    statement,
    file: attributes[CODE_FILE_PATH] ?? attributes['code.filepath'],
    line: attributes[CODE_LINE_NUMBER] ?? attributes['code.lineno'],
  };
}

function httpOf(span: Span): Record<string, unknown> | undefined {
  const { attributes, kind } = span;
  const method = attributes[HTTP_REQUEST_METHOD] ?? attributes['http.method'];
  const isRemote = kind === SPAN_KIND.server || kind === SPAN_KIND.client;
  // A model call knows its HTTP status too; the request itself is a span of its own.
  const isHttp = method !== undefined || (statusOf(span) !== undefined && !hasGenAiKey(attributes));
  if (!isRemote || !isHttp) return undefined;
  return {
    direction: kind === SPAN_KIND.server ? 'in' : 'out',
    method,
    route: attributes[HTTP_ROUTE],
    url:
      attributes[URL_FULL] ?? attributes['http.url'] ?? attributes['url.path'] ?? attributes['http.target'],
    host: attributes[SERVER_ADDRESS] ?? attributes['net.peer.name'],
    http_status: statusOf(span),
  };
}

function statusOf({ attributes }: Span): AttributeValue | undefined {
  return attributes[HTTP_RESPONSE_STATUS_CODE] ?? attributes['http.status_code'];
}
