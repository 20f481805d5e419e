import { HTTP_ROUTE } from '../attributes.ts';
import type { AttributeValue } from '../span.ts';
import { isPlaceholder } from './assignment/placeholder.ts';
import { isWeakSecret } from './assignment/random-looking.ts';
import { URL_MARK } from './mask.ts';
import { KEY_RULE_ID } from './scan.ts';
import type { TreeRedactor } from './tree.ts';

/** Attributes with the address that the route of the same record describes. */
const ADDRESSES = ['url.path', 'url.full', 'url.original', 'http.target', 'http.url'] as const;
/** `:token`, `:token(\\w+)`, `{token}`, `[token]`, `<token>`. */
const PARAMETER = /^(?::|\{|\[|<(?:\w{1,20}:)?)([A-Za-z_][\w-]{0,60})/;
const MAX_ROUTES = 500;
const MAX_ROUTE = 512;

/** A route with a parameter that is named for a secret. */
interface Secretive {
  /** Its segments: a text, what the name of a parameter says, nothing for the others. */
  readonly segments: readonly (string | { readonly isWeak: boolean } | undefined)[];
  /** It has a star, which may stand for any number of segments. */
  readonly isOpen: boolean;
}

/**
 * Masks the part of a path that its route names for a secret: `/reset/:token` beside `/reset/8f3a…`. Costs a look at one
 * key for most records.
 */
export class RouteParameters {
  readonly #redactor: Pick<TreeRedactor, 'senseOf' | 'isAllowed' | 'count'>;
  /** Null for a route that names no secret. */
  readonly #known = new Map<string, Secretive | null>();

  constructor(redactor: Pick<TreeRedactor, 'senseOf' | 'isAllowed' | 'count'>) {
    this.#redactor = redactor;
  }

  /** The very same attributes where there is nothing to mask. */
  mask(attributes: Record<string, AttributeValue>): Record<string, AttributeValue> {
    const route = attributes[HTTP_ROUTE];
    if (typeof route !== 'string') return attributes;
    const known = this.#known.get(route);
    const secretive = known === undefined ? this.#learn(route) : known;
    if (secretive === null) return attributes;
    let copy: Record<string, AttributeValue> | undefined;
    for (const key of ADDRESSES) {
      const address = attributes[key];
      if (typeof address !== 'string' || this.#redactor.isAllowed(key)) continue;
      const after = this.#maskAddress(address, secretive);
      if (after === address) continue;
      copy ??= { ...attributes };
      copy[key] = after;
    }
    return copy ?? attributes;
  }

  #learn(route: string): Secretive | null {
    const secretive = route.length > MAX_ROUTE ? null : this.#read(route);
    if (this.#known.size >= MAX_ROUTES) this.#known.clear();
    this.#known.set(route, secretive);
    return secretive;
  }

  #read(route: string): Secretive | null {
    let isSecretive = false;
    const segments = segmentsOf(route).map((segment) => {
      const name = PARAMETER.exec(segment)?.[1];
      if (name === undefined) return /[*(]/.test(segment) ? undefined : segment;
      const sense = this.#redactor.senseOf(name);
      if (sense === undefined) return undefined;
      isSecretive = true;
      return { isWeak: sense !== 'strong' };
    });
    return isSecretive ? { segments, isOpen: route.includes('*') } : null;
  }

  #maskAddress(address: string, { segments: parts, isOpen }: Secretive): string {
    const scheme = address.indexOf('://');
    const start = scheme < 0 ? 0 : address.indexOf('/', scheme + 3);
    if (start < 0) return address;
    const rest = address.slice(start);
    const [path = ''] = /^[^?#]*/.exec(rest) ?? [];
    const segments = path.split('/');
    const end = segments.length - (segments.at(-1) === '' ? 1 : 0);
    // What a router was mounted at, or a proxy took away, stands before.
    const offset = isOpen ? 1 : end - parts.length;
    if (offset < 0) return address;
    const isRoute = parts.every((part, at) => typeof part !== 'string' || part === segments[offset + at]);
    if (!isRoute) return address;
    let hasChanged = false;
    for (const [at, part] of parts.entries()) {
      if (typeof part !== 'object') continue;
      const value = segments[offset + at] ?? '';
      if (value === '' || value === URL_MARK || isPlaceholder(value)) continue;
      if (part.isWeak && !isWeakSecret(value)) continue;
      segments[offset + at] = URL_MARK;
      hasChanged = true;
      this.#redactor.count(KEY_RULE_ID);
    }
    return hasChanged ? address.slice(0, start) + segments.join('/') + rest.slice(path.length) : address;
  }
}

function segmentsOf(route: string): string[] {
  return route.replace(/^\/|\/$/g, '').split('/');
}
