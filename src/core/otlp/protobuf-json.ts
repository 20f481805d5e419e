const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const STATUS_CODES = ['UNSET', 'OK', 'ERROR'];

type Json = Record<string, unknown>;

/**
 * A request in protobuf's own JSON mapping as OTLP/JSON, for `decodeRequest`: ids from base64 to hex, enums from names
 * to numbers, and the older names of the groups (`batches`, `instrumentationLibrarySpans`). Tempo answers so. What is
 * OTLP/JSON already stays as it is. Never throws.
 */
export function fromProtobufJson(request: unknown): unknown {
  if (!isObject(request)) return request;
  const { batches, resourceSpans = batches, ...rest } = request;
  return { ...rest, resourceSpans: listOf(resourceSpans).map(groupOf) };
}

function groupOf(group: Json): Json {
  const { instrumentationLibrarySpans, ilSpans, ...rest } = group;
  const scopeSpans = group.scopeSpans ?? instrumentationLibrarySpans ?? ilSpans;
  return { ...rest, scopeSpans: listOf(scopeSpans).map(scopedOf) };
}

function scopedOf(scoped: Json): Json {
  const { instrumentationLibrary, ...rest } = scoped;
  return { ...rest, scope: scoped.scope ?? instrumentationLibrary, spans: listOf(scoped.spans).map(spanOf) };
}

function spanOf(span: Json): Json {
  const status = isObject(span.status) ? span.status : {};
  return {
    ...span,
    ...idsOf(span),
    kind: numberOf(span.kind, 'SPAN_KIND_', KINDS),
    status: { ...status, code: numberOf(status.code, 'STATUS_CODE_', STATUS_CODES) },
    links: listOf(span.links).map((link) => ({ ...link, ...idsOf(link) })),
  };
}

function idsOf({ traceId, spanId, parentSpanId }: Json): Json {
  return {
    traceId: idOf(traceId, 32),
    spanId: idOf(spanId, 16),
    ...(parentSpanId !== undefined && { parentSpanId: idOf(parentSpanId, 16) }),
  };
}

/** Hex of this length; shorter ones are filled up with zeros, as backends that keep 64-bit trace ids need it. */
function idOf(id: unknown, length: number): unknown {
  if (typeof id !== 'string' || (id.length === length && /^[0-9a-fA-F]+$/.test(id))) return id;
  const hex = Buffer.from(id, 'base64').toString('hex');
  return hex === '' ? '' : hex.padStart(length, '0');
}

function numberOf(value: unknown, prefix: string, names: readonly string[]): unknown {
  if (typeof value !== 'string' || /^\d+$/.test(value)) return value;
  return Math.max(0, names.indexOf(value.replace(prefix, '')));
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
