import type { Attributes, AttributeValue, SpanEvent, SpanLink } from '../../core/span.ts';

/**
 * Attributes as JSON text that gives the very same values back. JSON lacks bytes and the numbers that are none, so
 * these stand as an object with one reserved key. Strings that no UTF-8 can hold lose their lone surrogates.
 */
export function writeAttributes(attributes: Attributes): string {
  return JSON.stringify(encodeMap(attributes));
}

/** The attributes that {@link writeAttributes} wrote. */
export function readAttributes(text: string): Attributes {
  return decodeMap(JSON.parse(text) as Json);
}

/** One value, likewise. */
export function writeValue(value: AttributeValue): string {
  return JSON.stringify(encode(value));
}

/** The value that {@link writeValue} wrote. */
export function readValue(text: string): AttributeValue {
  return decode(JSON.parse(text));
}

/** The events of a span as JSON text. */
export function writeEvents(events: readonly SpanEvent[]): string {
  return JSON.stringify(
    events.map(({ name, timeUnixNano, attributes }) => [
      name.toWellFormed(),
      String(timeUnixNano),
      encodeMap(attributes),
    ]),
  );
}

/** The events that {@link writeEvents} wrote. */
export function readEvents(text: string): SpanEvent[] {
  const events = JSON.parse(text) as [string, string, Json][];
  return events.map(([name, time, attributes]) => ({
    name,
    timeUnixNano: BigInt(time),
    attributes: decodeMap(attributes),
  }));
}

/** The links of a span as JSON text. */
export function writeLinks(links: readonly SpanLink[]): string {
  return JSON.stringify(
    links.map(({ traceId, spanId, attributes }) => [traceId, spanId, encodeMap(attributes)]),
  );
}

/** The links that {@link writeLinks} wrote. */
export function readLinks(text: string): SpanLink[] {
  const links = JSON.parse(text) as [string, string, Json][];
  return links.map(([traceId, spanId, attributes]) => ({
    traceId,
    spanId,
    attributes: decodeMap(attributes),
  }));
}

type Json = Record<string, unknown>;

const BYTES = '$bytes';
const NUMBER = '$number';
/** Around a map of the app's own with a single key that begins like ours. */
const MAP = '$map';

function encode(value: AttributeValue): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { [NUMBER]: Object.is(value, -0) ? '-0' : String(value) };
  }
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { [BYTES]: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(encode);
  const map = encodeMap(value);
  return looksReserved(map) ? { [MAP]: map } : map;
}

/** Without a prototype, so that `__proto__` is a key like any other. */
function encodeMap(attributes: Attributes): Json {
  const map = Object.create(null) as Json;
  for (const [key, value] of Object.entries(attributes)) map[key.toWellFormed()] = encode(value);
  return map;
}

function decode(value: unknown): AttributeValue {
  if (typeof value !== 'object' || value === null) return value as AttributeValue;
  if (Array.isArray(value)) return value.map(decode);
  const map = value as Json;
  if (looksReserved(map)) {
    if (MAP in map) return decodeMap(map[MAP] as Json);
    if (BYTES in map) return new Uint8Array(Buffer.from(String(map[BYTES]), 'base64'));
    if (NUMBER in map) return Number(map[NUMBER]);
  }
  return decodeMap(map);
}

function decodeMap(map: Json): Attributes {
  const attributes: Attributes = {};
  for (const [key, value] of Object.entries(map)) {
    if (key === '__proto__')
      Object.defineProperty(attributes, key, { value: decode(value), enumerable: true, configurable: true });
    else attributes[key] = decode(value);
  }
  return attributes;
}

function looksReserved(map: Json): boolean {
  const keys = Object.keys(map);
  return keys.length === 1 && keys[0]?.startsWith('$') === true;
}
