import {
  ERROR_TYPE,
  EXCEPTION_FINGERPRINT,
  EXCEPTION_TYPE,
  HTTP_REQUEST_METHOD,
  HTTP_RESPONSE_STATUS_CODE,
  HTTP_ROUTE,
  SERVICE_NAME,
} from '../../core/attributes.ts';
import { AgentlogError } from '../../core/errors.ts';
import { type Attributes, durationMs, SPAN_KIND, type Span, STATUS_CODE } from '../../core/span.ts';
import { attributeTest } from './attribute-test.ts';
import type { SpanFilter, Window } from './query.ts';

/** Whether a span fits. */
export type SpanTest = (span: Span) => boolean;

/**
 * A filter as one test; without conditions everything fits.
 * @throws AgentlogError USAGE for an expression or a status that means nothing.
 */
export function spanTest(filter: SpanFilter = {}): SpanTest {
  const { spanId, linkedTraceId, exceptionType, exceptionFingerprint } = filter;
  const { service, route, name, isEntry, isError, httpStatus, minDurationMs, maxDurationMs } = filter;
  const tests: SpanTest[] = [];
  if (service !== undefined) tests.push((span) => span.resource.attributes[SERVICE_NAME] === service);
  if (route !== undefined) tests.push(routeTest(route));
  if (spanId !== undefined) tests.push((span) => span.spanId === spanId);
  if (linkedTraceId !== undefined)
    tests.push(({ links }) => links.some(({ traceId }) => traceId === linkedTraceId));
  if (exceptionType !== undefined) tests.push((span) => exceptionTypeOf(span) === exceptionType);
  if (exceptionFingerprint !== undefined)
    tests.push(({ attributes }) => attributes[EXCEPTION_FINGERPRINT] === exceptionFingerprint);
  if (name !== undefined) tests.push((span) => span.name === name);
  if (isEntry !== undefined) tests.push((span) => isEntrySpan(span) === isEntry);
  if (isError !== undefined) tests.push((span) => (span.status.code === STATUS_CODE.error) === isError);
  if (httpStatus !== undefined) tests.push(statusTest(httpStatus));
  if (minDurationMs !== undefined) tests.push((span) => durationMs(span) >= minDurationMs);
  if (maxDurationMs !== undefined) tests.push((span) => durationMs(span) <= maxDurationMs);
  for (const condition of filter.attributes ?? []) {
    const fits = attributeTest(condition);
    tests.push((span) => fits(span.attributes, span.resource.attributes));
  }
  return (span) => tests.every((test) => test(span));
}

/** Whether a time lies in the window. */
export function isInWindow({ sinceUnixNano, untilUnixNano }: Window, time: bigint): boolean {
  return (
    (sinceUnixNano === undefined || time >= sinceUnixNano) &&
    (untilUnixNano === undefined || time < untilUnixNano)
  );
}

/** A span that began the work of a process: SERVER, CONSUMER, or one that has no parent. */
export function isEntrySpan(span: Span): boolean {
  return (
    span.kind === SPAN_KIND.server || span.kind === SPAN_KIND.consumer || span.parentSpanId === undefined
  );
}

/** The type of the exception a span recorded, else its `error.type`; null for neither. */
export function exceptionTypeOf({ events, attributes }: Span): string | null {
  for (const { [EXCEPTION_TYPE]: type } of [...events.map((event) => event.attributes), attributes]) {
    if (typeof type === 'string') return type;
  }
  const type = attributes[ERROR_TYPE];
  return typeof type === 'string' ? type : null;
}

/** The HTTP status of a span by the current or the old name; undefined for none. */
export function statusOf(attributes: Attributes): number | undefined {
  const status = attributes[HTTP_RESPONSE_STATUS_CODE] ?? attributes['http.status_code'];
  return typeof status === 'number' ? status : undefined;
}

/** The method of a span by the current or the old name; undefined for none. */
export function methodOf(attributes: Attributes): string | undefined {
  const method = attributes[HTTP_REQUEST_METHOD] ?? attributes['http.method'];
  return typeof method === 'string' ? method : undefined;
}

/** `GET /orders` is a method and a path, `/orders` the path alone. */
export function routeParts(route: string): { method?: string; path: string } {
  const [, method, path = route] = /^([A-Z]+) (.*)$/s.exec(route) ?? [];
  return { path, ...(method !== undefined && { method }) };
}

function routeTest(route: string): SpanTest {
  const { method, path } = routeParts(route);
  return ({ attributes }) =>
    attributes[HTTP_ROUTE] === path && (method === undefined || methodOf(attributes) === method);
}

function statusTest(wanted: string): SpanTest {
  const [, hundreds, rest] = /^([1-5])(\d\d|xx)$/.exec(wanted) ?? [];
  if (hundreds === undefined)
    throw new AgentlogError('USAGE', 'Expected an HTTP status such as 404, or a class such as 5xx.');
  if (rest === 'xx')
    return ({ attributes }) => Math.trunc((statusOf(attributes) ?? 0) / 100) === Number(hundreds);
  return ({ attributes }) => statusOf(attributes) === Number(wanted);
}
