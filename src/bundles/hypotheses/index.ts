import type { Finding } from '../../analyses/analysis.ts';
import {
  CLIENT_CLOSED_REQUEST,
  CODE_FILE_PATH,
  CODE_LINE_NUMBER,
  HTTP_RESPONSE_STATUS_CODE,
  SPAN_UNFINISHED,
} from '../../core/attributes.ts';
import { durationMs, SPAN_FLAGS, SPAN_KIND, STATUS_CODE } from '../../core/span.ts';
import type { Trace } from '../../core/trace.ts';
import { isUsualKnown } from '../baseline.ts';
import { failureHypotheses, RECORD_IT, UNCAUGHT } from './failure.ts';
import { failureKindOf } from './failure-kinds/index.ts';
import type { Hypothesis, MakeHypothesis } from './hypothesis.ts';
import type { Known } from './known.ts';
import { modelHypotheses } from './model.ts';
import { quietHypotheses } from './quiet.ts';
import { repeatedCallOf } from './repeated-call.ts';
import { slowHypotheses } from './slow.ts';

/** A finding, or several that are one. */
interface Seen {
  readonly finding: Finding;
  readonly from: readonly Finding[];
}

/** The rule of a process that died without a chance to write. */
export const PROCESS_KILLED = 'process-killed';
const LIMIT = 5;
/** Spans that one cause names. */
const EVIDENCE = 100;
/** Few services answer that quickly each time. */
const SHORT_LIMIT_MS = 100;
const RANK = { high: 0, medium: 1, low: 2 };

/**
 * At most five causes that the analyses speak for. A trace with something wrong always has one: where no rule fits
 * it is `insufficient-evidence`, with what is missing. Never throws.
 */
export function hypothesesOf(known: Known): Hypothesis[] {
  const found = withoutEchoes(known.findings).flatMap((seen) => fromFinding(seen, known));
  const crash = found.filter(({ rule }) => rule === UNCAUGHT);
  const rest = found.filter(({ rule }) => rule !== UNCAUGHT);
  const all = [
    ...crash,
    ...unfinished(known),
    ...unanswered(known),
    ...modelHypotheses(known),
    ...rest,
    ...quietHypotheses(known),
    ...slowAsEver(known),
  ];
  const ranked = all
    .map((each, index) => ({ each, index }))
    .sort((a, b) => RANK[a.each.confidence] - RANK[b.each.confidence] || a.index - b.index)
    .map(({ each }) => each);
  const isExplained = ranked.some(({ confidence }) => confidence !== 'low');
  const isWrong = known.outcome === 'failed' || known.outcome === 'problem' || known.outcome === 'empty';
  if (!isExplained && isWrong) ranked.unshift(insufficient(known));
  return ranked.slice(0, LIMIT);
}

/**
 * One failure seen by several analyses is one cause: a time-out that has a better name (a pool, a lock) goes by that,
 * else the time-out tells it, with what the exception adds; that the failed call was also slow adds nothing.
 */
function withoutEchoes(findings: readonly Finding[]): Seen[] {
  const origin = findings.find(({ analysis }) => analysis === 'error-origin');
  const echoes = findings.filter(
    ({ analysis, spanIds }) =>
      (analysis === 'slow-spans' || analysis === 'timeout-cascade') && spanIds[0] === origin?.spanIds[0],
  );
  const timeout = echoes.find(({ analysis }) => analysis === 'timeout-cascade');
  const isNamed = origin !== undefined && failureKindOf(origin.facts) !== undefined;
  // The same call for each item is told by what repeats; that the calls could run side by side follows from it.
  const repeats = findings.filter(({ analysis }) => analysis === 'n-plus-one');
  const sameCalls = findings.filter(
    ({ analysis, facts }) =>
      analysis === 'fan-out' && repeats.some((each) => each.facts.parentSpanId === facts.parentSpanId),
  );
  const [told, rest] =
    origin === undefined || timeout === undefined || isNamed
      ? [origin, echoes]
      : [{ ...timeout, facts: { ...timeout.facts, ...origin.facts, ...timeout.facts } }, [origin, ...echoes]];
  return findings
    .filter((each) => (!rest.includes(each) || each === timeout) && !sameCalls.includes(each))
    .flatMap((each) => {
      if (each !== origin && each !== timeout) return [{ finding: each, from: [each] }];
      return each === (isNamed ? origin : (timeout ?? origin)) && told !== undefined
        ? [{ finding: told, from: [each, ...rest] }]
        : [];
    });
}

function fromFinding({ finding, from }: Seen, known: Known): Hypothesis[] {
  const { analysis, severity, facts, spanIds } = finding;
  const make: MakeHypothesis = (rule, confidence, claim, refutedBy, more) => [
    {
      rule,
      claim,
      confidence,
      facts: { ...facts, ...more, ...(facts.at === undefined && callSiteOf(known.trace, spanIds)) },
      evidence: spanIds.slice(0, EVIDENCE),
      refutedBy,
      findings: from,
    },
  ];
  switch (analysis) {
    case 'error-origin':
      return failureHypotheses(finding, known.trace, make);
    case 'timeout-cascade': {
      const limitMs = Math.min(Number(facts.waitedMs), Number(facts.calleeMs ?? facts.waitedMs));
      const short =
        limitMs < SHORT_LIMIT_MS
          ? ` It gave up after ${Math.round(limitMs)} ms: a limit that short may be set wrong (other units, another variable).`
          : '';
      return make(
        'waited-too-long',
        facts.wentOn ? 'low' : severity === 'problem' ? 'high' : 'medium',
        `What this span called took longer than the span was ready to wait; ${facts.wentOn ? 'the code went on without it' : 'the callers above failed with it'}.${short}`,
        'The called side answered within the time limit: then the caller or the network between them stood still.',
      );
    }
    case 'retry-storm':
      return make(
        'retries',
        severity === 'problem' ? 'medium' : 'low',
        'The same call was made again and again; the attempts and the waits between them are the time that was lost.',
        'The attempts are different questions that only look alike, or the time is spent elsewhere on the critical path.',
      );
    case 'n-plus-one': {
      const share = Number(facts.totalMs) / Math.max(known.durationMs, 0.001);
      const isMost = share >= 0.3 || Number(facts.count) >= 20;
      const isProblem = severity === 'problem';
      const cause = repeatedCallOf(facts.kind);
      return make(
        'repeated-call',
        isProblem ? (isMost ? 'high' : 'medium') : 'low',
        cause.claim,
        cause.refutedBy,
      );
    }
    case 'slow-spans':
      return slowHypotheses(finding, known, make);
    case 'fan-out':
      return make(
        'one-after-another',
        'low',
        'Calls that do not need each other ran one after another.',
        'One of the calls uses the result of the one before.',
      );
    default:
      return [];
  }
}

/** Where in the code a call was made, as far as the spans say: of a repeated one only the third and later do. */
function callSiteOf(trace: Trace, spanIds: readonly string[]): { at?: string } {
  for (const id of spanIds.slice(0, 10)) {
    const { [CODE_FILE_PATH]: file, [CODE_LINE_NUMBER]: line } = trace.byId.get(id)?.attributes ?? {};
    if (typeof file === 'string' && typeof line === 'number') return { at: `${file}:${line}` };
  }
  return {};
}

function unfinished({ trace }: Known): Hypothesis[] {
  const open = trace.spans.filter((span) => span.attributes[SPAN_UNFINISHED] === true);
  if (open.length === 0) return killed(trace);
  return [
    {
      rule: 'process-died',
      claim: 'The process ended while these spans were running; the last log records and the crash say why.',
      confidence: 'high',
      facts: { unfinishedSpanCount: open.length },
      evidence: open.slice(-10).map((span) => span.spanId),
      refutedBy:
        'The process was stopped on purpose (a deployment, a signal), and the client saw no failure.',
    },
  ];
}

/** Below the exception that explains it, where one was logged. */
function unanswered({ trace }: Known): Hypothesis[] {
  const request = trace.spans.find(
    ({ kind, attributes, parentSpanId }) =>
      kind === SPAN_KIND.server &&
      attributes[HTTP_RESPONSE_STATUS_CODE] === CLIENT_CLOSED_REQUEST &&
      // A caller that gave up and says so itself is told by its own failure.
      trace.byId.get(parentSpanId ?? '')?.status.code !== STATUS_CODE.error,
  );
  if (request === undefined) return [];
  return [
    {
      rule: 'not-answered',
      claim:
        'The client closed the connection before there was any answer. Where no call below took that long, the code never answered: an error in a handler that nobody caught, a promise that never settles, a missing `next()`.',
      confidence: 'medium',
      facts: { waitedMs: durationMs(request), span: request.name },
      evidence: [request.spanId],
      refutedBy:
        'The client always leaves early (a closed tab, a short time limit), and the answer was on its way.',
    },
  ];
}

/** Of a process that died without a chance to write: its spans name a parent in itself that is nowhere. */
function killed(trace: Trace): Hypothesis[] {
  const orphans = trace.spans.filter(
    ({ parentSpanId, flags }) =>
      parentSpanId !== undefined &&
      trace.missingParents.has(parentSpanId) &&
      (flags & (SPAN_FLAGS.hasIsRemote | SPAN_FLAGS.isRemote)) === SPAN_FLAGS.hasIsRemote,
  );
  if (orphans.length === 0) return [];
  return [
    {
      rule: PROCESS_KILLED,
      claim:
        'The span around these, of the same process, was never written: the process was killed from outside (SIGKILL, out of memory, a lost container), which nothing in it can record, or it runs still. Look at its exit code (137 is SIGKILL) and at what the system says of that time.',
      confidence: 'medium',
      facts: { missingParentCount: trace.missingParents.size },
      evidence: orphans.slice(-10).map((span) => span.spanId),
      refutedBy: 'The request runs still, or the rest of its spans is in another directory.',
    },
  ];
}

/** A slow request that is as slow as its route always is needs another question. */
function slowAsEver({ outcome, baseline }: Known): Hypothesis[] {
  if (outcome === 'failed' || !isUsualKnown(baseline)) return [];
  if (baseline.thisMs > baseline.p95Ms || baseline.thisMs < 1_000) return [];
  return [
    {
      rule: 'always-slow',
      claim:
        'The request was no slower than this route usually is: the cause is in the design, not in an incident.',
      confidence: 'low',
      facts: { thisMs: baseline.thisMs, usualP95Ms: baseline.p95Ms },
      evidence: [],
      refutedBy: 'Users of this route saw another time than this trace shows.',
    },
  ];
}

function insufficient({ outcome, trace, errors }: Known): Hypothesis {
  const missing =
    outcome === 'empty'
      ? 'There are no spans, only log records.'
      : errors.length === 0
        ? `A span is marked as failed, and nothing says why: no exception, no status message, no log record of an error. ${RECORD_IT}`
        : 'No rule explains what was found.';
  return {
    rule: 'insufficient-evidence',
    claim: `The cause cannot be told from this trace. ${missing}`,
    confidence: 'low',
    facts: { missingParentCount: trace.missingParents.size, logCount: trace.logs.length },
    evidence: [],
    refutedBy:
      'More telemetry of the same request: the other services’ files, logs at a lower level, the stack of the exception.',
  };
}
