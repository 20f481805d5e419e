import { HTTP_REQUEST_METHOD, SERVER_ADDRESS, SERVER_PORT, URL_FULL } from '../attributes.ts';
import { pathTemplate } from '../path-template.ts';
import { signatureOf } from '../sql/word-hash.ts';
import { type Call, type CallAttributes, stringOf } from './call.ts';

/** An outgoing request by method, host and route; undefined without a URL. */
export function describeHttpCall(attributes: CallAttributes): Call | undefined {
  const url = stringOf(attributes, URL_FULL) ?? stringOf(attributes, 'http.url');
  const template = stringOf(attributes, 'url.template');
  if (url === undefined && template === undefined) return undefined;
  const { host, path } = partsOf(url ?? '');
  const method = stringOf(attributes, HTTP_REQUEST_METHOD) ?? stringOf(attributes, 'http.method') ?? '';
  const address = stringOf(attributes, SERVER_ADDRESS) ?? stringOf(attributes, 'net.peer.name');
  const port = attributes[SERVER_PORT] ?? attributes['net.peer.port'];
  const at = host !== '' ? host : `${address ?? ''}${port === undefined ? '' : `:${String(port)}`}`;
  const summary = `${method} ${at}${template ?? pathTemplate(path)}`;
  return {
    family: 'http',
    signature: signatureOf(summary),
    summary,
    namespace: '',
    writes: false,
    counted: false,
    repeatable: true,
    identity: url,
    text: undefined,
    sql: undefined,
  };
}

function partsOf(url: string): { host: string; path: string } {
  const scheme = url.indexOf('://');
  if (scheme < 0) return { host: '', path: url };
  const start = scheme + 3;
  let end = start;
  while (end < url.length && !'/?#'.includes(url.charAt(end))) end++;
  const authority = url.slice(start, end);
  return { host: authority.slice(authority.lastIndexOf('@') + 1), path: url.slice(end) };
}
