import { inOnePiece } from '../in-one-piece.ts';
import { KeptAttributes } from './kept-attributes.ts';

/**
 * Writes attribute values as OTLP/JSON text, directly, without an object in between.
 *
 * Writing the string costs about two thirds of building objects for `JSON.stringify` (FACTS §2).
 * Format: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding (int64 as decimal strings,
 * bytes as base64, ids as hex).
 */

/** Characters that JSON must escape, and surrogates, which `JSON.stringify` repairs when they stand alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON escapes
const MUST_ESCAPE = /[\u0000-\u001f"\\\ud800-\udfff]/;
/** Deeper values are cut: a log body may be a cyclic object, which the SDK does not check. */
const DEPTH_LIMIT = 32;
export const TOO_DEEP = '[cut: nested too deep]';

const kept = new KeptAttributes('');

/** A JSON string literal of `text`; never throws. */
export function quote(text: string): string {
  return MUST_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** `"attributes":[…]` without the name: the list of key values; `''` when there are none. */
export function encodeAttributes(attributes: object): string {
  let out = '';
  let last = kept.first;
  const record = attributes as Record<string, unknown>;
  for (const key in record) {
    const value = record[key];
    if (value === undefined) continue;
    const known = typeof value === 'object' ? undefined : kept.after(last, key, value);
    if (known !== undefined) last = known;
    const text = known === undefined ? encodeAttribute(key, value) : known.encoded;
    out += out === '' ? text : `,${text}`;
  }
  return out;
}

/** One key value, which is kept for the next time in one piece. */
function encodeAttribute(key: string, value: unknown): string {
  const made = keyValue(key, value, 0);
  if (typeof value !== 'object') kept.keep(key, value, () => inOnePiece(made));
  return made;
}

/** One `AnyValue` as JSON text. What OTLP cannot hold (a function, a symbol) becomes the empty value `{}`. */
export function encodeValue(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return `{"stringValue":${quote(value)}}`;
    case 'number':
      return encodeNumber(value);
    case 'boolean':
      return value ? '{"boolValue":true}' : '{"boolValue":false}';
    case 'bigint':
      return `{"intValue":"${value}"}`;
    case 'object':
      return value === null ? '{}' : encodeObject(value, depth);
    default:
      return '{}';
  }
}

function encodeNumber(value: number): string {
  if (Number.isSafeInteger(value)) return `{"intValue":"${value}"}`;
  return Number.isFinite(value) ? `{"doubleValue":${value}}` : `{"doubleValue":"${value}"}`;
}

function encodeObject(value: object, depth: number): string {
  if (depth >= DEPTH_LIMIT) return `{"stringValue":"${TOO_DEEP}"}`;
  if (value instanceof Uint8Array) {
    return `{"bytesValue":"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"}`;
  }
  let out = '';
  if (Array.isArray(value)) {
    for (const item of value) out += `${out === '' ? '' : ','}${encodeValue(item, depth + 1)}`;
    return `{"arrayValue":{"values":[${out}]}}`;
  }
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    out += `${out === '' ? '' : ','}${keyValue(key, record[key], depth + 1)}`;
  }
  return `{"kvlistValue":{"values":[${out}]}}`;
}

function keyValue(key: string, value: unknown, depth: number): string {
  return `{"key":${quote(key)},"value":${encodeValue(value, depth)}}`;
}
