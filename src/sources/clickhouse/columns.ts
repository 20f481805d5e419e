import {
  DB_COLLECTION_NAME,
  DB_QUERY_SUMMARY,
  DB_SIGNATURE,
  DB_SYSTEM_NAME,
  ERROR_TYPE,
  EXCEPTION_FINGERPRINT,
  EXCEPTION_TYPE,
  GEN_AI_CONVERSATION_ID,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_RESPONSE_MODEL,
  HTTP_REQUEST_METHOD,
  HTTP_RESPONSE_STATUS_CODE,
  HTTP_ROUTE,
  OLD_DB_SYSTEM,
  SERVER_ADDRESS,
  SERVICE_NAME,
  SERVICE_VERSION,
} from '../../core/attributes.ts';
import type { Dimension } from '../../store/query/query.ts';
import { SEARCHED_LOG_KEYS, SEARCHED_SPAN_KEYS } from '../../store/query/words.ts';
import { NUMBER_PATTERN } from './values.ts';

/** What the columns of `otel_traces` say, as SQL. Only constants of this program stand in it. */

type Column = 'SpanAttributes' | 'ResourceAttributes';

/** The last year that the reference writes. */
const MAX_YEAR = 9_999;

export const START_NANOS = 'toUnixTimestamp64Nano(Timestamp)';
/** Never negative: what ended before it began has the difference modulo 2⁶⁴. */
export const DURATION_MS = '(greatest(toInt64(Duration), 0) / 1e6)';
export const IS_ERROR = "(StatusCode IN ('Error', 'STATUS_CODE_ERROR'))";
export const IS_ENTRY =
  "(SpanKind IN ('Server', 'Consumer', 'SPAN_KIND_SERVER', 'SPAN_KIND_CONSUMER') OR ParentSpanId = '')";
export const METHOD: string = textOf('SpanAttributes', HTTP_REQUEST_METHOD, 'http.method');
export const HTTP_STATUS: string = numberIn(
  textOf('SpanAttributes', HTTP_RESPONSE_STATUS_CODE, 'http.status_code'),
);

const EVENT_TYPE = `arrayFirst(each -> mapContains(each, '${EXCEPTION_TYPE}'), Events.Attributes)['${EXCEPTION_TYPE}']`;
export const EXCEPTION: string = `multiIf(arrayExists(each -> mapContains(each, '${EXCEPTION_TYPE}'), Events.Attributes), ${EVENT_TYPE}, ${branches('SpanAttributes', [EXCEPTION_TYPE, ERROR_TYPE])}, NULL)`;

/** All that is searched for words, in lower case. */
export const SPAN_TEXT: string = `lowerUTF8(arrayStringConcat(arrayConcat([toString(SpanName), StatusMessage], ${valuesOf(
  'arrayPushFront(Events.Attributes, SpanAttributes)',
  SEARCHED_SPAN_KEYS,
)}), '\\n'))`;
export const LOG_TEXT: string = `lowerUTF8(arrayStringConcat(arrayConcat([Body], ${valuesOf('[LogAttributes]', SEARCHED_LOG_KEYS)}), '\\n'))`;

const ROUTE = textOf('SpanAttributes', HTTP_ROUTE);

/** The value of each dimension for a span; NULL where it has none. */
export const DIMENSION_COLUMNS: Readonly<Record<Dimension, string>> = {
  service: textOf('ResourceAttributes', SERVICE_NAME),
  version: textOf('ResourceAttributes', SERVICE_VERSION),
  route: `if(isNull(${METHOD}), ${ROUTE}, concat(${METHOD}, ' ', ${ROUTE}))`,
  name: 'toString(SpanName)',
  status_class: `concat(toString(toInt64OrNull(toString(trunc(${HTTP_STATUS} / 100)))), 'xx')`,
  peer: textOf('SpanAttributes', SERVER_ADDRESS, 'net.peer.name'),
  db_system: textOf('SpanAttributes', DB_SYSTEM_NAME, OLD_DB_SYSTEM),
  db_summary: textOf('SpanAttributes', DB_QUERY_SUMMARY),
  db_signature: textOf('SpanAttributes', DB_SIGNATURE),
  db_table: textOf('SpanAttributes', DB_COLLECTION_NAME),
  exception_fingerprint: textOf('SpanAttributes', EXCEPTION_FINGERPRINT),
  exception_type: EXCEPTION,
  model: textOf('SpanAttributes', GEN_AI_RESPONSE_MODEL, GEN_AI_REQUEST_MODEL),
  provider: textOf('SpanAttributes', GEN_AI_PROVIDER_NAME),
  session: textOf('SpanAttributes', 'session.id', GEN_AI_CONVERSATION_ID),
  minute: bucket(60),
  hour: bucket(3_600),
};

/** A text as a number; NULL for what is none. */
export function numberIn(text: string): string {
  return `if(match(${text}, '${NUMBER_PATTERN.replaceAll('\\', '\\\\')}'), toFloat64OrNull(${text}), NULL)`;
}

/** The first of the keys that is there; NULL for none. */
function textOf(column: Column, ...keys: readonly string[]): string {
  return `multiIf(${branches(column, keys)}, NULL)`;
}

function branches(column: Column, keys: readonly string[]): string {
  return keys.map((key) => `mapContains(${column}, '${key}'), ${column}['${key}']`).join(', ');
}

/** The values of these keys in each of the maps; empty for those that are not there. */
function valuesOf(maps: string, keys: readonly string[]): string {
  const list = keys.map((key) => `'${key}'`).join(', ');
  return `arrayFlatten(arrayMap(map -> arrayMap(key -> map[key], [${list}]), ${maps}))`;
}

/** When the bucket of this size began, as the reference writes it. */
function bucket(seconds: number): string {
  const start = `toDateTime64(intDiv(${START_NANOS}, ${seconds}000000000) * ${seconds}, 0, 'UTC')`;
  return `if(toYear(${start}) <= ${MAX_YEAR}, formatDateTime(${start}, '%Y-%m-%dT%H:%i:%SZ'), NULL)`;
}
