import type { Attributes, AttributeValue, LogRecord, Resource, Scope, Span } from '../span.ts';

/**
 * Spans as one OTLP/JSON trace request, grouped by resource and scope; {@link decodeLine} gives the same spans back.
 * For the read side: the write side encodes live spans (`encode.ts`).
 */
export function spansRequest(spans: readonly Span[]): object {
  const resourceSpans = grouped(spans).map(({ resource, scopes }) => ({
    resource: resourceOf(resource),
    scopeSpans: scopes.map(({ scope, items }) => ({ scope, spans: items.map(spanOf) })),
  }));
  return { resourceSpans };
}

/** Log records as one OTLP/JSON logs request. */
export function logsRequest(logs: readonly LogRecord[]): object {
  const resourceLogs = grouped(logs).map(({ resource, scopes }) => ({
    resource: resourceOf(resource),
    scopeLogs: scopes.map(({ scope, items }) => ({ scope, logRecords: items.map(logOf) })),
  }));
  return { resourceLogs };
}

interface ScopeGroup<T> {
  readonly scope: Scope;
  readonly items: T[];
}

/** By what is equal in value: decoding makes a new object for each line. */
function grouped<T extends { readonly resource: Resource; readonly scope: Scope }>(items: readonly T[]) {
  const byResource = new Map<string, { resource: Resource; scopes: Map<string, ScopeGroup<T>> }>();
  for (const item of items) {
    const resourceKey = keyOf(item.resource);
    const group = byResource.get(resourceKey) ?? { resource: item.resource, scopes: new Map() };
    byResource.set(resourceKey, group);
    const scopeKey = keyOf(item.scope);
    const scoped = group.scopes.get(scopeKey) ?? { scope: item.scope, items: [] };
    group.scopes.set(scopeKey, scoped);
    scoped.items.push(item);
  }
  return [...byResource.values()].map(({ resource, scopes }) => ({ resource, scopes: [...scopes.values()] }));
}

const keys = new WeakMap<object, string>();

function keyOf(value: Resource | Scope): string {
  const known = keys.get(value);
  if (known !== undefined) return known;
  const key = JSON.stringify('attributes' in value ? keyValues(value.attributes) : value);
  keys.set(value, key);
  return key;
}

function resourceOf({ attributes }: Resource): object {
  return { attributes: keyValues(attributes) };
}

function spanOf(span: Span): object {
  const { parentSpanId, traceState, status } = span;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    ...(traceState !== undefined && { traceState }),
    flags: span.flags,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(span.startTimeUnixNano),
    endTimeUnixNano: String(span.endTimeUnixNano),
    attributes: keyValues(span.attributes),
    events: span.events.map(({ name, timeUnixNano, attributes }) => ({
      name,
      timeUnixNano: String(timeUnixNano),
      attributes: keyValues(attributes),
    })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({
      traceId,
      spanId,
      attributes: keyValues(attributes),
    })),
    // One number of what was dropped is known, not of what kind.
    ...(span.droppedCount > 0 && { droppedAttributesCount: span.droppedCount }),
    status: { code: status.code, ...(status.message !== undefined && { message: status.message }) },
  };
}

function logOf(log: LogRecord): object {
  const { traceId, spanId, severityText, eventName } = log;
  return {
    timeUnixNano: String(log.timeUnixNano),
    severityNumber: log.severityNumber,
    ...(severityText !== undefined && { severityText }),
    ...(eventName !== undefined && { eventName }),
    body: anyValue(log.body),
    attributes: keyValues(log.attributes),
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
  };
}

function keyValues(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: AttributeValue): object {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: specialOf(value) };
    default:
      if (value === null) return {};
      if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
      if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
      return { kvlistValue: { values: keyValues(value) } };
  }
}

/** JSON has no name for these; protobuf's JSON mapping does. */
function specialOf(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
