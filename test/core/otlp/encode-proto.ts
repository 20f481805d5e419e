import type { Attributes, AttributeValue, LogRecord, Span } from '../../../src/core/span.ts';

/** Writes spans and log records as OTLP requests in protobuf, one group a record; for tests of the reader. */

export function spansProto(spans: readonly Span[]): Buffer {
  return Buffer.concat(spans.map((span) => group(span, spanOf(span))));
}

export function logsProto(logs: readonly LogRecord[]): Buffer {
  return Buffer.concat(logs.map((log) => group(log, logOf(log))));
}

/** As the collector's `file` exporter frames what is no text: four bytes of length before each message. */
export function framed(...messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(message.length);
      return [length, message];
    }),
  );
}

function group({ resource, scope }: Span | LogRecord, record: Buffer): Buffer {
  const resourceBytes = keyValues(1, resource.attributes);
  const scopeBytes = Buffer.concat([text(1, scope.name), text(2, scope.version ?? '')]);
  return block(
    1,
    Buffer.concat([
      block(1, resourceBytes),
      block(2, Buffer.concat([block(1, scopeBytes), block(2, record)])),
    ]),
  );
}

function spanOf(span: Span): Buffer {
  return Buffer.concat([
    hex(1, span.traceId),
    hex(2, span.spanId),
    text(3, span.traceState ?? ''),
    hex(4, span.parentSpanId ?? ''),
    text(5, span.name),
    integer(6, span.kind),
    fixed64(7, span.startTimeUnixNano),
    fixed64(8, span.endTimeUnixNano),
    keyValues(9, span.attributes),
    integer(10, span.droppedCount),
    ...span.events.map(({ name, timeUnixNano, attributes }) =>
      block(11, Buffer.concat([fixed64(1, timeUnixNano), text(2, name), keyValues(3, attributes)])),
    ),
    ...span.links.map((link) =>
      block(13, Buffer.concat([hex(1, link.traceId), hex(2, link.spanId), keyValues(4, link.attributes)])),
    ),
    block(15, Buffer.concat([text(2, span.status.message ?? ''), integer(3, span.status.code)])),
    Buffer.concat([key(16, 5), littleEndian32(span.flags)]),
  ]);
}

function logOf(log: LogRecord): Buffer {
  return Buffer.concat([
    fixed64(1, log.timeUnixNano),
    integer(2, log.severityNumber),
    text(3, log.severityText ?? ''),
    block(5, anyValue(log.body)),
    keyValues(6, log.attributes),
    hex(9, log.traceId ?? ''),
    hex(10, log.spanId ?? ''),
    text(12, log.eventName ?? ''),
  ]);
}

function keyValues(field: number, attributes: Attributes): Buffer {
  return Buffer.concat(
    Object.entries(attributes).map(([name, value]) =>
      block(field, Buffer.concat([text(1, name), block(2, anyValue(value))])),
    ),
  );
}

function anyValue(value: AttributeValue): Buffer {
  if (value === null) return Buffer.alloc(0);
  if (typeof value === 'string') return block(1, Buffer.from(value));
  if (typeof value === 'boolean') return Buffer.concat([key(2, 0), varint(value ? 1n : 0n)]);
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value))
      return Buffer.concat([key(3, 0), varint(BigInt.asUintN(64, BigInt(value)))]);
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return Buffer.concat([key(4, 1), bytes]);
  }
  if (value instanceof Uint8Array) return block(7, Buffer.from(value));
  if (Array.isArray(value)) return block(5, Buffer.concat(value.map((each) => block(1, anyValue(each)))));
  return block(6, keyValues(1, value));
}

function text(field: number, value: string): Buffer {
  return value === '' ? Buffer.alloc(0) : block(field, Buffer.from(value));
}

function hex(field: number, value: string): Buffer {
  return value === '' ? Buffer.alloc(0) : block(field, Buffer.from(value, 'hex'));
}

function integer(field: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : Buffer.concat([key(field, 0), varint(BigInt(value))]);
}

function fixed64(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return Buffer.concat([key(field, 1), bytes]);
}

function littleEndian32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function block(field: number, content: Buffer): Buffer {
  return Buffer.concat([key(field, 2), varint(BigInt(content.length)), content]);
}

function key(field: number, wire: number): Buffer {
  return varint(BigInt(field * 8 + wire));
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}
