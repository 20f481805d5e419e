import { createHash } from 'node:crypto';
import { AgentlogError } from '../../core/errors.ts';
import type { LogRecord } from '../../core/span.ts';
import type { QueryOptions } from './query.ts';

/** Where the page before ended: the time of its last record, and how many records of that time were shown. */
export interface Page {
  readonly lastUnixNano: bigint;
  readonly shownCount: number;
}

/**
 * The cursor behind these records, which are newest first; undefined when there are no more. Records that come later
 * never shift a page.
 */
export function writeCursor(
  logs: readonly LogRecord[],
  hasMore: boolean,
  before: Page | undefined,
  options: QueryOptions,
): string | undefined {
  const last = logs.at(-1)?.timeUnixNano;
  if (!hasMore || last === undefined) return undefined;
  const here = logs.filter(({ timeUnixNano }) => timeUnixNano === last).length;
  const shown = here + (before?.lastUnixNano === last ? before.shownCount : 0);
  return Buffer.from(`${last} ${shown} ${digestOf(options)}`).toString('base64url');
}

/** @throws AgentlogError USAGE for text that is no cursor of these options. */
export function readCursor(options: QueryOptions): Page | undefined {
  if (options.cursor === undefined) return undefined;
  const text = Buffer.from(options.cursor, 'base64url').toString();
  const [, last, shown, digest] = /^(\d{1,20}) (\d{1,9}) ([0-9a-f]{12})$/.exec(text) ?? [];
  if (last !== undefined && digest === digestOf(options)) {
    return { lastUnixNano: BigInt(last), shownCount: Number(shown) };
  }
  throw new AgentlogError(
    'USAGE',
    'Expected --cursor to be what the page before printed, with the same options; only --limit may change.',
  );
}

/** Equal for options that differ in form, limit and cursor alone. An age moves on between pages: it is taken as written. */
function digestOf({ trace, span, service, severity, text, attr, since, until }: QueryOptions): string {
  const asked = JSON.stringify([trace, span, service, severity, text, attr, since, until]);
  return createHash('sha256').update(asked).digest('hex').slice(0, 12);
}
