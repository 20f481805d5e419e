import { createHash } from 'node:crypto';
import { AgentlogError } from '../../core/errors.ts';
import type { TraceQuery } from './query.ts';

/** Where a page of a listing ended. */
export interface Cursor {
  /** The order key of the last trace: nanoseconds or a count, as text. */
  readonly key: string;
  readonly traceId: string;
  /** Traces that start at or after this came after the first page, in nanoseconds as text. */
  readonly untilUnixNano: string;
}

/** A cursor as text, bound to its query. */
export function writeCursor(cursor: Cursor, query: TraceQuery): string {
  const { key, traceId, untilUnixNano } = cursor;
  return Buffer.from([key, traceId, untilUnixNano, digestOf(query)].join(' ')).toString('base64url');
}

/** @throws AgentlogError USAGE for text that is no cursor of this query. */
export function readCursor(text: string, query: TraceQuery): Cursor {
  const [key = '', traceId = '', untilUnixNano = '', digest] = Buffer.from(text, 'base64url')
    .toString()
    .split(' ');
  const isCursor =
    /^\d{1,20}$/.test(key) && /^[0-9a-f]{32}$/.test(traceId) && /^\d{1,20}$/.test(untilUnixNano);
  if (isCursor && digest === digestOf(query)) return { key, traceId, untilUnixNano };
  throw new AgentlogError(
    'USAGE',
    'Expected a cursor of an earlier answer to the same question; only the limit may change between pages.',
  );
}

/** Equal for queries that differ in limit and cursor alone. */
function digestOf({ limit: _limit, cursor: _cursor, ...query }: TraceQuery): string {
  const text = JSON.stringify(query, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
