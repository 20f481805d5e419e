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

/** What one line of an OTLP/JSON file holds. Every list is empty when the line has none of that signal. */
export interface DecodedLine {
  readonly spans: Span[];
  readonly logs: LogRecord[];
  /** Data points of metrics, which are counted and not decoded. */
  metricPointCount: number;
}

type Json = Record<string, unknown>;

/**
 * Reads one OTLP/JSON request: ours, the collector's `file` exporter's, or any SDK's.
 *
 * Unknown fields are ignored, ids are lower-cased, absent fields get OTLP's defaults; a span without a valid
 * id is left out. `keep` decides by trace id what is worth decoding.
 * @throws SyntaxError when the line is not JSON, TypeError when it is not an OTLP request.
 */
export function decodeLine(line: string, keep?: (traceId: string) => boolean): DecodedLine {
  return decodeRequest(JSON.parse(line), keep);
}

/** {@link decodeLine} for what is parsed already. */
export function decodeRequest(request: unknown, keep?: (traceId: string) => boolean): DecodedLine {
  if (
    !isObject(request) ||
    !('resourceSpans' in request || 'resourceLogs' in request || 'resourceMetrics' in request)
  ) {
    throw new TypeError('not an OTLP request');
  }
  const decoded: DecodedLine = { spans: [], logs: [], metricPointCount: 0 };
  for (const group of objects(request.resourceSpans)) {
    const resource = decodeResource(group.resource);
    for (const scoped of objects(group.scopeSpans)) {
      const scope = decodeScope(scoped.scope);
      for (const span of objects(scoped.spans)) {
        const traceId = hexId(span.traceId, 32);
        if (traceId !== undefined && keep?.(traceId) !== false)
          pushSpan(decoded.spans, traceId, span, resource, scope);
      }
    }
  }
  for (const group of objects(request.resourceLogs)) {
    const resource = decodeResource(group.resource);
    for (const scoped of objects(group.scopeLogs)) {
      const scope = decodeScope(scoped.scope);
      for (const log of objects(scoped.logRecords)) {
        const traceId = hexId(log.traceId, 32);
        if (keep === undefined || (traceId !== undefined && keep(traceId))) {
          decoded.logs.push(decodeLog(traceId, log, resource, scope));
        }
      }
    }
  }
  for (const group of objects(request.resourceMetrics)) {
    for (const scoped of objects(group.scopeMetrics)) {
      for (const metric of objects(scoped.metrics)) decoded.metricPointCount += countPoints(metric);
    }
  }
  return decoded;
}

/** A metric has one field that holds its points, named by its kind. */
function countPoints(metric: Json): number {
  const kinds = Object.values(metric).filter(isObject);
  return kinds.reduce((sum, { dataPoints }) => sum + (Array.isArray(dataPoints) ? dataPoints.length : 0), 0);
}

function pushSpan(into: Span[], traceId: string, span: Json, resource: Resource, scope: Scope): void {
  const spanId = hexId(span.spanId, 16);
  if (spanId === undefined) return;
  const parentSpanId = hexId(span.parentSpanId, 16);
  const status = isObject(span.status) ? span.status : {};
  into.push({
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    ...(typeof span.traceState === 'string' && span.traceState ? { traceState: span.traceState } : {}),
    flags: integer(span.flags),
    name: text(span.name),
    kind: integer(span.kind),
    startTimeUnixNano: nanos(span.startTimeUnixNano),
    endTimeUnixNano: nanos(span.endTimeUnixNano),
    attributes: decodeAttributes(span.attributes),
    events: objects(span.events).map(decodeEvent),
    links: objects(span.links).map(decodeLink),
    status: {
      code: integer(status.code),
      ...(typeof status.message === 'string' && status.message ? { message: status.message } : {}),
    },
    droppedCount:
      integer(span.droppedAttributesCount) +
      integer(span.droppedEventsCount) +
      integer(span.droppedLinksCount),
    resource,
    scope,
  });
}

function decodeLog(traceId: string | undefined, log: Json, resource: Resource, scope: Scope): LogRecord {
  const spanId = hexId(log.spanId, 16);
  const time = nanos(log.timeUnixNano);
  return {
    ...(traceId === undefined ? {} : { traceId }),
    ...(spanId === undefined ? {} : { spanId }),
    timeUnixNano: time === 0n ? nanos(log.observedTimeUnixNano) : time,
    severityNumber: integer(log.severityNumber),
    ...(typeof log.severityText === 'string' && log.severityText ? { severityText: log.severityText } : {}),
    ...(typeof log.eventName === 'string' && log.eventName ? { eventName: log.eventName } : {}),
    body: decodeValue(log.body),
    attributes: decodeAttributes(log.attributes),
    resource,
    scope,
  };
}

function decodeEvent(event: Json): SpanEvent {
  return {
    name: text(event.name),
    timeUnixNano: nanos(event.timeUnixNano),
    attributes: decodeAttributes(event.attributes),
  };
}

function decodeLink(link: Json): SpanLink {
  return {
    traceId: hexId(link.traceId, 32) ?? '',
    spanId: hexId(link.spanId, 16) ?? '',
    attributes: decodeAttributes(link.attributes),
  };
}

function decodeResource(resource: unknown): Resource {
  return { attributes: decodeAttributes(isObject(resource) ? resource.attributes : undefined) };
}

function decodeScope(scope: unknown): Scope {
  if (!isObject(scope)) return { name: '' };
  const name = text(scope.name);
  return typeof scope.version === 'string' && scope.version ? { name, version: scope.version } : { name };
}

function decodeAttributes(list: unknown): Attributes {
  const attributes: Attributes = {};
  for (const { key, value } of objects(list)) {
    if (typeof key === 'string') define(attributes, key, decodeValue(value));
  }
  return attributes;
}

/** An `AnyValue`; the empty one is `null`. Integers that a double cannot hold exactly stay strings. */
function decodeValue(value: unknown): AttributeValue {
  if (!isObject(value)) return null;
  if (typeof value.stringValue === 'string') return value.stringValue;
  if (typeof value.boolValue === 'boolean') return value.boolValue;
  if (value.intValue !== undefined) {
    const number = Number(value.intValue);
    return Number.isSafeInteger(number) ? number : String(value.intValue);
  }
  if (value.doubleValue !== undefined) return Number(value.doubleValue);
  if (isObject(value.arrayValue)) return objects(value.arrayValue.values).map(decodeValue);
  if (isObject(value.kvlistValue)) return decodeAttributes(value.kvlistValue.values);
  if (typeof value.bytesValue === 'string') return new Uint8Array(Buffer.from(value.bytesValue, 'base64'));
  return null;
}

/** Sets an attribute: a key such as `__proto__` becomes an own property like any other. */
export function define(target: Attributes, key: string, value: AttributeValue): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true });
  else target[key] = value;
}

/** Lower-case hex of exactly this length, not all zeros; anything else (and base64) is no id. */
function hexId(value: unknown, length: number): string | undefined {
  if (typeof value !== 'string' || value.length !== length || !/^[0-9a-fA-F]+$/.test(value)) return undefined;
  return /^0+$/.test(value) ? undefined : value.toLowerCase();
}

function nanos(value: unknown): bigint {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return BigInt(value);
  return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

function integer(value: unknown): number {
  const number = Number(value);
  return Number.isInteger(number) ? number : 0;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
