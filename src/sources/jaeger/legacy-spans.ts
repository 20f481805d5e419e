import {
  type Attributes,
  type AttributeValue,
  SPAN_KIND,
  type Span,
  type SpanLink,
  STATUS_CODE,
} from '../../core/span.ts';

type Json = Record<string, unknown>;

/** Tags that Jaeger makes of what is no attribute in OTLP. */
const MADE_TAGS = [
  'span.kind',
  'otel.status_code',
  'otel.status_description',
  'otel.scope.name',
  'otel.scope.version',
  'otel.library.name',
  'otel.library.version',
  'w3c.tracestate',
  'internal.span.format',
];

/**
 * Spans out of an answer of `/api/traces`, as far as that form goes: times are whole microseconds, lists are JSON text,
 * flags are gone. What has no valid id is left out.
 */
export function legacySpans(answer: Json): Span[] {
  return listOf(answer.data).flatMap((trace) => {
    const processes = objectOf(trace.processes);
    return listOf(trace.spans).flatMap((span) => spanOf(span, processes) ?? []);
  });
}

function spanOf(span: Json, processes: Json): Span | undefined {
  const traceId = idOf(span.traceID, 32);
  const spanId = idOf(span.spanID, 16);
  if (traceId === undefined || spanId === undefined) return undefined;
  const tags = attributesOf(span.tags);
  const { parentSpanId, links } = referencesOf(span, traceId);
  const start = microseconds(span.startTime);
  const traceState = textOf(tags['w3c.tracestate']);
  const version = textOf(tags['otel.scope.version'] ?? tags['otel.library.version']);
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    ...(traceState !== '' && { traceState }),
    flags: 0,
    name: textOf(span.operationName),
    kind: SPAN_KIND[textOf(tags['span.kind']) as keyof typeof SPAN_KIND] ?? 0,
    startTimeUnixNano: start,
    endTimeUnixNano: start + microseconds(span.duration),
    attributes: ownOf(tags),
    events: listOf(span.logs).map((log) => {
      const { event, ...attributes } = attributesOf(log.fields);
      return { name: textOf(event), timeUnixNano: microseconds(log.timestamp), attributes };
    }),
    links,
    status: statusOf(tags),
    droppedCount: 0,
    resource: { attributes: resourceOf(objectOf(processes[textOf(span.processID)])) },
    scope: {
      name: textOf(tags['otel.scope.name'] ?? tags['otel.library.name']),
      ...(version !== '' && { version }),
    },
  };
}

/** The first `CHILD_OF` within the trace is the parent; every other reference is a link. */
function referencesOf(span: Json, traceId: string): { parentSpanId?: string; links: SpanLink[] } {
  let parentSpanId: string | undefined;
  const links: SpanLink[] = [];
  for (const reference of listOf(span.references)) {
    const [otherTrace, otherSpan] = [idOf(reference.traceID, 32), idOf(reference.spanID, 16)];
    if (otherTrace === undefined || otherSpan === undefined) continue;
    const isParent = reference.refType === 'CHILD_OF' && otherTrace === traceId && parentSpanId === undefined;
    if (isParent) parentSpanId = otherSpan;
    else links.push({ traceId: otherTrace, spanId: otherSpan, attributes: {} });
  }
  return { ...(parentSpanId !== undefined && { parentSpanId }), links };
}

function statusOf(tags: Attributes): Span['status'] {
  const code = textOf(tags['otel.status_code']).toLowerCase();
  const message = textOf(tags['otel.status_description']);
  const isError = code === 'error' || (code === '' && tags.error === true);
  return {
    code: isError ? STATUS_CODE.error : code === 'ok' ? STATUS_CODE.ok : STATUS_CODE.unset,
    ...(message !== '' && { message }),
  };
}

/** Without what Jaeger added; `error` is its own when the status says the same. */
function ownOf(tags: Attributes): Attributes {
  const isMade = (key: string): boolean =>
    MADE_TAGS.includes(key) || (key === 'error' && tags.error === true);
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !isMade(key)));
}

function resourceOf(process: Json): Attributes {
  return { 'service.name': textOf(process.serviceName), ...attributesOf(process.tags) };
}

function attributesOf(tags: unknown): Attributes {
  return Object.fromEntries(
    listOf(tags).map(({ key, value, type }) => [textOf(key), valueOfTag(value, type)]),
  );
}

function valueOfTag(value: unknown, type: unknown): AttributeValue {
  if (type === 'binary' && typeof value === 'string') return new Uint8Array(Buffer.from(value, 'base64'));
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return null;
}

/** Whole microseconds as nanoseconds. */
function microseconds(value: unknown): bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? BigInt(number) * 1_000n : 0n;
}

/** Older versions leave out leading zeros. */
function idOf(value: unknown, length: number): string | undefined {
  if (typeof value !== 'string' || !/^[0-9a-fA-F]{1,32}$/.test(value) || value.length > length)
    return undefined;
  return /^0+$/.test(value) ? undefined : value.toLowerCase().padStart(length, '0');
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
