import { text, writeResource, writeScope } from './encode-proto.ts';
import type { Encodable, Encoded } from './encoded.ts';
import { grouped } from './grouped.ts';
import { ProtoWriter } from './proto-writer.ts';

/** Room for what is not records: a resource and some scopes. */
const HEAD_BYTES = 4_096;

/**
 * One OTLP request in protobuf of records that are already encoded, grouped by resource and scope: of spans or of
 * log records, whose requests have the same fields. Cost: about 0.1 µs a record, the copy of its bytes.
 */
export function joinProto(items: readonly Encodable[]): Uint8Array {
  const groups = grouped(items, 'protobuf');
  const writer = new ProtoWriter(HEAD_BYTES + sizeOf(groups));
  for (const [resource, scopes] of [...groups].reverse()) {
    const group = writer.size;
    text(writer, 3, resource.schemaUrl);
    for (const [scope, run] of [...scopes].reverse()) writeScoped(writer, scope, run);
    const mark = writer.size;
    writeResource(writer, resource);
    writer.message(1, mark);
    writer.message(1, group);
  }
  return writer.buffer.subarray(writer.start, writer.end);
}

function writeScoped(writer: ProtoWriter, scope: Encoded['instrumentationScope'], run: Encoded[]): void {
  const scoped = writer.size;
  text(writer, 3, scope.schemaUrl);
  for (let i = run.length - 1; i >= 0; i--) {
    const { buffer, start, end } = run[i] as Encoded;
    writer.raw(buffer.subarray(start, end));
  }
  const mark = writer.size;
  writeScope(writer, scope);
  writer.message(1, mark);
  writer.message(2, scoped);
}

function sizeOf(groups: ReturnType<typeof grouped>): number {
  let sizeBytes = 0;
  for (const scopes of groups.values())
    for (const run of scopes.values()) for (const each of run) sizeBytes += each.sizeBytes;
  return sizeBytes;
}
