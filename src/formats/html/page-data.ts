/**
 * What the report knows: made by `index.ts`, put into the page as JSON, read by `page/`. Strings are ours unless it
 * says that they are text from telemetry; the page shows both by `textContent` alone. Times are milliseconds since the
 * start of the trace.
 */
export interface PageData {
  readonly traceId: string;
  readonly outcome: 'failed' | 'problem' | 'ok' | 'empty';
  /** `FAILED`, … */
  readonly verdict: string;
  /** What went wrong in one sentence of our own words. */
  readonly sentence: string;
  /** The exception, the statement, the place: text from telemetry. */
  readonly cause: string;
  /** Name of the request: text from telemetry. */
  readonly title: string;
  /** `12 spans`, `2 services`, …: facts for the header. */
  readonly facts: readonly string[];
  readonly durationMs: number;
  /** Text from telemetry. */
  readonly services: readonly string[];
  /** In the order of their handles: the span `#n` is at n − 1. */
  readonly spans: readonly PageSpan[];
  /** The folded tree: depth, index of the first span, number of spans that share the row. */
  readonly rows: readonly (readonly [depth: number, first: number, count: number])[];
  readonly logs: readonly PageLog[];
  /** What the end waited for: index of the span, from, to. */
  readonly criticalPath: readonly (readonly [span: number, fromMs: number, toMs: number])[];
  readonly resources: readonly PageAttributes[];
  /** The overview, the most important first. */
  readonly sections: readonly Section[];
  /** The whole incident as a prompt for a coding agent. */
  readonly prompt: string;
}

/** Keys and values are text from telemetry. */
export type PageAttributes = readonly (readonly [key: string, value: PageValue])[];
export type PageValue = string | number | boolean | null | PageValue[] | { [key: string]: PageValue };

/** Strings are text from telemetry but for `family`. */
export interface PageSpan {
  readonly id: string;
  /** Index of the parent. */
  readonly parent?: number;
  readonly name: string;
  /** A statement, a host, a model: what the name leaves out. */
  readonly detail?: string;
  readonly family: Family;
  readonly kind: number;
  readonly service: number;
  readonly startMs: number;
  readonly ms: number;
  /** Time in which nothing below it ran. */
  readonly ownMs: number;
  readonly isError?: true;
  readonly isUnfinished?: true;
  readonly message?: string;
  /** Chips of its row: `812→96 tokens`, `502`. */
  readonly chips?: readonly string[];
  readonly attributes: PageAttributes;
  readonly events?: readonly PageEvent[];
  readonly links?: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly attributes: PageAttributes;
  }[];
  readonly resource: number;
  readonly scope: string;
  /** What the SDK or this report dropped. */
  readonly droppedCount?: number;
  readonly isCut?: true;
}

export type Family = 'server' | 'database' | 'http' | 'client' | 'model' | 'tool' | 'messaging' | 'internal';

export interface PageEvent {
  readonly name: string;
  readonly atMs: number;
  readonly attributes: PageAttributes;
}

/** Strings are text from telemetry but for `level`. */
export interface PageLog {
  readonly span?: number;
  readonly atMs: number;
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'log';
  readonly text: string;
  readonly event?: string;
  readonly attributes: PageAttributes;
}

/** A part of the overview. */
export interface Section {
  /** Our own words. */
  readonly title: string;
  readonly items: readonly Item[];
  /** Closed until it is asked for. */
  readonly isFolded?: true;
}

export interface Item {
  readonly tone?: 'problem' | 'note' | 'info';
  /** Our own words. */
  readonly label?: string;
  readonly text?: string;
  /** Indexes of spans: links. */
  readonly spans?: readonly number[];
  /** Label (ours) and value (text from telemetry). */
  readonly facts?: readonly (readonly [label: string, value: string])[];
  /** Text from telemetry in lines of its own; `marked` are those worth looking at. */
  readonly code?: { readonly lines: readonly string[]; readonly marked?: readonly number[] };
}
