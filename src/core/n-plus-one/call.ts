import type { SqlFacts } from '../sql/index.ts';

/**
 * What the rule needs to know of a span that calls something: `db` statements, `cache` commands, `http` requests,
 * `tool` calls of an agent, and calls of a `model`.
 */
export interface Call {
  readonly family: 'db' | 'cache' | 'http' | 'tool' | 'model';
  /** 16 hex digits, equal for calls equal but for their values. */
  readonly signature: string;
  readonly summary: string;
  /** The database, so that two tenants' tables are not one. */
  readonly namespace: string;
  readonly writes: boolean;
  /** Counts as a query of its local root. */
  readonly counted: boolean;
  /** May be part of a repeat; transactions, session settings, catalog queries and paging may not. */
  readonly repeatable: boolean;
  /** What makes two calls the very same: text and values. Undefined when the values are not known. */
  readonly identity: string | undefined;
  /** The sanitised text, when the call has one. */
  readonly text: string | undefined;
  /**
   * Of MongoDB: whether the driver recorded it, or Mongoose, whose spans lie beside those of the driver and say the
   * same. A mapper's counts only where no driver is seen.
   */
  readonly layer?: 'driver' | 'mapper';
  /** Set for SQL. */
  readonly sql: SqlFacts | undefined;
}

/** The attributes of a span of either side. */
export type CallAttributes = Readonly<Record<string, unknown>>;

/** A string attribute, undefined for anything else and for the empty string. */
export function stringOf(attributes: CallAttributes, key: string): string | undefined {
  const value = attributes[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
