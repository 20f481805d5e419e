import { decodeRequest } from '../../core/otlp/decode.ts';
import { fromProtobufJson } from '../../core/otlp/protobuf-json.ts';
import type { Span } from '../../core/span.ts';
import { buildTrace } from '../../core/trace.ts';
import { DEFAULT_LIMIT } from '../../store/query/query.ts';
import type { Endpoint } from '../endpoint.ts';
import {
  aggregateFetched,
  coverageOf,
  type Fetched,
  inParallel,
  type Question,
  searchFetched,
} from '../fetched.ts';
import { type HttpAnswer, HttpClient } from '../http-client.ts';
import { isPage, type Json, readJson, refused } from '../json-answer.ts';
import { unsupportedLogs } from '../remote-errors.ts';
import type {
  AggregateAnswer,
  AggregateQuery,
  Capabilities,
  LogAnswer,
  LogQuery,
  SearchAnswer,
  TraceAnswer,
  TraceQuery,
  TraceSource,
} from '../source.ts';
import { parseWholeTraceId, remoteTraceNotFound } from '../trace-id.ts';
import { type MetricsPlan, metricsPlan } from './metrics.ts';
import { spanSet } from './traceql.ts';

/** Traces fetched whole for one question. */
const DEPTH = 100;
const DEEPEST = 1_000;
const PARALLEL = 6;
const HOUR_SECONDS = 3_600n;
const SECOND = 1_000_000_000n;
/** What is asked for when a Tempo will not search everything: its own default limit, a little less. */
const SHORT_LOOKBACK_SECONDS = 7n * 24n * HOUR_SECONDS - 2n * HOUR_SECONDS;

/** Tempo's own answer to one id. */
interface Found {
  readonly spans: Span[];
  readonly isPartial: boolean;
}

/**
 * Tempo by TraceQL. Traces are found by it, fetched whole (API v2, else v1) and every condition is checked here once
 * more. Aggregates are TraceQL metrics where those can say what is asked (`approximate`), else come from the traces of
 * a search (`sampled`). Tempo keeps no flags of spans.
 */
export class TempoSource implements TraceSource {
  readonly name: string;
  readonly #http: HttpClient;
  #version: 'v2' | 'v1' = 'v2';
  #canOrder = true;

  constructor(endpoint: Endpoint) {
    this.name = endpoint.name;
    this.#http = new HttpClient(endpoint);
  }

  capabilities(): Capabilities {
    return { canResolvePrefix: false, canSearch: true, hasLogs: false, canAggregate: true, isRemote: true };
  }

  async trace(id: string): Promise<TraceAnswer> {
    const traceId = parseWholeTraceId(id, this.name);
    const { spans, isPartial } = await this.#lookup(traceId);
    if (spans.length === 0) throw await remoteTraceNotFound(traceId, this);
    const coverage = coverageOf({ spans, isCut: false });
    return {
      trace: buildTrace(traceId, spans),
      coverage: isPartial ? { ...coverage, isPartial } : coverage,
    };
  }

  search(query: TraceQuery): Promise<SearchAnswer> {
    return searchFetched(query, (question) => this.#fetch(question));
  }

  aggregate(query: AggregateQuery): Promise<AggregateAnswer> {
    const estimate = async (): Promise<AggregateAnswer | undefined> => {
      const plan = metricsPlan(query);
      return plan === undefined ? undefined : this.#metrics(plan, query);
    };
    return aggregateFetched(query, (question) => this.#fetch(question), estimate);
  }

  async logs(_query: LogQuery): Promise<LogAnswer> {
    throw unsupportedLogs(this.name);
  }

  async close(): Promise<void> {
    this.#http.close();
  }

  async #lookup(traceId: string): Promise<Found> {
    let answer = await this.#get(this.#version, traceId);
    const isUnknownPath = answer.status === 404 || isPage(answer);
    if (this.#version === 'v2' && isUnknownPath) {
      const older = await this.#get('v1', traceId);
      if (older.status === 200 && !isPage(older)) this.#version = 'v1';
      answer = older;
    }
    if (answer.status === 404 && !isPage(answer)) return { spans: [], isPartial: false };
    if (answer.status >= 400) throw refused(this.name, answer.status);
    const [body = {}] = readJson(answer, this.name);
    const { trace = body, status } = body;
    const request = fromProtobufJson(trace);
    const { spans } = decodeRequest(request);
    const isPartial = status === 'PARTIAL' || status === 1;
    return { spans: spans.filter((span) => span.traceId === traceId), isPartial };
  }

  #get(version: 'v2' | 'v1', traceId: string): Promise<HttpAnswer> {
    return this.#http.get(version === 'v2' ? `/api/v2/traces/${traceId}` : `/api/traces/${traceId}`);
  }

  /** The newest traces that fit, whole. */
  async #fetch(question: Question): Promise<Fetched> {
    const { limit = DEFAULT_LIMIT } = question;
    const wanted = Math.min(Math.max(DEPTH, limit + 1), DEEPEST);
    const { ids, sinceUnixNano } = await this.#search(question, wanted);
    const { answers: found, isWhole } = await inParallel(ids, PARALLEL, (id) => this.#lookup(id));
    return {
      spans: found.flatMap(({ spans }) => spans),
      isCut: !isWhole || ids.length >= wanted || found.some(({ isPartial }) => isPartial),
      ...(sinceUnixNano !== undefined && { sinceUnixNano }),
    };
  }

  async #search(question: Question, limit: number): Promise<{ ids: string[]; sinceUnixNano?: bigint }> {
    const { text } = spanSet(question.where);
    const q = question.errorsOnly ? `${text} && { status = error }` : text;
    for (const window of windowsOf(question)) {
      const parameters = { start: String(window.start), end: String(window.end), limit: String(limit) };
      // Without it Tempo gives the first traces that it comes across.
      let answer = await this.#http.get('/api/search', { q: this.#canOrder ? newest(q) : q, ...parameters });
      if (answer.status === 400 && this.#canOrder) {
        const unordered = await this.#http.get('/api/search', { q, ...parameters });
        if (unordered.status === 200) {
          this.#canOrder = false;
          answer = unordered;
        }
      }
      if (answer.status === 400 && !window.isLast) continue;
      if (answer.status !== 200) throw refused(this.name, answer.status);
      const [body = {}] = readJson(answer, this.name);
      const isShort = window.isLast && question.sinceUnixNano === undefined;
      return { ids: idsOf(body), ...(isShort && { sinceUnixNano: window.start * SECOND }) };
    }
    throw refused(this.name, 400);
  }

  /** Undefined when this Tempo has no metrics, or none for this window or question. */
  async #metrics(plan: MetricsPlan, query: AggregateQuery): Promise<AggregateAnswer | undefined> {
    const { sinceUnixNano: since } = query;
    if (since === undefined) return undefined;
    const until = query.untilUnixNano ?? BigInt(Date.now()) * 1_000_000n;
    const answers: Json[] = [];
    for (const q of plan.queries) {
      const answer = await this.#http.get('/api/metrics/query', {
        q,
        start: String(since / SECOND),
        end: String((until + SECOND - 1n) / SECOND),
      });
      if (answer.status >= 500) throw refused(this.name, answer.status);
      if (answer.status !== 200 || isPage(answer)) return undefined;
      answers.push(...readJson(answer, this.name).slice(0, 1));
    }
    return {
      ...plan.join(answers),
      accuracy: 'approximate',
      coverage: coverageOf({ spans: [], isCut: false }),
    };
  }
}

function newest(q: string): string {
  return `${q} with (most_recent=true)`;
}

/** In seconds; everything first, then what Tempo allows by default. The span looked for may start an hour after its trace. */
function windowsOf({
  sinceUnixNano,
  untilUnixNano,
}: Question): { start: bigint; end: bigint; isLast: boolean }[] {
  const now = BigInt(Date.now()) / 1_000n;
  const end = (untilUnixNano === undefined ? now : untilUnixNano / SECOND) + HOUR_SECONDS;
  if (sinceUnixNano !== undefined) return [{ start: sinceUnixNano / SECOND, end, isLast: true }];
  return [
    // Zero means "recent traces only".
    { start: 1n, end, isLast: false },
    { start: end - SHORT_LOOKBACK_SECONDS, end, isLast: true },
  ];
}

/** The ids of a search, whole: Tempo leaves out leading zeros. What is no id is left out. */
function idsOf({ traces }: Json): string[] {
  const ids = (Array.isArray(traces) ? (traces as Json[]) : []).map((trace) => trace?.traceID);
  const whole = ids
    .filter((id) => typeof id === 'string' && /^[0-9a-fA-F]{1,32}$/.test(id))
    .map((id) => String(id).toLowerCase().padStart(32, '0'));
  return [...new Set(whole)];
}
