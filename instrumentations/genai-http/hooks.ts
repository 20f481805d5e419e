import type { Span } from '@opentelemetry/api';
import { aside } from '../aside.ts';
import { providerAt } from '../genai-provider.ts';
import type { Followed } from './follow.ts';
import { lazy } from './lazy.ts';

/*
 * The fallback: an HTTP span to a known provider becomes a minimal inference span, if no hook of a library saw the
 * call. It is the HTTP span itself, so there are never two. Only these hooks are always loaded; they look the host
 * up and do no more for any other request.
 */

interface UndiciRequest {
  readonly origin?: unknown;
  readonly path?: unknown;
  readonly method?: unknown;
}

export interface ClientRequest {
  readonly path?: unknown;
  readonly method?: unknown;
  readonly host?: unknown;
  readonly protocol?: unknown;
  readonly getHeader?: unknown;
  readonly agent?: unknown;
  readonly socket?: unknown;
}

/** `fetch` and undici. */
export const undiciHooks = {
  requestHook(span: Span, request: UndiciRequest): void {
    if (request.method !== 'POST') return;
    const url = URL.parse(String(request.origin));
    if (url === null) return;
    const provider = providerAt(url.hostname, Number(url.port) || defaultPort(url.protocol));
    if (provider === undefined) return;
    const followed = lazy().begin(span, provider, String(request.path));
    if (followed !== undefined) lazy().followUndici(request, followed);
  },
  responseHook(span: Span, { request }: { request: object }): void {
    // Nobody has loaded anything unless a request was followed.
    if (lazy.isLoaded) lazy().headOfUndici(span, request);
  },
} as const;

const requests = new WeakMap<object, Followed>();

/** `node:http` and `node:https`; the hooks are called for both sides, ours is the client's. */
export const httpHooks = {
  requestHook(span: Span, request: ClientRequest): void {
    if (request.method !== 'POST' || typeof request.getHeader !== 'function') return;
    const [name = '', port] = hostOf(request);
    const provider = providerAt(name, Number(port) || defaultPort(String(request.protocol)));
    if (provider === undefined) return;
    const followed = lazy().begin(span, provider, String(request.path));
    if (followed === undefined) return;
    requests.set(request, followed);
    lazy().followBody(request as object, followed);
  },
  responseHook(_: Span, response: { readonly req?: object }): void {
    const followed = response.req === undefined ? undefined : requests.get(response.req);
    if (followed !== undefined) aside(() => lazy().followAnswer(response, followed));
  },
} as const;

function hostOf(request: ClientRequest): string[] {
  const header = (request.getHeader as (name: string) => unknown).call(request, 'host');
  return String(header ?? request.host ?? '')
    .toLowerCase()
    .split(':');
}

function defaultPort(protocol: string): number {
  return protocol === 'http:' ? 80 : 443;
}
