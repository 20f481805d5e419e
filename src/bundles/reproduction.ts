import { SERVER_ADDRESS, SERVER_PORT, SERVICE_NAME, URL_FULL } from '../core/attributes.ts';
import type { Attributes } from '../core/span.ts';
import { SPAN_KIND, type Span } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import { entrySpanOf } from './entry-span.ts';

/** The request that began the trace, to be sent again. */
export interface Reproduction {
  /** One `curl` command on one line; everything from telemetry in it is percent-encoded and in single quotes. */
  readonly command: string;
  /** Names in the command that stand for values which were masked, in order. */
  readonly placeholders: readonly string[];
  /** What to know before running it, in our words. */
  readonly notes: readonly string[];
  /** Text from telemetry. */
  readonly service: string;
}

const METHOD = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/;
const CHANGES = /^(?:POST|PUT|PATCH|DELETE)$/;
/** Everything else is percent-encoded: no quote, blank, control or bracket is left. */
const PLAIN_URL = /[^A-Za-z0-9\-._~:/?#@!$&()*+,;=%]/gu;
const HEADER = 'http.request.header.';
/** Set by the client or the way it took. */
const OWN_HEADERS =
  /^(?:host|content-length|connection|accept-encoding|user-agent|traceparent|tracestate|baggage|x-forwarded-.*)$/;
const MASKED = /\[REDACTED:([a-z0-9][a-z0-9._-]{0,63})\]/gi;

/** The HTTP request of the entry span as curl; undefined when the trace did not begin with one. Never throws. */
export function reproductionOf(trace: Trace): Reproduction | undefined {
  const entry = entrySpanOf(trace);
  if (entry === undefined || entry.kind !== SPAN_KIND.server) return undefined;
  const { attributes } = entry;
  const method = attributes['http.request.method'] ?? attributes['http.method'];
  const url = urlOf(attributes);
  if (typeof method !== 'string' || !METHOD.test(method) || url === undefined) return undefined;
  const placeholders: string[] = [];
  const masked = (text: string): string =>
    text.replace(MASKED, (_match, rule: string) => {
      const name = `MASKED_${rule.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;
      if (!placeholders.includes(name)) placeholders.push(name);
      return name;
    });
  const parts = ['curl -i', ...(method === 'GET' ? [] : [`-X ${method}`]), `'${encoded(masked(url))}'`];
  const headers = headersOf(attributes);
  const hasBody = CHANGES.test(method) && method !== 'DELETE';
  // What most take; without it curl says that it sends a form.
  if (hasBody && !headers.some(([name]) => name === 'content-type'))
    headers.push(['content-type', 'application/json']);
  for (const [name, value] of headers) parts.push(`-H '${name}: ${encoded(masked(value), true)}'`);
  if (hasBody) parts.push("--data '@body.json'");
  const notes = [
    ...(placeholders.length > 0
      ? ['Put values of your own in place of the names that begin with MASKED_.']
      : []),
    ...(hasBody
      ? [
          'The body was not recorded: write one to body.json, by what the logs, the statements and the code show of it.',
        ]
      : []),
    ...(CHANGES.test(method) ? ['It changes data: send it to a test system.'] : []),
  ];
  return { command: parts.join(' '), placeholders, notes, service: serviceOf(entry) };
}

function urlOf(attributes: Attributes): string | undefined {
  const text = (key: string): string | undefined =>
    typeof attributes[key] === 'string' && attributes[key] !== '' ? attributes[key] : undefined;
  const full = text(URL_FULL) ?? text('http.url');
  if (full !== undefined && /^https?:\/\//.test(full)) return full;
  const target = text('http.target');
  const path = text('url.path') ?? target;
  if (path === undefined || !path.startsWith('/')) return undefined;
  const query = text('url.query');
  const scheme = text('url.scheme') ?? text('http.scheme');
  const host = text(SERVER_ADDRESS) ?? text('net.host.name') ?? 'localhost';
  const port = attributes[SERVER_PORT] ?? attributes['net.host.port'];
  const suffix = query === undefined ? '' : `?${query.replace(/^\?/, '')}`;
  return `${scheme === 'https' ? 'https' : 'http'}://${host}${typeof port === 'number' ? `:${port}` : ''}${path}${suffix}`;
}

function headersOf(attributes: Attributes): [string, string][] {
  return Object.entries(attributes).flatMap(([key, value]): [string, string][] => {
    const name = key.startsWith(HEADER) ? key.slice(HEADER.length).replaceAll('_', '-') : '';
    if (!/^[a-z][a-z0-9-]{0,60}$/.test(name) || OWN_HEADERS.test(name)) return [];
    const text = Array.isArray(value) ? value.join(', ') : value;
    return typeof text === 'string' ? [[name, text]] : [];
  });
}

function encoded(text: string, isHeader = false): string {
  const cut = text.slice(0, 2_000);
  if (isHeader) return cut.replace(/[^\x20-\x7e]|['\\`<>]/gu, '');
  return cut.replace(PLAIN_URL, (each) => {
    try {
      return encodeURIComponent(each).replaceAll("'", '%27');
    } catch {
      return '%EF%BF%BD';
    }
  });
}

function serviceOf({ resource }: Span): string {
  const name = resource.attributes[SERVICE_NAME];
  return typeof name === 'string' ? name : '';
}
