import { DB_QUERY_COUNT, EXCEPTION_FINGERPRINT } from '../../core/attributes.ts';
import { AgentlogError } from '../../core/errors.ts';
import type {
  AttributeCondition,
  LogAnswer,
  SpanFilter,
  TraceQuery,
  TraceSource,
  TraceSummary,
  Window,
} from '../../sources/source.ts';
import type { Selection } from './selection.ts';

/** Which trace is wanted: one of these, but `attributes` and `query` may stand together. None of them: the newest failed one. */
export interface Wanted extends Window {
  readonly traceId?: string;
  readonly spanId?: string;
  /** A fingerprint of 16 hex digits, or the type of an exception. */
  readonly error?: string;
  /** All must hold on one span. */
  readonly attributes?: readonly AttributeCondition[];
  /** Words that must all stand somewhere in the trace. */
  readonly query?: string;
  /** `/orders`, or `GET /orders`. */
  readonly route?: string;
  /** A stack trace, a log line or a ticket. Redacted. */
  readonly text?: string;
}

/** OTLP: 17 and above is an error. */
const SEVERITY_ERROR = 17;
/** Records of errors that are looked at for one with a trace. */
const LOG_LIMIT = 200;

export interface Selected {
  readonly traceId: string;
  readonly selection: Selection;
}

/**
 * The trace that is wanted and why it is that one.
 * @throws AgentlogError USAGE for what cannot be asked, TRACE_NOT_FOUND with the next step, what `search` throws.
 */
export async function selectTrace(source: TraceSource, wanted: Wanted): Promise<Selected> {
  const {
    traceId,
    spanId,
    error,
    attributes = [],
    query,
    route,
    text,
    sinceUnixNano,
    untilUnixNano,
  } = wanted;
  const window: Window = {
    ...(sinceUnixNano !== undefined && { sinceUnixNano }),
    ...(untilUnixNano !== undefined && { untilUnixNano }),
  };
  if (traceId !== undefined) return { traceId, selection: { by: 'trace id', reasons: [], otherCount: 0 } };
  if (text !== undefined) return (await import('./by-text.ts')).selectByText(source, text, window);
  if (route !== undefined) return byRoute(source, route, window);
  const newest = (by: string, what: string, asked: TraceQuery, given?: string): Promise<Selected> =>
    selectNewest(source, { ...asked, ...window }, by, { what, ...(given !== undefined && { text: given }) });
  if (spanId !== undefined) {
    if (!/^[0-9a-f]{16}$/i.test(spanId)) throw usage('Expected a span id of 16 hex digits.');
    return newest('span id', 'It holds the span', { where: { spanId: spanId.toLowerCase() } }, spanId);
  }
  if (error !== undefined) return byError(source, error, window);
  if (attributes.length > 0 || query !== undefined) {
    const asked = {
      ...(query !== undefined && { text: query }),
      ...(attributes.length > 0 && { where: { attributes } }),
    };
    const given = [...attributes.map(({ key }) => key), query].filter((each) => each !== undefined).join(' ');
    const by = attributes.length === 0 ? 'words' : query === undefined ? 'tag' : 'tag and words';
    return newest(by, 'The newest trace that holds', asked, given);
  }
  return newestFailed(source, window);
}

/**
 * The newest trace with a failed span, or with an error that only a log record tells (a rejection that nobody awaited,
 * an exception that was caught and logged). In a window without either the slowest trace is what to look at.
 */
async function newestFailed(source: TraceSource, window: Window): Promise<Selected> {
  const failed = await source.search({ errorsOnly: true, ...window, limit: 1 });
  const [trace] = failed.traces;
  const sinceUnixNano = trace?.startTimeUnixNano ?? window.sinceUnixNano;
  const logged = source.capabilities().hasLogs
    ? await source.logs({
        minSeverity: SEVERITY_ERROR,
        ...window,
        ...(sinceUnixNano !== undefined && { sinceUnixNano }),
        limit: LOG_LIMIT,
      })
    : undefined;
  const last = logged?.logs.find(({ traceId }) => traceId !== undefined && traceId !== trace?.traceId);
  const isLater = last !== undefined && last.timeUnixNano > endOf(trace);
  const by = 'last';
  if (isLater && last.traceId !== undefined) {
    const reasons = [{ what: 'The newest trace with a log record of an error' }];
    return { traceId: last.traceId, selection: { by, reasons, otherCount: failed.matchCount } };
  }
  if (trace !== undefined) {
    const reasons = [{ what: 'The newest trace with a failed span' }];
    return { traceId: trace.traceId, selection: { by, reasons, otherCount: failed.matchCount - 1 } };
  }
  const isWindowed = window.sinceUnixNano !== undefined || window.untilUnixNano !== undefined;
  if (!isWindowed) throw await nothing(source, by, { errorsOnly: true }, outsideOfTraces(logged));
  return selectNewest(source, { order: 'slowest', ...window }, 'window', {
    what: 'The slowest trace of the window, in which no span failed',
  });
}

/** A job, a timer or a worker that nobody traces: what it logs has no trace to show. */
function outsideOfTraces(logged: LogAnswer | undefined): string {
  const count = logged?.logs.filter(({ traceId }) => traceId === undefined).length ?? 0;
  if (count === 0) return '';
  return (
    ` But ${count === 1 ? 'a log record of an error is' : `${count} log records of errors are`} outside of any trace:` +
    ' `agentlog-otel logs --severity error`; a span around the job puts what it does and logs on one trace.'
  );
}

/** A log record of an older trace that is written later is no newer incident. */
function endOf(trace: TraceSummary | undefined): bigint {
  return trace === undefined ? 0n : trace.startTimeUnixNano + BigInt(Math.round(trace.durationMs * 1e6));
}

async function selectNewest(
  source: TraceSource,
  query: TraceQuery,
  by: string,
  reason: Selection['reasons'][number],
): Promise<Selected> {
  const { traces, matchCount } = await source.search({ ...query, limit: 1 });
  const [trace] = traces;
  if (trace === undefined) throw await nothing(source, by, query);
  return { traceId: trace.traceId, selection: { by, reasons: [reason], otherCount: matchCount - 1 } };
}

/** Spans first; an error that only a log record tells has no failed span. */
async function byError(source: TraceSource, error: string, window: Window): Promise<Selected> {
  const isFingerprint = /^[0-9a-f]{16}$/.test(error);
  const where: SpanFilter = isFingerprint ? { exceptionFingerprint: error } : { exceptionType: error };
  const what = isFingerprint
    ? 'The newest trace with the fingerprint'
    : 'The newest trace with an exception of the type';
  const { traces, matchCount } = await source.search({ where, ...window, limit: 1 });
  let traceId = traces[0]?.traceId;
  let otherCount = matchCount - 1;
  if (traceId === undefined && source.capabilities().hasLogs) {
    const key = isFingerprint ? EXCEPTION_FINGERPRINT : 'exception.type';
    const found = await source.logs({
      attributes: [{ key, op: 'equals', value: error }],
      ...window,
      limit: 1_000,
    });
    const ids = new Set(found.logs.flatMap((log) => log.traceId ?? []));
    [traceId] = ids;
    otherCount = ids.size - 1;
  }
  if (traceId === undefined) throw await nothing(source, 'error', { where, ...window });
  return { traceId, selection: { by: 'error', reasons: [{ what, text: error }], otherCount } };
}

/** The newest failed request of the route, else the slowest, and beside it one that took the usual time. */
async function byRoute(source: TraceSource, route: string, window: Window): Promise<Selected> {
  const where: SpanFilter = { route, isEntry: true };
  const failed = await source.search({ where: { ...where, isError: true }, ...window, limit: 1 });
  const all = await source.search({ where, order: 'slowest', ...window, limit: 1 });
  const worst = failed.traces[0] ?? all.traces[0];
  if (worst === undefined) throw await nothing(source, 'route', { where, ...window });
  const typical = await typicalOf(source, { ...where, isError: false }, window, worst);
  const isFailed = failed.traces.length > 0;
  const what = isFailed
    ? `The newest of ${failed.matchCount} failed requests, of ${all.matchCount} in all, of the route`
    : `The slowest of ${all.matchCount} requests, none of them marked as failed, of the route`;
  return {
    traceId: worst.traceId,
    selection: {
      by: 'route',
      reasons: [{ what, text: route }],
      otherCount: all.matchCount - 1,
      ...(typical !== undefined && { typicalTraceId: typical }),
    },
  };
}

/** The id of the newest healthy trace whose request took about the median of the route. */
async function typicalOf(
  source: TraceSource,
  where: SpanFilter,
  window: Window,
  worst: TraceSummary,
): Promise<string | undefined> {
  if (!source.capabilities().canAggregate) return undefined;
  const { rows } = await source.aggregate({
    where,
    ...window,
    groupBy: [],
    measures: [{ name: 'p50' }, { name: 'mean', of: DB_QUERY_COUNT }],
  });
  const p50Ms = rows[0]?.values[0];
  if (typeof p50Ms !== 'number') return undefined;
  for (const width of [1.1, 1.5, 3]) {
    const near = { ...where, minDurationMs: p50Ms / width, maxDurationMs: p50Ms * width };
    const { traces } = await source.search({ where: near, ...window, limit: 2 });
    const found = traces.find(({ traceId }) => traceId !== worst.traceId);
    if (found !== undefined) return found.traceId;
  }
  return undefined;
}

function usage(message: string): AgentlogError {
  return new AgentlogError('USAGE', message);
}

/** Why nothing was found, and what to do: no text of the telemetry, only counts. */
async function nothing(
  source: TraceSource,
  by: string,
  query: TraceQuery,
  more = '',
): Promise<AgentlogError> {
  const isWindowed = query.sinceUnixNano !== undefined || query.untilUnixNano !== undefined;
  const { traceCount, traces } = await source.search({ limit: 1 });
  const [newest] = traces;
  const have =
    newest === undefined
      ? 'There is no trace at all: has the app handled a request with agentlog-otel loaded? `agentlog-otel doctor` looks for what is wrong.'
      : `There are ${traceCount} traces${isWindowed ? ' in all; widen --since and --until' : ''}. The newest is ${newest.traceId}.`;
  const advice: Record<string, string> = {
    last: 'No span has failed. `agentlog-otel traces` lists all; name one with --trace-id.',
    error:
      '`agentlog-otel traces --errors` lists failed traces; a type is written as it was recorded, without its message.',
    route:
      'A route is written as the framework has it (`GET /orders/:id`), not as a URL; `agentlog-otel traces` shows them, --query finds a URL.',
    tag: 'A tag is an attribute of one span or of its resource, by its whole value; the key alone asks whether it is there.',
    'span id':
      'It may be of another directory (--dir), or its process has not written it yet: wait 1 s and try again.',
    window: '`agentlog-otel traces` lists all.',
  };
  const next = newest === undefined ? '' : ` ${advice[by] ?? 'Use fewer or other words.'}`;
  return new AgentlogError(
    'TRACE_NOT_FOUND',
    `No trace found by ${by} in ${source.name}${isWindowed ? ' in this window' : ''}. ${have}${next}${more}`,
  );
}
