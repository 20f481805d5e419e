import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  DB_OPERATION_NAME,
  DB_QUERY_SUMMARY,
  DB_QUERY_TEXT,
  DB_SIGNATURE,
  DB_SYSTEM_NAME,
  OLD_DB_STATEMENT,
  OLD_DB_SYSTEM,
} from '../../src/core/attributes.ts';
import type { Call } from '../../src/core/n-plus-one/index.ts';
import type { Facts } from '../processor.ts';

/** pg and mysql2 take the text up to its first space for a name: without one that is all of it, values included. */
const HOLDS_TEXT = /[^\w :.$@-]/;

/** Writes what is known of a statement; keys the instrumentation set itself are kept, except text with literals. */
export function setDatabaseFacts(span: ReadableSpan, call: Call, facts: Facts, renameSpans: boolean): void {
  const { attributes } = span;
  facts.set(DB_SIGNATURE, call.signature);
  if (call.summary !== '' && attributes[DB_QUERY_SUMMARY] === undefined)
    facts.set(DB_QUERY_SUMMARY, call.summary);
  if (call.text !== undefined) setText(attributes, call.text, facts);
  if (attributes[DB_SYSTEM_NAME] === undefined)
    facts.set(DB_SYSTEM_NAME, attributes[OLD_DB_SYSTEM] ?? 'other_sql');
  // For SQL the conventions want neither operation nor collection taken from the text: one text may have several.
  if (call.family === 'cache' && attributes[DB_OPERATION_NAME] === undefined)
    facts.set(DB_OPERATION_NAME, call.summary);
  if (call.sql === undefined) return;
  const text = attributes[DB_QUERY_TEXT] ?? attributes[OLD_DB_STATEMENT];
  if (isNamedByOperation(span.name, typeof text === 'string' ? text : '')) {
    if (renameSpans && call.summary !== '') facts.name = call.summary;
    else if (HOLDS_TEXT.test(span.name)) facts.name = call.sql.operation || 'query';
  }
}

function setText(attributes: ReadableSpan['attributes'], text: string, facts: Facts): void {
  if (attributes[DB_QUERY_TEXT] !== text) facts.set(DB_QUERY_TEXT, text);
  const statement = attributes[OLD_DB_STATEMENT];
  if (statement !== undefined && statement !== text) facts.set(OLD_DB_STATEMENT, text);
}

/** `pg.query:SELECT shop`, `SELECT`, or the text itself: a name that says no more than the operation. */
function isNamedByOperation(name: string, text: string): boolean {
  if (name === 'pg.query') return true;
  if (name.startsWith('pg.query:')) {
    const operation = text.trimStart().slice(0, 24).toUpperCase();
    const named = name.slice(9, name.indexOf(' ', 9) < 0 ? undefined : name.indexOf(' ', 9));
    return named !== '' && operation.startsWith(named.slice(0, 24));
  }
  return name !== '' && text.startsWith(name);
}
