import { ERROR_TYPE, EXCEPTION_TYPE, HTTP_RESPONSE_STATUS_CODE, SERVICE_NAME } from '../core/attributes.ts';
import { type Span, STATUS_CODE } from '../core/span.ts';

/** Summaries kept at once; past it the oldest go. About 300 bytes each. */
const SUMMARY_LIMIT = 100_000;

/** One trace of a listing. */
export interface TraceSummary {
  readonly traceId: string;
  readonly startTimeUnixNano: bigint;
  /** From the start of the first span to the end of the last one. */
  readonly durationMs: number;
  /** Name of the root span; of the earliest span when the root is not (yet) there. Text from telemetry. */
  readonly rootName: string;
  readonly rootService: string;
  readonly hasRoot: boolean;
  /** The HTTP status of the root, when it has one. */
  readonly httpStatusCode?: number;
  /** Spans with status error, wherever they are in the trace. */
  readonly errorCount: number;
  /** The exception or `error.type` of the first failed span that ended. Text from telemetry. */
  readonly errorType?: string;
  /** A span that was exported twice counts twice. */
  readonly spanCount: number;
  /** Names of the services, sorted; at most 10. */
  readonly services: readonly string[];
}

/** What a listing may ask for. */
export interface TraceQuery {
  /** Only traces with a failed span. */
  readonly errorsOnly?: boolean;
  /** Only traces that started at or after this. */
  readonly sinceUnixNano?: bigint;
  /** At most this many, newest first. Default 20. */
  readonly limit?: number;
}

export const DEFAULT_LIMIT = 20;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Growing = Mutable<Omit<TraceSummary, 'durationMs' | 'services'>> & {
  endTimeUnixNano: bigint;
  rootStart: bigint;
  services: string[];
};

/** Gathers summaries from spans in any order, in bounded memory. */
export class Summaries {
  /** Whether traces were forgotten because there were too many. */
  isCut = false;
  readonly #byId = new Map<string, Growing>();
  readonly #query: TraceQuery;

  constructor(query: TraceQuery) {
    this.#query = query;
  }

  get traceCount(): number {
    return this.#byId.size;
  }

  addAll(spans: readonly Span[]): void {
    for (const span of spans) this.#add(span);
  }

  #add(span: Span): void {
    let summary = this.#byId.get(span.traceId);
    if (summary === undefined) {
      if (this.#byId.size >= SUMMARY_LIMIT) this.#forgetHalf();
      summary = begin(span);
      this.#byId.set(span.traceId, summary);
    }
    summary.spanCount += 1;
    if (span.startTimeUnixNano < summary.startTimeUnixNano)
      summary.startTimeUnixNano = span.startTimeUnixNano;
    if (span.endTimeUnixNano > summary.endTimeUnixNano) summary.endTimeUnixNano = span.endTimeUnixNano;
    const service = serviceOf(span);
    if (summary.services.length < 10 && !summary.services.includes(service)) summary.services.push(service);
    if (span.status.code === STATUS_CODE.error) {
      summary.errorCount += 1;
      const type = errorTypeOf(span);
      if (summary.errorType === undefined && type !== undefined) summary.errorType = type;
    }
    takeRoot(summary, span);
  }

  /** The traces that fit the query, newest first, and how many fitted before the limit. */
  result(): { traces: TraceSummary[]; matchCount: number } {
    const matches = this.#matches();
    const traces = matches.slice(0, this.#query.limit ?? DEFAULT_LIMIT).map(finish);
    return { traces, matchCount: matches.length };
  }

  /** Whether nothing that ended before this time can change the result: enough newer traces are known. */
  isSettledBefore(unixNano: bigint): boolean {
    const limit = this.#query.limit ?? DEFAULT_LIMIT;
    if (this.#byId.size < limit) return false;
    let newerCount = 0;
    for (const each of this.#byId.values()) {
      if (each.startTimeUnixNano > unixNano && this.#fits(each)) newerCount += 1;
    }
    return newerCount >= limit;
  }

  #matches(): Growing[] {
    return [...this.#byId.values()].filter((each) => this.#fits(each)).sort(newestFirst);
  }

  #fits(summary: Growing): boolean {
    const { errorsOnly, sinceUnixNano = 0n } = this.#query;
    return summary.startTimeUnixNano >= sinceUnixNano && (!errorsOnly || summary.errorCount > 0);
  }

  #forgetHalf(): void {
    this.isCut = true;
    const kept = [...this.#byId.values()].sort(newestFirst).slice(0, SUMMARY_LIMIT / 2);
    this.#byId.clear();
    for (const summary of kept) this.#byId.set(summary.traceId, summary);
  }
}

function begin(span: Span): Growing {
  return {
    traceId: span.traceId,
    startTimeUnixNano: span.startTimeUnixNano,
    endTimeUnixNano: span.endTimeUnixNano,
    rootStart: span.startTimeUnixNano,
    rootName: span.name,
    rootService: serviceOf(span),
    hasRoot: false,
    errorCount: 0,
    spanCount: 0,
    services: [],
  };
}

/** A true root beats the earliest span; of two true roots the earlier one counts. */
function takeRoot(summary: Growing, span: Span): void {
  const isRoot = span.parentSpanId === undefined;
  const isFirst = summary.spanCount === 1;
  const isBetter = isRoot === summary.hasRoot ? span.startTimeUnixNano < summary.rootStart : isRoot;
  if (!isFirst && !isBetter) return;
  summary.hasRoot = isRoot;
  summary.rootStart = span.startTimeUnixNano;
  summary.rootName = span.name;
  summary.rootService = serviceOf(span);
  const status = span.attributes[HTTP_RESPONSE_STATUS_CODE];
  if (typeof status === 'number') summary.httpStatusCode = status;
  else delete summary.httpStatusCode;
}

function finish(growing: Growing): TraceSummary {
  const { endTimeUnixNano, rootStart: _, ...summary } = growing;
  const nanos = endTimeUnixNano - summary.startTimeUnixNano;
  summary.services.sort();
  return { ...summary, durationMs: nanos > 0n ? Number(nanos) / 1e6 : 0 };
}

function serviceOf(span: Span): string {
  const name = span.resource.attributes[SERVICE_NAME];
  return typeof name === 'string' ? name : '';
}

function errorTypeOf(span: Span): string | undefined {
  for (const attributes of [...span.events.map((event) => event.attributes), span.attributes]) {
    const type = attributes[EXCEPTION_TYPE];
    if (typeof type === 'string') return type;
  }
  const type = span.attributes[ERROR_TYPE];
  return typeof type === 'string' ? type : undefined;
}

function newestFirst(a: Growing, b: Growing): number {
  if (a.startTimeUnixNano !== b.startTimeUnixNano) return a.startTimeUnixNano < b.startTimeUnixNano ? 1 : -1;
  return a.traceId < b.traceId ? -1 : 1;
}
