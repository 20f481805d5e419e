import type { Attributes, AttributeValue, Resource, Scope } from '../span.ts';
import { define } from './decode.ts';
import type { ProtoReader } from './proto-reader.ts';

/** A message whose field 1 is attributes: a resource, a list of key values. */
export function readResource(reader: ProtoReader): Resource {
  const attributes: Attributes = {};
  while (reader.next()) if (reader.field === 1) readKeyValue(reader.message(), attributes);
  return { attributes };
}

export function readScope(reader: ProtoReader): Scope {
  let [name, version] = ['', ''];
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) version = reader.string();
  }
  return { name, ...(version !== '' && { version }) };
}

export function readKeyValue(reader: ProtoReader, into: Attributes): void {
  let key = '';
  let value: AttributeValue = null;
  while (reader.next()) {
    if (reader.field === 1) key = reader.string();
    else if (reader.field === 2) value = readValue(reader.message());
  }
  define(into, key, value);
}

/** An `AnyValue`; the empty one is `null`, and of several the last counts. */
export function readValue(reader: ProtoReader): AttributeValue {
  let value: AttributeValue = null;
  while (reader.next()) {
    if (reader.field === 1) value = reader.string();
    else if (reader.field === 2) value = reader.number() !== 0;
    else if (reader.field === 3) value = reader.int64();
    else if (reader.field === 4) value = reader.double();
    else if (reader.field === 5) value = readList(reader.message());
    else if (reader.field === 6) value = readResource(reader.message()).attributes;
    else if (reader.field === 7) value = new Uint8Array(reader.bytes());
  }
  return value;
}

function readList(reader: ProtoReader): AttributeValue[] {
  const values: AttributeValue[] = [];
  while (reader.next()) if (reader.field === 1) values.push(readValue(reader.message()));
  return values;
}

/** Hex of exactly so many bytes, not all zeros; anything else is no id. */
export function idOf(bytes: Buffer, length: number): string | undefined {
  return bytes.length === length && bytes.some((byte) => byte !== 0) ? bytes.toString('hex') : undefined;
}
