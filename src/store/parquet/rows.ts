import type { LogRecord, Resource, Span } from '../../core/span.ts';
import { readAttributes, readEvents, readLinks, readValue } from './json-values.ts';

/** A row as the database gives it, by column. Maps come as JSON text. */
export type Row = Readonly<Record<string, unknown>>;

/** What a query selects to get spans back: maps as text, everything else as it is. */
export const SPAN_SELECTION: string =
  'trace_id, span_id, parent_span_id, trace_state, flags, name, kind, start_unix_nano, end_unix_nano, status_code, ' +
  'status_message, dropped_count, to_json(attributes)::VARCHAR AS attributes, events, links, ' +
  'to_json(resource)::VARCHAR AS resource, scope_name, scope_version';

export const LOG_SELECTION: string =
  'trace_id, span_id, time_unix_nano, severity_number, severity_text, event_name, body, ' +
  'to_json(attributes)::VARCHAR AS attributes, to_json(resource)::VARCHAR AS resource, scope_name, scope_version';

/** Makes spans and log records of rows; equal resources become one object. */
export class RowReader {
  readonly #resources = new Map<string, Resource>();

  span(row: Row): Span {
    const [parentSpanId, traceState] = [textOf(row.parent_span_id), textOf(row.trace_state)];
    const [message, events, links] = [textOf(row.status_message), textOf(row.events), textOf(row.links)];
    return {
      traceId: String(row.trace_id),
      spanId: String(row.span_id),
      ...(parentSpanId !== undefined && { parentSpanId }),
      ...(traceState !== undefined && { traceState }),
      flags: Number(row.flags),
      name: String(row.name),
      kind: Number(row.kind),
      startTimeUnixNano: row.start_unix_nano as bigint,
      endTimeUnixNano: row.end_unix_nano as bigint,
      attributes: readAttributes(String(row.attributes)),
      events: events === undefined ? [] : readEvents(events),
      links: links === undefined ? [] : readLinks(links),
      status: { code: Number(row.status_code), ...(message !== undefined && { message }) },
      droppedCount: Number(row.dropped_count),
      resource: this.#resource(String(row.resource)),
      scope: scopeOf(row),
    };
  }

  log(row: Row): LogRecord {
    const [traceId, spanId] = [textOf(row.trace_id), textOf(row.span_id)];
    const [severityText, eventName] = [textOf(row.severity_text), textOf(row.event_name)];
    return {
      ...(traceId !== undefined && { traceId }),
      ...(spanId !== undefined && { spanId }),
      timeUnixNano: row.time_unix_nano as bigint,
      severityNumber: Number(row.severity_number),
      ...(severityText !== undefined && { severityText }),
      ...(eventName !== undefined && { eventName }),
      body: readValue(String(row.body)),
      attributes: readAttributes(String(row.attributes)),
      resource: this.#resource(String(row.resource)),
      scope: scopeOf(row),
    };
  }

  #resource(text: string): Resource {
    const known = this.#resources.get(text);
    if (known !== undefined) return known;
    const resource = { attributes: readAttributes(text) };
    this.#resources.set(text, resource);
    return resource;
  }
}

function scopeOf(row: Row): Span['scope'] {
  const version = textOf(row.scope_version);
  return { name: String(row.scope_name), ...(version !== undefined && { version }) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
