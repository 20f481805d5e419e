import { ERROR_TYPE, EXCEPTION_TYPE, HTTP_RESPONSE_STATUS_CODE, SERVICE_NAME } from '../core/attributes.ts';
import { type LogRecord, type Span, STATUS_CODE } from '../core/span.ts';
import { titleOf } from '../core/span-title.ts';
import { type Cursor, readCursor, writeCursor } from './query/cursor.ts';
import { DEFAULT_LIMIT, type TraceQuery } from './query/query.ts';
import { isInWindow, type SpanTest, spanTest } from './query/span-filter.ts';
import { type WordSearch, wordSearch } from './query/words.ts';

/** Summaries kept at once; past it the oldest go. About 300 bytes each. */
const SUMMARY_LIMIT = 100_000;

/** One trace of a listing. */
export interface TraceSummary {
  readonly traceId: string;
  readonly startTimeUnixNano: bigint;
  /** From the start of the first span to the end of the last one. */
  readonly durationMs: number;
  /** Name of the root span, as `titleOf` has it; of the earliest span when the root is not (yet) there. */
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

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Growing = Mutable<Omit<TraceSummary, 'durationMs' | 'services'>> & {
  endTimeUnixNano: bigint;
  rootStart: bigint;
  services: string[];
  /** Whether a span of it fits the query's filter. */
  hasFitting: boolean;
  /** Which words of the query were found in it. */
  wordBits: number;
  /** The failed span that `errorType` is from. */
  firstError?: { readonly endTimeUnixNano: bigint; readonly spanId: string };
};

/** Gathers summaries from spans and log records in any order, in bounded memory. */
export class Summaries {
  /** Whether traces were forgotten because there were too many. */
  isCut = false;
  readonly #byId = new Map<string, Growing>();
  /** Words found in log records of traces whose spans are still to come. */
  readonly #earlyBits = new Map<string, number>();
  readonly #query: TraceQuery;
  readonly #cursor: Cursor | undefined;
  readonly #fits: SpanTest | undefined;
  readonly #words: WordSearch | undefined;

  /** @throws AgentlogError USAGE for a cursor or an expression that cannot be used. */
  constructor(query: TraceQuery) {
    this.#query = query;
    this.#cursor = query.cursor === undefined ? undefined : readCursor(query.cursor, query);
    this.#fits = query.where === undefined ? undefined : spanTest(query.where);
    this.#words = wordSearch(query.text);
  }

  get traceCount(): number {
    return this.#byId.size;
  }

  /** Whether log records can change the result. */
  get needsLogs(): boolean {
    return this.#words !== undefined;
  }

  addAll(spans: readonly Span[], logs: readonly LogRecord[] = []): void {
    for (const span of spans) this.#add(span);
    if (this.#words !== undefined) for (const log of logs) this.#addLog(log, this.#words);
  }

  #add(span: Span): void {
    let summary = this.#byId.get(span.traceId);
    if (summary === undefined) {
      if (this.#byId.size >= SUMMARY_LIMIT) this.#forgetHalf();
      summary = begin(span);
      summary.wordBits = this.#earlyBits.get(span.traceId) ?? 0;
      this.#byId.set(span.traceId, summary);
    }
    widen(summary, span);
    if (!summary.hasFitting) summary.hasFitting = this.#fits?.(span) ?? true;
    if (this.#words !== undefined && summary.wordBits !== this.#words.all) {
      summary.wordBits |= this.#words.inSpan(span);
    }
  }

  #addLog(log: LogRecord, words: WordSearch): void {
    if (log.traceId === undefined) return;
    const bits = words.inLog(log);
    if (bits === 0) return;
    const summary = this.#byId.get(log.traceId);
    if (summary !== undefined) summary.wordBits |= bits;
    else this.#earlyBits.set(log.traceId, (this.#earlyBits.get(log.traceId) ?? 0) | bits);
  }

  /** The traces that fit the query in its order, how many fitted in all, and where to go on. */
  result(): { traces: TraceSummary[]; matchCount: number; nextCursor?: string } {
    const limit = this.#query.limit ?? DEFAULT_LIMIT;
    const matches = [...this.#byId.values()].filter((each) => this.#isMatch(each)).sort(this.#compare);
    const { key, traceId } = this.#cursor ?? {};
    const rest =
      key === undefined ? matches : matches.filter((each) => this.#isBehind(each, key, traceId ?? ''));
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    return {
      traces: page.map(finish),
      matchCount: matches.length,
      ...(last !== undefined && rest.length > limit && { nextCursor: this.#cursorAfter(last, matches) }),
    };
  }

  /** Whether nothing that ended before this time can change the result: enough newer traces are known. */
  isSettledBefore(unixNano: bigint): boolean {
    const { order = 'newest', limit = DEFAULT_LIMIT } = this.#query;
    if (order !== 'newest' || this.#cursor !== undefined || this.#byId.size < limit) return false;
    let newerCount = 0;
    for (const each of this.#byId.values()) {
      if (each.startTimeUnixNano > unixNano && this.#isMatch(each)) newerCount += 1;
    }
    return newerCount >= limit;
  }

  readonly #compare = (a: Growing, b: Growing): number => {
    const [x, y] = [this.#keyOf(a), this.#keyOf(b)];
    if (x !== y) return x < y ? 1 : -1;
    return a.traceId < b.traceId ? -1 : 1;
  };

  /** What the order goes by: nanoseconds, or a count. */
  #keyOf(summary: Growing): bigint {
    const { order = 'newest' } = this.#query;
    if (order === 'errors') return BigInt(summary.errorCount);
    return order === 'slowest' ? nanosOf(summary) : summary.startTimeUnixNano;
  }

  #isBehind(summary: Growing, key: string, traceId: string): boolean {
    const [own, last] = [this.#keyOf(summary), BigInt(key)];
    return own < last || (own === last && summary.traceId > traceId);
  }

  #cursorAfter(last: Growing, matches: readonly Growing[]): string {
    const newest = matches.reduce(
      (max, each) => (each.startTimeUnixNano > max ? each.startTimeUnixNano : max),
      0n,
    );
    const untilUnixNano = this.#cursor?.untilUnixNano ?? String(newest + 1n);
    return writeCursor({ key: String(this.#keyOf(last)), traceId: last.traceId, untilUnixNano }, this.#query);
  }

  #isMatch(summary: Growing): boolean {
    const { errorsOnly } = this.#query;
    const start = summary.startTimeUnixNano;
    const isKnownToCursor = this.#cursor === undefined || start < BigInt(this.#cursor.untilUnixNano);
    return (
      isKnownToCursor &&
      isInWindow(this.#query, start) &&
      (!errorsOnly || summary.errorCount > 0) &&
      summary.hasFitting &&
      (this.#words === undefined || summary.wordBits === this.#words.all)
    );
  }

  #forgetHalf(): void {
    this.isCut = true;
    const kept = [...this.#byId.values()].sort(this.#compare).slice(0, SUMMARY_LIMIT / 2);
    this.#byId.clear();
    for (const summary of kept) this.#byId.set(summary.traceId, summary);
  }
}

function widen(summary: Growing, span: Span): void {
  summary.spanCount += 1;
  if (span.startTimeUnixNano < summary.startTimeUnixNano) summary.startTimeUnixNano = span.startTimeUnixNano;
  if (span.endTimeUnixNano > summary.endTimeUnixNano) summary.endTimeUnixNano = span.endTimeUnixNano;
  const service = serviceOf(span);
  if (summary.services.length < 10 && !summary.services.includes(service)) summary.services.push(service);
  if (span.status.code === STATUS_CODE.error) {
    summary.errorCount += 1;
    takeErrorType(summary, span);
  }
  takeRoot(summary, span);
}

function begin(span: Span): Growing {
  return {
    traceId: span.traceId,
    startTimeUnixNano: span.startTimeUnixNano,
    endTimeUnixNano: span.endTimeUnixNano,
    rootStart: span.startTimeUnixNano,
    rootName: titleOf(span),
    rootService: serviceOf(span),
    hasRoot: false,
    errorCount: 0,
    spanCount: 0,
    services: [],
    hasFitting: false,
    wordBits: 0,
  };
}

/** Of the failed span that ended first; of two the one with the smaller id, whichever was read first. */
function takeErrorType(summary: Growing, span: Span): void {
  const type = errorTypeOf(span);
  if (type === undefined) return;
  const known = summary.firstError;
  const isFirst =
    known === undefined ||
    span.endTimeUnixNano < known.endTimeUnixNano ||
    (span.endTimeUnixNano === known.endTimeUnixNano && span.spanId < known.spanId);
  if (!isFirst) return;
  summary.firstError = { endTimeUnixNano: span.endTimeUnixNano, spanId: span.spanId };
  summary.errorType = type;
}

/** A true root beats the earliest span; of two true roots the earlier one counts. */
function takeRoot(summary: Growing, span: Span): void {
  const isRoot = span.parentSpanId === undefined;
  const isFirst = summary.spanCount === 1;
  const isBetter = isRoot === summary.hasRoot ? span.startTimeUnixNano < summary.rootStart : isRoot;
  if (!isFirst && !isBetter) return;
  summary.hasRoot = isRoot;
  summary.rootStart = span.startTimeUnixNano;
  summary.rootName = titleOf(span);
  summary.rootService = serviceOf(span);
  const status = span.attributes[HTTP_RESPONSE_STATUS_CODE];
  if (typeof status === 'number') summary.httpStatusCode = status;
  else delete summary.httpStatusCode;
}

function finish(growing: Growing): TraceSummary {
  const {
    endTimeUnixNano: _end,
    rootStart: _start,
    hasFitting: _fits,
    wordBits: _bits,
    firstError: _error,
    ...summary
  } = growing;
  summary.services.sort();
  return { ...summary, durationMs: Number(nanosOf(growing)) / 1e6 };
}

function nanosOf({ startTimeUnixNano, endTimeUnixNano }: Growing): bigint {
  return endTimeUnixNano > startTimeUnixNano ? endTimeUnixNano - startTimeUnixNano : 0n;
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
