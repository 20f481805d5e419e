import { HTTP_RESPONSE_STATUS_CODE, SERVICE_NAME } from '../core/attributes.ts';
import { type LogRecord, SPAN_KIND, type Span, STATUS_CODE } from '../core/span.ts';
import type { StackFrame } from '../core/stack.ts';
import type { Trace } from '../core/trace.ts';
import type { Finding } from './analysis.ts';
import { callFactsOf } from './facts/call-facts.ts';
import { type ExceptionFact, exceptionsOf, exceptionsOfLog } from './facts/exceptions.ts';
import { chainAbove, nearestAbove } from './facts/nearest-above.ts';
import { type Telling, unmarkedFailures } from './facts/unmarked-failures.ts';

/** Distinct origins that are reported; a trace with more is a storm of one of them. */
const ORIGIN_LIMIT = 5;
/** OTLP's numbers of severity. */
const SEVERITY_ERROR = 17;
const SEVERITY_FATAL = 21;
const AT_ONCE_NANOS = 100_000_000n;

interface Origin {
  readonly span: Span;
  readonly exception: ExceptionFact;
  /** The failed spans above it, nearest first. Spans between them may not have been marked. */
  readonly failedAncestors: readonly Span[];
  /** Other failed leaves that say the same: attempts, or a storm. */
  readonly repeats: Span[];
  /** Of the log record that alone tells of it; 0 for a failed span. */
  readonly severity: number;
}

/**
 * Where failures began: failed spans with no failed span below them, across services, and exceptions that only a log
 * record tells. The one that most likely broke the request is first: it reached a failed root, and says what the spans
 * above repeat, or ended last.
 */
export function errorOrigin(trace: Trace): Finding[] {
  const failed = trace.spans.filter(hasFailed);
  const failedAbove = nearestAbove(trace, hasFailed);
  const hasFailedBelow = new Set(failed.map((span) => failedAbove(span)?.spanId));
  const origins = new Map<string, Origin>();
  let unmarked: Map<string, Telling> | undefined;
  const unmarkedBelow = () => {
    unmarked ??= unmarkedFailures(trace, failedAbove, SEVERITY_ERROR);
    return unmarked;
  };
  for (const span of failed) {
    if (hasFailedBelow.has(span.spanId)) continue;
    const [exception] = exceptionsOf(span, trace.logsOf(span));
    if (exception === undefined) continue;
    const failedAncestors = chainAbove(span, failedAbove);
    const told = isVague(exception) ? unmarkedBelow().get(span.spanId) : undefined;
    const origin: Origin =
      told === undefined
        ? { span, exception, failedAncestors, repeats: [], severity: 0 }
        : { ...told, failedAncestors: [span, ...failedAncestors], repeats: [], severity: 0 };
    const key = `${origin.exception.fingerprint ?? origin.exception.type}\n${origin.span.name}\n${origin.exception.message}`;
    const known = origins.get(key);
    if (known !== undefined) known.repeats.push(span);
    else origins.set(key, origin);
  }
  // Only a process that died has one, and all above each origin would be looked through for it.
  if (trace.logs.some(isFatal)) {
    const last = [...origins.values()].sort(byEnd).at(-1);
    for (const [key, origin] of origins) {
      const isLast = origin.span.endTimeUnixNano === last?.span.endTimeUnixNano;
      if (endedByIt(trace, origin, isLast)) origins.set(key, { ...origin, severity: SEVERITY_FATAL });
    }
  }
  for (const origin of loggedOrigins(trace, [...origins.values()]))
    origins.set(`log ${origins.size}`, origin);
  return [...origins.values()]
    .map((origin) => ({ origin, points: score(trace, origin) }))
    .sort((a, b) => b.points - a.points || byEnd(b.origin, a.origin))
    .slice(0, ORIGIN_LIMIT)
    .map(({ origin }, index) => describe(trace, origin, index === 0));
}

/**
 * Whether it is what nobody caught above it; or what that came of, when it has no line of the app: `fetch failed` says
 * nothing that the failed request does not say better.
 */
function endedByIt(trace: Trace, { span, exception }: Origin, isLast: boolean): boolean {
  const parent = parentIn(trace)(span);
  for (const at of chainAbove(span, parentIn(trace))) {
    for (const log of trace.logsOf(at)) {
      if (!isFatal(log)) continue;
      const isNear =
        isLast && at === parent && !hasFailed(at) && log.timeUnixNano - span.endTimeUnixNano < AT_ONCE_NANOS;
      const told = exceptionsOfLog(log);
      if (told.some((each) => isSame(each, exception) || (isNear && !each.origin?.isInApp))) return true;
    }
  }
  return false;
}

/** Exceptions that were logged as errors and that no failed span tells: on spans that went well. */
function loggedOrigins(trace: Trace, known: readonly Origin[]): Origin[] {
  const told = new Set<string>();
  for (const { span, failedAncestors, severity } of known) {
    const ended = severity > 0 ? (trace.byId.get(span.parentSpanId ?? '') ?? span) : span;
    for (const each of [span, ended, ...failedAncestors])
      for (const { message } of exceptionsOf(each, trace.logsOf(each))) told.add(message);
  }
  const found = new Map<string, Origin>();
  for (const log of trace.logs) {
    const span = trace.byId.get(log.spanId ?? '');
    if (log.severityNumber < SEVERITY_ERROR || span === undefined || hasFailed(span)) continue;
    for (const exception of exceptionsOfLog(log)) {
      if (told.has(exception.message)) continue;
      const key = `${exception.type}\n${exception.message}`;
      const before = found.get(key);
      const severity = log.severityNumber;
      if (before === undefined || before.severity < severity)
        found.set(key, { span, exception, failedAncestors: [], repeats: [], severity });
    }
  }
  return [...found.values()];
}

/** A status and no more: `500`. */
function isVague({ message, frames }: ExceptionFact): boolean {
  return message === '' && frames.length === 0;
}

function hasFailed(span: Span): boolean {
  return span.status.code === STATUS_CODE.error;
}

/** 8 for what nobody caught, 4 when it reached a root, 2 when the spans above repeat it, 1 when it names its own code. */
function score(trace: Trace, origin: Origin): number {
  const { exception, failedAncestors } = origin;
  const isEcho = failedAncestors.some((above) =>
    exceptionsOf(above, trace.logsOf(above)).some((each) => isSame(each, exception)),
  );
  return (
    (isUncaught(trace, origin) ? 8 : 0) +
    (reachesRoot(trace, origin) ? 4 : 0) +
    (isEcho ? 2 : 0) +
    (exception.origin?.isInApp ? 1 : 0)
  );
}

/** Told by a record of the process’s end, which is of the highest severity. */
function isUncaught(trace: Trace, { span, severity }: Origin): boolean {
  if (severity > 0) return severity >= SEVERITY_FATAL;
  return trace
    .logsOf(span)
    .some((log) => log.severityNumber >= SEVERITY_FATAL && exceptionsOfLog(log).length > 0);
}

function isSame(a: ExceptionFact, b: ExceptionFact): boolean {
  return (a.type !== '' && a.type === b.type) || (a.message !== '' && a.message === b.message);
}

/**
 * A request that was answered with 4xx is told so by its status code: its span counts as well. A job that failed is the
 * end of it: who sent the message does not wait.
 */
function reachesRoot(trace: Trace, { span, failedAncestors, severity }: Origin): boolean {
  if (severity > 0) return severity >= SEVERITY_FATAL || isBelowRefused(trace, span);
  if ([span, ...failedAncestors].some(({ kind }) => kind === SPAN_KIND.consumer)) return true;
  const top = failedAncestors.at(-1) ?? span;
  const above = trace.byId.get(top.parentSpanId ?? '');
  return above === undefined || (isRefused(above) && !trace.byId.has(above.parentSpanId ?? ''));
}

/** Whether the request that this span is part of, in its own service, was refused. */
function isBelowRefused(trace: Trace, span: Span): boolean {
  const request = [span, ...chainAbove(span, parentIn(trace))].find(({ kind }) => kind === SPAN_KIND.server);
  return request !== undefined && isRefused(request);
}

function parentIn(trace: Trace): (span: Span) => Span | undefined {
  return ({ parentSpanId }) => trace.byId.get(parentSpanId ?? '');
}

function isFatal({ severityNumber }: LogRecord): boolean {
  return severityNumber >= SEVERITY_FATAL;
}

function isRefused({ kind, attributes }: Span): boolean {
  return kind === SPAN_KIND.server && Number(attributes[HTTP_RESPONSE_STATUS_CODE] ?? 0) >= 400;
}

/** What the spans above recorded: the same exception with the stack that the driver had not, or what came of it. */
function tellings(
  trace: Trace,
  { span, exception }: Origin,
): { same?: ExceptionFact; ledTo?: ExceptionFact } {
  let same: ExceptionFact | undefined;
  let ledTo: ExceptionFact | undefined;
  const seen = new Set<Span>();
  for (let at: Span | undefined = span; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const logged = trace.logsOf(at).flatMap(exceptionsOfLog);
    for (const each of [...(at === span ? [] : exceptionsOf(at, [])), ...logged]) {
      if (!each.origin?.isInApp && isSame(each, exception)) continue;
      if (isSame(each, exception)) same ??= each;
      else if (each.type !== '' && !/^\d{3}$/.test(each.type)) ledTo ??= each;
    }
    at = trace.byId.get(at.parentSpanId ?? '');
  }
  return { ...(same && { same }), ...(ledTo && { ledTo }) };
}

function byEnd(a: Telling, b: Telling): number {
  return a.span.endTimeUnixNano < b.span.endTimeUnixNano ? -1 : 1;
}

function describe(trace: Trace, origin: Origin, isFirst: boolean): Finding {
  const { span, exception, failedAncestors, repeats, severity } = origin;
  const isFatal = reachesRoot(trace, origin);
  const { same, ledTo } = tellings(trace, origin);
  const frame = placeOf(exception) ?? placeOf(same) ?? packageFrameOf(exception);
  const thrownFrame = frame?.isInApp ? undefined : placeOf(ledTo);
  const service = span.resource.attributes[SERVICE_NAME];
  const fingerprint = exception.frames.length > 0 ? exception.fingerprint : (same ?? exception).fingerprint;
  // A failure that was caught and logged as an error is one that somebody should look at.
  const isLogged = severity > 0 || same !== undefined || hasErrorLog(trace, span);
  const isProblem = isFirst && (isFatal || (isLogged && failedAncestors.length === 0));
  return {
    analysis: 'error-origin',
    severity: isProblem ? 'problem' : 'note',
    title: isUncaught(trace, origin) ? 'Nobody caught this exception.' : titleOf(origin, isFatal, isFirst),
    facts: {
      type: exception.type || (same?.type ?? ''),
      message: exception.message,
      ...(frame && { at: `${frame.file}:${frame.line}` }),
      ...(frame?.functionName && { function: frame.functionName }),
      ...callFactsOf(trace, span),
      ...(ledTo !== undefined && { ledTo: [ledTo.type, ledTo.message].filter(Boolean).join(': ') }),
      ...(thrownFrame && { thrownAt: `${thrownFrame.file}:${thrownFrame.line}` }),
      ...(isUncaught(trace, origin) && { uncaught: true }),
      ...(!isFatal && { wentOn: true }),
      service: typeof service === 'string' ? service : '',
      span: span.name,
      ...(fingerprint && { fingerprint }),
    },
    spanIds: [span, ...failedAncestors, ...repeats].map((each) => each.spanId),
  };
}

function placeOf(exception: ExceptionFact | undefined): StackFrame | undefined {
  return exception?.origin?.isInApp ? exception.origin : undefined;
}

/** Better than nothing; a line of Node itself is not. */
function packageFrameOf({ origin }: ExceptionFact): StackFrame | undefined {
  return origin?.file.startsWith('node:') ? undefined : origin;
}

/** On the span or on one above it. */
function hasErrorLog(trace: Trace, span: Span): boolean {
  const seen = new Set<Span>();
  for (let at: Span | undefined = span; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    if (trace.logsOf(at).some(({ severityNumber }) => severityNumber >= SEVERITY_ERROR)) return true;
    at = trace.byId.get(at.parentSpanId ?? '');
  }
  return false;
}

function titleOf(
  { span, failedAncestors, repeats, severity }: Origin,
  isFatal: boolean,
  isFirst: boolean,
): string {
  const again = repeats.length > 0 ? ` It happened ${repeats.length + 1} times.` : '';
  if (severity > 0) return `An exception was caught and logged as an error.${again}`;
  if (!isFatal) return `A span failed and the request went on.${again}`;
  if (!isFirst) return `Another span failed as well.${again}`;
  if (failedAncestors.length > 0) return `The failure began here and reached the root.${again}`;
  return `The ${span.kind === SPAN_KIND.consumer ? 'job' : 'root span'} failed.${again}`;
}
