/** Writes spans and log records as OTLP/JSON lines for stories and tests, with made-up but fixed ids and times. */

export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };
export type Values = Readonly<Record<string, Value>>;

export interface StorySpan {
  readonly id: number;
  readonly parent?: number;
  readonly name: string;
  /** internal 1, server 2, client 3. */
  readonly kind?: number;
  /** Milliseconds since the start of the story. */
  readonly at: number;
  readonly ms: number;
  readonly attributes?: Values;
  readonly error?: string | true;
  readonly events?: readonly { readonly name: string; readonly at: number; readonly attributes: Values }[];
  readonly links?: readonly { readonly traceId: string; readonly attributes?: Values }[];
  readonly droppedAttributesCount?: number;
}

export interface StoryLog {
  readonly span?: number;
  readonly at: number;
  readonly severity: number;
  readonly body: Value;
  readonly attributes?: Values;
}

const START = 1_795_250_407_123_000_000n;

/** One story: a trace id and when it began. */
export class Story {
  readonly traceId: string;
  readonly #start: bigint;

  constructor(traceId: string, startOffsetMs = 0) {
    this.traceId = traceId;
    this.#start = START + BigInt(startOffsetMs) * 1_000_000n;
  }

  spanId(id: number): string {
    return this.traceId.slice(0, 8) + id.toString(16).padStart(8, '0');
  }

  /** A line of spans of one service. */
  spans(resource: Values, spans: readonly StorySpan[]): string {
    const scopeSpans = [{ scope: { name: 'story' }, spans: spans.map((span) => this.#span(span)) }];
    return JSON.stringify({ resourceSpans: [{ resource: { attributes: keyValues(resource) }, scopeSpans }] });
  }

  /** A line of log records of one service. */
  logs(resource: Values, logs: readonly StoryLog[]): string {
    const logRecords = logs.map((log) => ({
      timeUnixNano: this.#time(log.at),
      severityNumber: log.severity,
      body: anyValue(log.body),
      attributes: keyValues(log.attributes ?? {}),
      traceId: this.traceId,
      ...(log.span === undefined ? {} : { spanId: this.spanId(log.span) }),
    }));
    const scopeLogs = [{ scope: { name: 'story' }, logRecords }];
    return JSON.stringify({ resourceLogs: [{ resource: { attributes: keyValues(resource) }, scopeLogs }] });
  }

  #span(span: StorySpan): object {
    const message = typeof span.error === 'string' ? { message: span.error } : {};
    return {
      traceId: this.traceId,
      spanId: this.spanId(span.id),
      ...(span.parent === undefined ? {} : { parentSpanId: this.spanId(span.parent) }),
      name: span.name,
      kind: span.kind ?? 1,
      startTimeUnixNano: this.#time(span.at),
      endTimeUnixNano: this.#time(span.at + span.ms),
      attributes: keyValues(span.attributes ?? {}),
      events: (span.events ?? []).map(({ name, at, attributes }) => ({
        name,
        timeUnixNano: this.#time(at),
        attributes: keyValues(attributes),
      })),
      links: (span.links ?? []).map(({ traceId, attributes }) => ({
        traceId,
        spanId: traceId.slice(0, 16),
        attributes: keyValues(attributes ?? {}),
      })),
      droppedAttributesCount: span.droppedAttributesCount ?? 0,
      status: span.error === undefined ? {} : { code: 2, ...message },
    };
  }

  #time(ms: number): string {
    return String(this.#start + BigInt(Math.round(ms * 1_000_000)));
  }
}

function keyValues(values: Values): object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: keyValues(value as Values) } };
}
