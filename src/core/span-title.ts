import { URL_FULL, URL_PATH } from './attributes.ts';
import { describeHttpCall } from './n-plus-one/http-call.ts';
import { pathTemplate } from './path-template.ts';
import { SPAN_KIND, type Span } from './span.ts';

/** Whether it says no more than the HTTP method: instrumentations name a request so where nobody gave it a route. */
export function isMethodAlone(name: string): boolean {
  return /^(?:HTTP )?[A-Z]{3,7}$/.test(name);
}

/**
 * What a list of requests calls this span: its name, behind a mere method with what was asked, values as `*`
 * (`GET /users/*`, `GET api.example.com/users/*`), of Socket.IO with its event. Only for showing: the conventions forbid paths in names, and a
 * search by name goes by the name. Text from telemetry.
 */
export function titleOf({ name, kind, attributes }: Pick<Span, 'name' | 'kind' | 'attributes'>): string {
  const event = attributes['messaging.socket.io.event_name'];
  if (typeof event === 'string') return `${name} ${event}`;
  if (!isMethodAlone(name)) return name;
  if (kind === SPAN_KIND.client) return describeHttpCall(attributes)?.summary ?? name;
  const target = attributes[URL_PATH] ?? attributes['http.target'] ?? attributes[URL_FULL];
  return typeof target === 'string' && target.startsWith('/') ? `${name} ${pathTemplate(target)}` : name;
}
