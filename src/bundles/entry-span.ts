import { HTTP_REQUEST_METHOD, HTTP_ROUTE } from '../core/attributes.ts';
import { SPAN_KIND, type Span } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';

/** The span that took the request: the first SERVER or CONSUMER span, else the first root; undefined without spans. */
export function entrySpanOf(trace: Trace): Span | undefined {
  const took = trace.spans.find(({ kind }) => kind === SPAN_KIND.server || kind === SPAN_KIND.consumer);
  return took ?? trace.roots[0];
}

/** `POST /checkout`, or the route without a method; undefined for a span without a route. Text from telemetry. */
export function routeOf({ attributes }: Span): string | undefined {
  const route = attributes[HTTP_ROUTE];
  if (typeof route !== 'string' || route === '') return undefined;
  const method = attributes[HTTP_REQUEST_METHOD] ?? attributes['http.method'];
  return typeof method === 'string' && /^[A-Z]+$/.test(method) ? `${method} ${route}` : route;
}
