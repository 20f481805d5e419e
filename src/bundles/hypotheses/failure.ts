import type { Finding } from '../../analyses/analysis.ts';
import { outsideCallOf } from '../../analyses/facts/calls.ts';
import { DB_QUERY_TEXT, OLD_DB_STATEMENT, SERVICE_NAME } from '../../core/attributes.ts';
import { SPAN_KIND, type Span, STATUS_CODE } from '../../core/span.ts';
import type { Trace } from '../../core/trace.ts';
import { failureKindOf } from './failure-kinds/index.ts';
import type { Hypothesis, MakeHypothesis } from './hypothesis.ts';

/** Many lookups end so, and all is well. */
const NOT_FOUND = 404;
/** From here on the called side says that it failed itself. */
const SERVER_ERROR = 500;

/** The rule of an exception that ended, or would have ended, the process. */
export const UNCAUGHT = 'uncaught-exception';

/** What makes the next occurrence tell. */
export const RECORD_IT =
  'The code caught it and recorded nothing: run the app with AGENTLOG_CONSOLE=1 if it prints the error, else log it where it is caught (pino, winston, bunyan, or span.recordException), and send the request again.';

/**
 * What an origin of failure speaks for: what failures of its kind usually are, or at least where it happened. Nothing
 * where neither kind nor place nor message is known.
 */
export function failureHypotheses(finding: Finding, trace: Trace, make: MakeHypothesis): Hypothesis[] {
  const { severity, facts } = finding;
  if (severity !== 'problem' && !isLeftAlone(finding, trace)) return [];
  const hasPlace = facts.at !== undefined;
  const isNamed = Boolean(facts.message) || (Boolean(facts.type) && !/^\d{3}$/.test(String(facts.type)));
  const isOfServer = trace.byId.get(finding.spanIds[0] ?? '')?.kind === SPAN_KIND.server;
  if (isOfServer && !isNamed && !hasPlace && Number(facts.status) >= SERVER_ERROR)
    return make(
      'nothing-recorded',
      'medium',
      `The called side is in this trace, failed, and says nothing but its status. ${RECORD_IT}`,
      'A proxy between the two answered in its place.',
    );
  const kind = failureKindOf(facts);
  if (!isNamed && !hasPlace && kind === undefined) return [];
  const because = kind === undefined ? '' : ` ${kind.claim}`;
  if (facts.uncaught)
    return make(
      UNCAUGHT,
      'high',
      `Nobody caught this exception (a promise that nobody awaits, a callback, code at start-up): unless the app listens for such, the process ended by it.${because}`,
      'The process went on, and a listener of the app took care of it.',
    );
  if (facts.wentOn)
    return make(
      'swallowed-failure',
      // An error that the app itself logged, with its line, is what somebody came for.
      severity !== 'problem' ? 'low' : hasPlace ? 'high' : 'medium',
      `This failed, the code went on all the same, and the request was answered as if all were well.${because}`,
      'The code has another way to the same result, and took it.',
    );
  if (kind === undefined)
    return make(
      'first-failure',
      hasPlace ? 'high' : 'medium',
      hasPlace
        ? 'The exception thrown at this place broke the request; every failed span above only passed it on.'
        : 'The failure of this span broke the request; no stack names a line of the app for it.',
      hasPlace
        ? 'The same request fails although that line does not throw, or an earlier failed span was not recorded.'
        : 'The called side answered well at that time: then the failure lies on the way, or in the caller.',
    );
  if (kind.rule === 'pool-exhausted' && holdsOne(finding, trace))
    return make(
      'pool-deadlock',
      'high',
      'This request held a connection already (its transaction had begun and not ended) while it waited for another: when as many of them run as the pool has connections, each waits for the others and none goes on. Hand the connection of the transaction to what runs inside it.',
      'The two connections are of different pools, or the transaction’s connection was given back before.',
    );
  const first = make(kind.rule, 'high', kind.claim, kind.refutedBy);
  const [type, ...message] = String(facts.ledTo ?? '').split(': ');
  const next = failureKindOf({ type: type ?? '', message: message.join(': ') });
  return next === undefined || next.rule === kind.rule
    ? first
    : [...first, ...make(next.rule, 'high', next.claim, next.refutedBy)];
}

/** A call that was refused or failed, which nobody logged as an error and nobody made again: perhaps nobody looked. */
function isLeftAlone({ facts, spanIds }: Finding, trace: Trace): boolean {
  const span = trace.byId.get(spanIds[0] ?? '');
  if (!facts.wentOn || facts.call === undefined || facts.status === NOT_FOUND || span === undefined)
    return false;
  const parent = trace.byId.get(span.parentSpanId ?? '');
  return (
    parent !== undefined &&
    !trace
      .childrenOf(parent)
      .some(
        ({ name, startTimeUnixNano, status }) =>
          name === span.name &&
          startTimeUnixNano > span.startTimeUnixNano &&
          status.code !== STATUS_CODE.error,
      )
  );
}

/** Whether a transaction was open when the failed span began, by its statements. */
function holdsOne({ spanIds }: Finding, trace: Trace): boolean {
  const failed = trace.byId.get(spanIds[0] ?? '');
  let open = 0;
  for (const span of trace.spans) {
    if (failed === undefined || span.startTimeUnixNano >= failed.startTimeUnixNano) continue;
    if (serviceOf(span) !== serviceOf(failed) || outsideCallOf(span)?.isTransaction !== true) continue;
    const statement = String(
      span.attributes[DB_QUERY_TEXT] ?? span.attributes[OLD_DB_STATEMENT] ?? span.name,
    );
    if (/^\s*(?:begin|start)\b/i.test(statement)) open++;
    else if (/^\s*(?:commit|rollback|end|abort)\b(?!\s+to\b)/i.test(statement)) open--;
  }
  return open > 0;
}

function serviceOf({ resource }: Span): unknown {
  return resource.attributes[SERVICE_NAME];
}
