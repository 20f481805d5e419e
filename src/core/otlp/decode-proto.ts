import type { Signal } from '../layout.ts';
import type {
  Attributes,
  AttributeValue,
  LogRecord,
  Resource,
  Scope,
  Span,
  SpanEvent,
  SpanLink,
} from '../span.ts';
import type { DecodedLine } from './decode.ts';
import { ProtoReader } from './proto-reader.ts';
import { idOf, readKeyValue, readResource, readScope, readValue } from './proto-values.ts';

/**
 * Reads one OTLP request in protobuf as `decodeLine` reads one in JSON: the same spans and log records come out, of
 * metrics nothing. The bytes do not say which signal they are: give it, or ask `signalOfProto`.
 *
 * `keep` decides by trace id what is worth decoding. Linear in the bytes.
 * @throws TypeError when the bytes are cut off, damaged, no OTLP request, or beyond any sane size.
 * @see https://github.com/open-telemetry/opentelemetry-proto/tree/v1.7.0/opentelemetry/proto
 */
export function decodeProto(
  bytes: Uint8Array,
  signal: Signal,
  keep?: (traceId: string) => boolean,
): DecodedLine {
  const decoded: DecodedLine = { spans: [], logs: [], metricPointCount: 0 };
  const request = ProtoReader.of(bytes);
  while (request.next()) {
    if (request.field !== 1) continue;
    readGroup(request.message(), signal, keep, decoded);
  }
  return decoded;
}

type Keep = ((traceId: string) => boolean) | undefined;

/** Protobuf may put a resource behind what it belongs to, so the records are read last. */
function readGroup(group: ProtoReader, signal: Signal, keep: Keep, decoded: DecodedLine): void {
  let resource: Resource = { attributes: {} };
  const scopes: ProtoReader[] = [];
  while (group.next()) {
    if (group.field === 1) resource = readResource(group.message());
    else if (group.field === 2) scopes.push(group.message());
  }
  for (const scoped of scopes) {
    let scope: Scope = { name: '' };
    const records: ProtoReader[] = [];
    while (scoped.next()) {
      if (scoped.field === 1) scope = readScope(scoped.message());
      else if (scoped.field === 2) records.push(scoped.message());
    }
    for (const record of records) {
      if (signal === 'traces') readSpan(record, keep, resource, scope, decoded.spans);
      else if (signal === 'logs') readLog(record, keep, resource, scope, decoded.logs);
      else decoded.metricPointCount += countPoints(record);
    }
  }
}

/** Each kind of metric is a message that has its points in field 1. */
function countPoints(metric: ProtoReader): number {
  let count = 0;
  while (metric.next()) {
    if (![5, 7, 9, 10, 11].includes(metric.field)) continue;
    const kind = metric.message();
    while (kind.next()) if (kind.field === 1 && kind.isLengthDelimited) count += 1;
  }
  return count;
}

function readSpan(reader: ProtoReader, keep: Keep, resource: Resource, scope: Scope, into: Span[]): void {
  const attributes: Attributes = {};
  const events: SpanEvent[] = [];
  const links: SpanLink[] = [];
  const ids = { trace: undefined as string | undefined, span: undefined as string | undefined };
  let parentSpanId: string | undefined;
  let [traceState, name] = ['', ''];
  let [flags, kind, droppedCount] = [0, 0, 0];
  let [startTimeUnixNano, endTimeUnixNano] = [0n, 0n];
  let status: Span['status'] = { code: 0 };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        ids.trace = idOf(reader.bytes(), 16);
        if (ids.trace === undefined || keep?.(ids.trace) === false) return;
        break;
      case 2:
        ids.span = idOf(reader.bytes(), 8);
        break;
      case 3:
        traceState = reader.string();
        break;
      case 4:
        parentSpanId = idOf(reader.bytes(), 8);
        break;
      case 5:
        name = reader.string();
        break;
      case 6:
        kind = reader.number();
        break;
      case 7:
        startTimeUnixNano = reader.fixed64();
        break;
      case 8:
        endTimeUnixNano = reader.fixed64();
        break;
      case 9:
        readKeyValue(reader.message(), attributes);
        break;
      case 10:
      case 12:
      case 14:
        droppedCount += reader.number();
        break;
      case 11:
        events.push(readEvent(reader.message()));
        break;
      case 13:
        links.push(readLink(reader.message()));
        break;
      case 15:
        status = readStatus(reader.message());
        break;
      case 16:
        flags = reader.number();
        break;
    }
  }
  if (ids.trace === undefined || ids.span === undefined) return;
  into.push({
    traceId: ids.trace,
    spanId: ids.span,
    ...(parentSpanId !== undefined && { parentSpanId }),
    ...(traceState !== '' && { traceState }),
    flags,
    name,
    kind,
    startTimeUnixNano,
    endTimeUnixNano,
    attributes,
    events,
    links,
    status,
    droppedCount,
    resource,
    scope,
  });
}

function readLog(reader: ProtoReader, keep: Keep, resource: Resource, scope: Scope, into: LogRecord[]): void {
  const attributes: Attributes = {};
  let [traceId, spanId]: (string | undefined)[] = [];
  let [time, observed] = [0n, 0n];
  let severityNumber = 0;
  let [severityText, eventName] = ['', ''];
  let body: AttributeValue = null;
  while (reader.next()) {
    if (reader.field === 1) time = reader.fixed64();
    else if (reader.field === 2) severityNumber = reader.number();
    else if (reader.field === 3) severityText = reader.string();
    else if (reader.field === 5) body = readValue(reader.message());
    else if (reader.field === 6) readKeyValue(reader.message(), attributes);
    else if (reader.field === 9) traceId = idOf(reader.bytes(), 16);
    else if (reader.field === 10) spanId = idOf(reader.bytes(), 8);
    else if (reader.field === 11) observed = reader.fixed64();
    else if (reader.field === 12) eventName = reader.string();
  }
  if (keep !== undefined && (traceId === undefined || !keep(traceId))) return;
  into.push({
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
    timeUnixNano: time === 0n ? observed : time,
    severityNumber,
    ...(severityText !== '' && { severityText }),
    ...(eventName !== '' && { eventName }),
    body,
    attributes,
    resource,
    scope,
  });
}

function readEvent(reader: ProtoReader): SpanEvent {
  const attributes: Attributes = {};
  let name = '';
  let timeUnixNano = 0n;
  while (reader.next()) {
    if (reader.field === 1) timeUnixNano = reader.fixed64();
    else if (reader.field === 2) name = reader.string();
    else if (reader.field === 3) readKeyValue(reader.message(), attributes);
  }
  return { name, timeUnixNano, attributes };
}

function readLink(reader: ProtoReader): SpanLink {
  const attributes: Attributes = {};
  let [traceId, spanId] = ['', ''];
  while (reader.next()) {
    if (reader.field === 1) traceId = idOf(reader.bytes(), 16) ?? '';
    else if (reader.field === 2) spanId = idOf(reader.bytes(), 8) ?? '';
    else if (reader.field === 4) readKeyValue(reader.message(), attributes);
  }
  return { traceId, spanId, attributes };
}

function readStatus(reader: ProtoReader): Span['status'] {
  let code = 0;
  let message = '';
  while (reader.next()) {
    if (reader.field === 2) message = reader.string();
    else if (reader.field === 3) code = reader.number();
  }
  return { code, ...(message !== '' && { message }) };
}
