import {
  DB_COLLECTION_NAME,
  DB_NAMESPACE,
  DB_OPERATION_NAME,
  DB_QUERY_SUMMARY,
  DB_QUERY_TEXT,
  DB_SIGNATURE,
  OLD_DB_STATEMENT,
} from '../attributes.ts';
import { beginningOf, cutMark } from '../redaction/cut.ts';
import { analyzeCommand } from '../sql/command.ts';
import { analyzeDocument } from '../sql/document.ts';
import { analyzeSql, type SqlFacts } from '../sql/index.ts';
import { type Call, type CallAttributes, stringOf } from './call.ts';

const DOCUMENT_SYSTEMS = new Set([
  'mongodb',
  'mongoose',
  'elasticsearch',
  'opensearch',
  'couchdb',
  'aws.dynamodb',
  'dynamodb',
  'azure.cosmosdb',
  'cosmosdb',
]);
const CACHE_SYSTEMS = new Set(['redis', 'valkey', 'memcached']);
/** A longer statement is read up to here: 2 ms where every second character is a token. */
const MAX_STATEMENT = 16_384;
const PROCEDURE = /^(?:call|exec|execute)$/i;
const DOCUMENT_WRITE =
  /^(?:insert|update|delete|replace|save|create|remove|bulk|index|put|findAndModify|findOneAnd)/i;

/** A statement or command; undefined for a span that only connects, as `pg-pool.connect`. */
export function describeDatabaseCall(attributes: CallAttributes, system: string): Call | undefined {
  const whole = stringOf(attributes, DB_QUERY_TEXT) ?? stringOf(attributes, OLD_DB_STATEMENT);
  const isCut = whole !== undefined && whole.length > MAX_STATEMENT;
  const text = isCut ? beginningOf(whole, MAX_STATEMENT) : whole;
  const namespace = stringOf(attributes, DB_NAMESPACE) ?? stringOf(attributes, 'db.name') ?? '';
  if (DOCUMENT_SYSTEMS.has(system)) return documentCall(attributes, system, text, namespace);
  if (text === undefined) return undefined;
  if (CACHE_SYSTEMS.has(system)) return cacheCall(text, namespace);
  const sql = analyzeSql(text, system);
  return {
    family: 'db',
    signature: stringOf(attributes, DB_SIGNATURE) ?? sql.signature,
    // Sanitised text may say less than the summary that was made with it: a table in MySQL's ANSI quotes is masked.
    summary: stringOf(attributes, DB_QUERY_SUMMARY) ?? sql.summary,
    namespace,
    writes: sql.kind === 'write',
    counted: sql.kind !== 'transaction' && sql.kind !== 'session',
    repeatable: isRepeatable(sql),
    identity: sql.parameterized ? identityOf(attributes, text) : text,
    text: isCut ? sql.text + cutMark(whole) : sql.text,
    sql,
  };
}

function isRepeatable(sql: SqlFacts): boolean {
  if (sql.paged) return false;
  return (
    sql.kind === 'read' || sql.kind === 'write' || (sql.kind === 'other' && PROCEDURE.test(sql.operation))
  );
}

/** Text and values when the instrumentation was told to record them. */
function identityOf(attributes: CallAttributes, text: string): string | undefined {
  const values = attributes['db.postgresql.values'];
  if (Array.isArray(values)) return `${text}\n${values.join('\n')}`;
  if (attributes['db.query.parameter.0'] === undefined && attributes['db.query.parameter.1'] === undefined)
    return undefined;
  let identity = text;
  for (const key of Object.keys(attributes)) {
    if (key.startsWith('db.query.parameter.')) identity += `\n${key}=${String(attributes[key])}`;
  }
  return identity;
}

function documentCall(
  attributes: CallAttributes,
  system: string,
  text: string | undefined,
  namespace: string,
): Call | undefined {
  const operation = stringOf(attributes, DB_OPERATION_NAME) ?? stringOf(attributes, 'db.operation') ?? '';
  const collection =
    stringOf(attributes, DB_COLLECTION_NAME) ?? stringOf(attributes, 'db.mongodb.collection') ?? '';
  if (text === undefined && operation === '') return undefined;
  const document = analyzeDocument(text ?? '', operation, collection);
  return {
    family: 'db',
    signature: stringOf(attributes, DB_SIGNATURE) ?? document.signature,
    summary: document.summary,
    namespace,
    writes: DOCUMENT_WRITE.test(operation),
    counted: true,
    repeatable: operation !== 'getMore' && operation !== 'killCursors',
    identity: text === undefined || text.includes('?') ? undefined : `${operation} ${collection} ${text}`,
    text: text === undefined ? undefined : document.text,
    ...layerOf(system, text),
    sql: undefined,
  };
}

/** Mongoose's instrumentation names MongoDB as its system, too, but knows no text. */
function layerOf(system: string, text: string | undefined): Pick<Call, 'layer'> {
  if (system === 'mongoose') return { layer: 'mapper' };
  return system === 'mongodb' ? { layer: text === undefined ? 'mapper' : 'driver' } : {};
}

function cacheCall(text: string, namespace: string): Call {
  const command = analyzeCommand(text);
  return {
    family: 'cache',
    signature: command.signature,
    summary: command.summary,
    namespace,
    writes: false,
    counted: true,
    // Reading a cache key by key is what caches are for; only its count is told.
    repeatable: false,
    identity: text,
    text: command.text,
    sql: undefined,
  };
}
