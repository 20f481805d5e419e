import {
  DB_COLLECTION_NAME,
  DB_QUERY_SUMMARY,
  DB_SIGNATURE,
  DB_SYSTEM_NAME,
  EXCEPTION_FINGERPRINT,
  GEN_AI_CONVERSATION_ID,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_RESPONSE_MODEL,
  HTTP_ROUTE,
  OLD_DB_SYSTEM,
  SERVER_ADDRESS,
  SERVICE_NAME,
  SERVICE_VERSION,
} from '../../core/attributes.ts';
import type { Attributes, Span } from '../../core/span.ts';
import type { Dimension } from './query.ts';
import { exceptionTypeOf, methodOf, statusOf } from './span-filter.ts';

const MINUTE = 60_000_000_000n;
const HOUR = 60n * MINUTE;

/** The value of each dimension for a span; null where it has none. */
export const dimensionOf: Readonly<Record<Dimension, (span: Span) => string | null>> = {
  service: (span) => text(span.resource.attributes, SERVICE_NAME),
  version: (span) => text(span.resource.attributes, SERVICE_VERSION),
  route: ({ attributes }) => {
    const route = text(attributes, HTTP_ROUTE);
    const method = methodOf(attributes);
    return route === null || method === undefined ? route : `${method} ${route}`;
  },
  name: (span) => span.name,
  status_class: ({ attributes }) => {
    const status = statusOf(attributes);
    return status === undefined ? null : `${Math.trunc(status / 100)}xx`;
  },
  peer: ({ attributes }) => text(attributes, SERVER_ADDRESS, 'net.peer.name'),
  db_system: ({ attributes }) => text(attributes, DB_SYSTEM_NAME, OLD_DB_SYSTEM),
  db_summary: ({ attributes }) => text(attributes, DB_QUERY_SUMMARY),
  db_signature: ({ attributes }) => text(attributes, DB_SIGNATURE),
  db_table: ({ attributes }) => text(attributes, DB_COLLECTION_NAME),
  exception_fingerprint: ({ attributes }) => text(attributes, EXCEPTION_FINGERPRINT),
  exception_type: exceptionTypeOf,
  model: ({ attributes }) => text(attributes, GEN_AI_RESPONSE_MODEL, GEN_AI_REQUEST_MODEL),
  provider: ({ attributes }) => text(attributes, GEN_AI_PROVIDER_NAME),
  session: ({ attributes }) => text(attributes, 'session.id', GEN_AI_CONVERSATION_ID),
  minute: (span) => timeBucket(span.startTimeUnixNano, MINUTE),
  hour: (span) => timeBucket(span.startTimeUnixNano, HOUR),
};

/** `2026-11-21T08:40:00Z`: when the bucket of this size began. */
function timeBucket(unixNano: bigint, size: bigint): string | null {
  const ms = Number((unixNano / size) * (size / 1_000_000n));
  return ms < 8.64e15 ? `${new Date(ms).toISOString().slice(0, 19)}Z` : null;
}

function text(attributes: Attributes, ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = attributes[key];
    if (typeof value === 'string') return value;
  }
  return null;
}
