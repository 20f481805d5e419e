import type { LogRecord, Resource, Span } from '../../core/span.ts';
import { SPAN_KIND, STATUS_CODE } from '../../core/span.ts';
import { readAttributes } from './values.ts';

/** A row as JSONEachRow gives it. */
export type Row = Readonly<Record<string, unknown>>;

type Texts = Readonly<Record<string, string>>;

/** Nanoseconds as text: JSON has no numbers that large. */
const TIME = 'toString(toUnixTimestamp64Nano(Timestamp)) AS time';

/** What a statement selects to get spans back. */
export const SPAN_SELECTION: string = `TraceId, SpanId, ParentSpanId, TraceState, SpanName, SpanKind, ResourceAttributes, ScopeName,
  ScopeVersion, SpanAttributes, toString(Duration) AS duration, StatusCode, StatusMessage, ${TIME},
  arrayMap(each -> toString(toUnixTimestamp64Nano(each)), Events.Timestamp) AS eventTimes, Events.Name AS eventNames,
  Events.Attributes AS eventAttributes, Links.TraceId AS linkTraceIds, Links.SpanId AS linkSpanIds,
  Links.Attributes AS linkAttributes`;

/** The same for log records; tables of older exporters have no `EventName`. */
export function logSelection(hasEventName: boolean): string {
  const eventName = hasEventName ? 'EventName' : "''";
  return `TraceId, SpanId, ${TIME}, SeverityText, SeverityNumber, Body, ResourceAttributes, ScopeName, ScopeVersion,
    LogAttributes, ${eventName} AS eventName`;
}

/**
 * Makes spans and log records of rows; equal resources become one object. The exporter keeps neither flags nor how much
 * an SDK dropped; a body that is no text is its JSON.
 */
export class RowReader {
  readonly #resources = new Map<string, Resource>();

  span(row: Row): Span {
    const start = BigInt(String(row.time));
    const [parentSpanId, traceState, message] = [row.ParentSpanId, row.TraceState, row.StatusMessage].map(
      String,
    );
    const [times, names, eventAttributes] = [row.eventTimes, row.eventNames, row.eventAttributes] as [
      string[],
      string[],
      Texts[],
    ];
    const [traceIds, spanIds, linkAttributes] = [row.linkTraceIds, row.linkSpanIds, row.linkAttributes] as [
      string[],
      string[],
      Texts[],
    ];
    return {
      traceId: String(row.TraceId),
      spanId: String(row.SpanId),
      ...(parentSpanId && { parentSpanId }),
      ...(traceState && { traceState }),
      flags: 0,
      name: String(row.SpanName),
      kind: numberOf(SPAN_KIND, row.SpanKind),
      startTimeUnixNano: start,
      // A span that ended before it began has the difference modulo 2⁶⁴.
      endTimeUnixNano: BigInt.asUintN(64, start + BigInt(String(row.duration))),
      attributes: readAttributes(row.SpanAttributes as Texts),
      events: times.map((time, index) => ({
        name: names[index] ?? '',
        timeUnixNano: BigInt(time),
        attributes: readAttributes(eventAttributes[index] ?? {}),
      })),
      links: traceIds.map((traceId, index) => ({
        traceId,
        spanId: spanIds[index] ?? '',
        attributes: readAttributes(linkAttributes[index] ?? {}),
      })),
      status: { code: numberOf(STATUS_CODE, row.StatusCode), ...(message && { message }) },
      droppedCount: 0,
      resource: this.#resource(row),
      scope: scopeOf(row),
    };
  }

  log(row: Row): LogRecord {
    const [traceId, spanId, severityText, eventName] = [
      row.TraceId,
      row.SpanId,
      row.SeverityText,
      row.eventName,
    ].map(String);
    return {
      ...(traceId && { traceId }),
      ...(spanId && { spanId }),
      timeUnixNano: BigInt(String(row.time)),
      severityNumber: Number(row.SeverityNumber),
      ...(severityText && { severityText }),
      ...(eventName && { eventName }),
      body: String(row.Body),
      attributes: readAttributes(row.LogAttributes as Texts),
      resource: this.#resource(row),
      scope: scopeOf(row),
    };
  }

  #resource({ ResourceAttributes }: Row): Resource {
    const id = JSON.stringify(ResourceAttributes);
    const known = this.#resources.get(id);
    if (known !== undefined) return known;
    const resource = { attributes: readAttributes(ResourceAttributes as Texts) };
    this.#resources.set(id, resource);
    return resource;
  }
}

function scopeOf({ ScopeName, ScopeVersion }: Row): Span['scope'] {
  const version = String(ScopeVersion);
  return { name: String(ScopeName), ...(version && { version }) };
}

/** `Server`, or `SPAN_KIND_SERVER` of older exporters. */
function numberOf(numbers: Readonly<Record<string, number>>, name: unknown): number {
  return numbers[String(name).split('_').at(-1)?.toLowerCase() ?? ''] ?? 0;
}
