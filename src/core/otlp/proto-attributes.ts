import { TOO_DEEP } from './json.ts';
import { KeptAttributes } from './kept-attributes.ts';
import { keptForms } from './kept-forms.ts';
import type { ProtoWriter } from './proto-writer.ts';

/**
 * Deeper values are cut, as in JSON. Protobuf's readers take 100 messages in one another, of which each of our levels is
 * three and the request around them is seven.
 */
const DEPTH_LIMIT = 30;

const kept = new KeptAttributes<Uint8Array>(new Uint8Array());

/** Attributes as `KeyValue` messages under this field, in their order. */
export function writeAttributes(writer: ProtoWriter, field: number, attributes: object): void {
  const forms = keptForms(attributes);
  if (forms?.protobuf?.field === field) {
    writer.raw(forms.protobuf.bytes);
    return;
  }
  const mark = writer.size;
  writeEach(writer, field, attributes);
  if (forms !== undefined) forms.protobuf = { field, bytes: writer.copyFrom(mark) };
}

function writeEach(writer: ProtoWriter, field: number, attributes: object): void {
  const record = attributes as Record<string, unknown>;
  const keys: string[] = [];
  for (const key in record) keys.push(key);
  let last = kept.first;
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i] as string;
    const value = record[key];
    if (value === undefined) continue;
    const mark = writer.size;
    const known = typeof value === 'object' ? undefined : kept.after(last, key, value);
    if (known === undefined) writeAttribute(writer, key, value);
    else {
      last = known;
      writer.raw(known.encoded);
    }
    writer.message(field, mark);
  }
}

function writeAttribute(writer: ProtoWriter, key: string, value: unknown): void {
  const mark = writer.size;
  writeKeyValue(writer, key, value, 0);
  if (typeof value !== 'object') kept.keep(key, value, () => writer.copyFrom(mark));
}

function writeKeyValue(writer: ProtoWriter, key: string, value: unknown, depth: number): void {
  const mark = writer.size;
  writeValue(writer, value, depth);
  writer.message(2, mark);
  writer.string(1, key);
}

/** The fields of one `AnyValue`. What OTLP cannot hold (a function, a symbol) becomes the empty value. */
export function writeValue(writer: ProtoWriter, value: unknown, depth: number): void {
  switch (typeof value) {
    case 'string':
      writer.string(1, value);
      break;
    case 'boolean':
      writer.uint(2, value ? 1 : 0);
      break;
    case 'bigint':
      writer.int64(3, value);
      break;
    case 'number':
      if (Number.isSafeInteger(value)) writer.int64(3, value);
      else writer.double(4, value);
      break;
    case 'object':
      if (value !== null) writeObject(writer, value, depth);
  }
}

function writeObject(writer: ProtoWriter, value: object, depth: number): void {
  if (depth >= DEPTH_LIMIT) writer.string(1, TOO_DEEP);
  else if (value instanceof Uint8Array) writer.bytes(7, value);
  else if (Array.isArray(value)) writeList(writer, value, depth);
  else writeMap(writer, value as Record<string, unknown>, depth);
}

function writeList(writer: ProtoWriter, list: readonly unknown[], depth: number): void {
  const mark = writer.size;
  for (let i = list.length - 1; i >= 0; i--) {
    const item = writer.size;
    writeValue(writer, list[i], depth + 1);
    writer.message(1, item);
  }
  writer.message(5, mark);
}

function writeMap(writer: ProtoWriter, map: Record<string, unknown>, depth: number): void {
  const mark = writer.size;
  for (const key of Object.keys(map).reverse()) {
    const item = writer.size;
    writeKeyValue(writer, key, map[key], depth + 1);
    writer.message(1, item);
  }
  writer.message(6, mark);
}
