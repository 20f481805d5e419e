import {
  DB_QUERY_TEXT,
  HTTP_RESPONSE_STATUS_CODE,
  OLD_DB_STATEMENT,
  URL_FULL,
} from '../../core/attributes.ts';
import { SPAN_KIND, type Span } from '../../core/span.ts';
import type { Trace } from '../../core/trace.ts';
import type { Finding } from '../analysis.ts';
import { outsideCallOf } from './calls.ts';

/**
 * What a span asked of the outside, as a reader would say it: the statement, or the request with its URL and the
 * status it was answered with. A server span that failed for a caller of this trace is told by the caller's request.
 * Every string is text from telemetry. Empty for a span that asks nothing.
 */
export function callFactsOf(trace: Trace, span: Span): Finding['facts'] {
  const parent = trace.byId.get(span.parentSpanId ?? '');
  const caller = span.kind === SPAN_KIND.server && parent?.kind === SPAN_KIND.client ? parent : span;
  const { attributes } = caller;
  const statement = attributes[DB_QUERY_TEXT] ?? attributes[OLD_DB_STATEMENT];
  if (typeof statement === 'string' && statement !== '') return { statement };
  const call = outsideCallOf(caller);
  if (call === undefined) return {};
  const url = attributes[URL_FULL] ?? attributes['http.url'];
  const method = attributes['http.request.method'] ?? attributes['http.method'];
  const status = attributes[HTTP_RESPONSE_STATUS_CODE] ?? attributes['http.status_code'];
  return {
    call: typeof url === 'string' ? `${String(method ?? '')} ${url}`.trim() : call.name,
    ...(typeof status === 'number' && { status }),
  };
}
