import { decodeRequest } from '../../core/otlp/decode.ts';
import { fromProtobufJson } from '../../core/otlp/protobuf-json.ts';
import type { Span } from '../../core/span.ts';
import { buildTrace } from '../../core/trace.ts';
import { DEFAULT_LIMIT } from '../../store/query/query.ts';
import { isSpent } from '../allowance.ts';
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
import { findParameters, legacyFindParameters, type Style, tagsOf } from './find-parameters.ts';
import { legacySpans } from './legacy-spans.ts';

/** Traces asked for at once and for each service; fewer for a store that holds fewer. */
const DEPTHS = [300, 100, 20];
/** What a store that will not search everything is asked for instead. */
const SHORT_LOOKBACK_MS = 7 * 24 * 60 * 60 * 1000;
const PARALLEL = 4;
/** Jaeger records its own work under this name. */
const OWN_SERVICE = 'jaeger';

type Api = 'v3' | 'legacy';

/**
 * Jaeger's query service: the API v3, which speaks OTLP, else the older one of the UI. What it speaks is probed once.
 *
 * It finds traces by service, name, duration and window; every other condition is checked here on whole traces, of
 * which at most {@link DEPTHS} of a service are read, and where there are more, those whose tags fit: past that an answer
 * says that it is cut and rests on a sample.
 * Its own traces (service `jaeger`) are left out unless they are asked for.
 */
export class JaegerSource implements TraceSource {
  readonly name: string;
  readonly #http: HttpClient;
  #api: Promise<Api> | undefined;
  /** What worked before comes first. */
  #styles: readonly Style[] = ['snake', 'camel'];
  #depths: readonly number[] = DEPTHS;

  constructor(endpoint: Endpoint) {
    this.name = endpoint.name;
    this.#http = new HttpClient(endpoint);
  }

  capabilities(): Capabilities {
    return { canResolvePrefix: false, canSearch: true, hasLogs: false, canAggregate: true, isRemote: true };
  }

  async trace(id: string): Promise<TraceAnswer> {
    const traceId = parseWholeTraceId(id, this.name);
    const spans = await this.#lookup(traceId);
    if (spans.length > 0) {
      return { trace: buildTrace(traceId, spans), coverage: coverageOf({ spans, isCut: false }) };
    }
    throw await remoteTraceNotFound(traceId, this);
  }

  search(query: TraceQuery): Promise<SearchAnswer> {
    return searchFetched(query, (question) => this.#fetch(question));
  }

  aggregate(query: AggregateQuery): Promise<AggregateAnswer> {
    return aggregateFetched(query, (question) => this.#fetch(question));
  }

  async logs(_query: LogQuery): Promise<LogAnswer> {
    throw unsupportedLogs(this.name);
  }

  async close(): Promise<void> {
    this.#http.close();
  }

  /** Whole traces with a span that may fit, each once, service by service. */
  async #fetch(question: Question): Promise<Fetched> {
    const { service } = question.where ?? {};
    const services = service === undefined ? await this.#services() : [service];
    const { answers: found, isWhole } = await inParallel(services, PARALLEL, (each) =>
      this.#find(each, question),
    );
    const byTrace = new Map<string, Span[]>();
    for (const { spans } of found) {
      const isNew = new Set(spans.map((span) => span.traceId).filter((id) => !byTrace.has(id)));
      for (const id of isNew) byTrace.set(id, []);
      for (const span of spans) if (isNew.has(span.traceId)) byTrace.get(span.traceId)?.push(span);
    }
    const lookback = found.find((each) => each.sinceUnixNano !== undefined)?.sinceUnixNano;
    return {
      spans: [...byTrace.values()].flat(),
      isCut: !isWhole || found.some(({ isCut }) => isCut),
      ...(lookback !== undefined && { sinceUnixNano: lookback }),
    };
  }

  async #find(service: string, question: Question): Promise<Fetched> {
    const isLegacy = (await this.#probe()) === 'legacy';
    const { sinceUnixNano: asked, limit = DEFAULT_LIMIT } = question;
    const recent = BigInt(Date.now() - SHORT_LOOKBACK_MS) * 1_000_000n;
    const lookbacks = asked === undefined ? [undefined, recent] : [asked];
    let status = 0;
    for (const sinceUnixNano of lookbacks) {
      for (const depth of this.#depths) {
        const wanted = depth === DEPTHS[0] ? Math.max(depth, Math.min(limit + 1, 1_500)) : depth;
        const window = { ...question, ...(sinceUnixNano !== undefined && { sinceUnixNano }) };
        const answer = isLegacy
          ? await this.#http.get('/api/traces', legacyFindParameters(service, window, wanted))
          : await this.#findV3(service, window, wanted);
        status = answer.status;
        if (status >= 400 && status !== 404) continue;
        this.#depths = this.#depths.slice(this.#depths.indexOf(depth));
        const spans = this.#spansOf(answer, isLegacy);
        const known = new Set(spans.map((span) => span.traceId));
        const isCut = known.size >= wanted;
        const isShort = asked === undefined && sinceUnixNano !== undefined;
        const more = isCut ? await this.#findByTags(service, window, wanted, known).catch(noneIfSpent) : [];
        return { spans: [...spans, ...more], isCut, ...(isShort && { sinceUnixNano }) };
      }
    }
    throw refused(this.name, status);
  }

  /** Where there are more traces than were read: those with the attributes that are looked for, by the older API. */
  async #findByTags(
    service: string,
    question: Question,
    depth: number,
    known: ReadonlySet<string>,
  ): Promise<Span[]> {
    const tags = tagsOf(question);
    if (tags === undefined) return [];
    const answer = await this.#http.get('/api/traces', legacyFindParameters(service, question, depth, tags));
    if (answer.status !== 200 || isPage(answer)) return [];
    const ids = new Set(this.#spansOf(answer, true).map((span) => span.traceId));
    const unknown = [...ids].filter((id) => !known.has(id));
    // There are more in any case, which the answer says.
    return (await inParallel(unknown, PARALLEL, (id) => this.#lookup(id))).answers.flat();
  }

  /** The spans of a trace; none for one that is not there. */
  async #lookup(traceId: string): Promise<Span[]> {
    const isLegacy = (await this.#probe()) === 'legacy';
    const answer = isLegacy
      ? await this.#http.get(`/api/traces/${traceId}`, { raw: 'true' })
      : // Raw: without the clock skew adjustment, which moves spans.
        await this.#http.get(`/api/v3/traces/${traceId}`, { raw_traces: 'true', rawTraces: 'true' });
    return this.#spansOf(answer, isLegacy).filter((span) => span.traceId === traceId);
  }

  async #findV3(service: string, question: Question, depth: number): Promise<HttpAnswer> {
    let answer: HttpAnswer | undefined;
    for (const style of this.#styles) {
      answer = await this.#http.get('/api/v3/traces', findParameters(service, question, depth, style));
      if (answer.status === 400) continue;
      this.#styles = [style];
      break;
    }
    return answer as HttpAnswer;
  }

  #spansOf(answer: HttpAnswer, isLegacy: boolean): Span[] {
    const { status } = answer;
    if (status >= 400 && status !== 404) throw refused(this.name, status);
    const parts = readJson(answer, this.name);
    if (status === 404) return [];
    return parts.flatMap((part) => {
      if (isLegacy) return legacySpans(part);
      const { result } = part;
      if (typeof result !== 'object' || result === null) throw refused(this.name, errorStatus(part));
      return decodeRequest(fromProtobufJson(result)).spans;
    });
  }

  #probe(): Promise<Api> {
    this.#api ??= this.#http.get('/api/v3/services').then((answer) => {
      const isThere = answer.status === 200 && !isPage(answer);
      return isThere ? 'v3' : 'legacy';
    });
    // What failed is asked again by the next question.
    this.#api.catch(() => {
      this.#api = undefined;
    });
    return this.#api;
  }

  async #services(): Promise<string[]> {
    const path = (await this.#probe()) === 'v3' ? '/api/v3/services' : '/api/services';
    const answer = await this.#http.get(path);
    if (answer.status !== 200) throw refused(this.name, answer.status);
    const [body = {}] = readJson(answer, this.name);
    const names = body.services ?? body.data ?? [];
    const services = Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
    return services.filter((name) => name !== OWN_SERVICE);
  }
}

/** What was found before an allowance was spent is an answer. */
function noneIfSpent(error: unknown): never[] {
  if (isSpent(error)) return [];
  throw error;
}

function errorStatus({ error }: Json): number {
  const { httpCode } = (error ?? {}) as { httpCode?: unknown };
  return typeof httpCode === 'number' ? httpCode : 500;
}
