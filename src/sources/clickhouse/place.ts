import type { Endpoint } from '../endpoint.ts';
import { readEndpoint } from '../endpoint.ts';

const DEFAULT_DATABASE = 'default';

/** Where a ClickHouse is and which of its databases is asked. */
export interface Place {
  readonly endpoint: Endpoint;
  readonly database: string;
  /** What stands before the database in the path of the address: `''`, or where a proxy puts ClickHouse. */
  readonly pathname: string;
}

/**
 * `http://host:8123/database`, as other clients of ClickHouse write it: `?database=` and `?secure=true` (TLS) are
 * understood as well.
 * @throws AgentlogError USAGE; no message holds a credential.
 */
export function readPlace(text: string, env: NodeJS.ProcessEnv): Place {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' && /^(?:1|true|yes)$/i.test(url.searchParams.get('secure') ?? ''))
    url.protocol = 'https:';
  const endpoint = readEndpoint('clickhouse', url?.href ?? text, env);
  const parts = endpoint.url.pathname.split('/').filter((part) => part !== '');
  const named = url?.searchParams.get('database');
  const database = named || decodeURIComponent(parts.pop() ?? DEFAULT_DATABASE);
  return { endpoint, database, pathname: parts.map((part) => `/${part}`).join('') };
}
