import type { Finding } from '../analyses/analysis.ts';
import type { LlmCall } from '../analyses/facts/llm-calls.ts';
import { CODE_FILE_PATH, CODE_LINE_NUMBER, SPAN_UNFINISHED } from '../core/attributes.ts';
import type { RepeatKind } from '../core/n-plus-one/index.ts';
import type { Span } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { BundleError, Outcome } from './bundle.ts';
import { type Baseline, USUAL_FROM } from './past.ts';
import { REPEATED_CALL } from './repeated-call.ts';

/** What may be the cause, by a rule; the likeliest first. */
export interface Hypothesis {
  /** Which rule says so. */
  readonly rule: string;
  /** In our own words. */
  readonly claim: string;
  /** high: the evidence leaves little else. medium: it fits. low: worth a look. */
  readonly confidence: 'high' | 'medium' | 'low';
  /** As those of a finding: what the claim is about. Strings may be text from telemetry. */
  readonly facts: Finding['facts'];
  /** Span ids, the most important first. */
  readonly evidence: readonly string[];
  /** What would show that it is wrong, in our own words. */
  readonly refutedBy: string;
  /** The finding it is made of. */
  readonly finding?: Finding;
}

const LIMIT = 5;
const RANK = { high: 0, medium: 1, low: 2 };

interface Known {
  readonly trace: Trace;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly findings: readonly Finding[];
  readonly errors: readonly BundleError[];
  readonly llmCalls: readonly LlmCall[];
  readonly baseline?: Baseline | undefined;
}

/**
 * At most five causes that the analyses speak for. A trace with something wrong always has one: where no rule fits
 * it is `insufficient-evidence`, with what is missing. Never throws.
 */
export function hypothesesOf(known: Known): Hypothesis[] {
  const found = known.findings.flatMap((finding) => fromFinding(finding, known) ?? []);
  const all = [...unfinished(known), ...found, ...modelTrouble(known), ...slowAsEver(known)];
  const ranked = all
    .map((each, index) => ({ each, index }))
    .sort((a, b) => RANK[a.each.confidence] - RANK[b.each.confidence] || a.index - b.index)
    .map(({ each }) => each);
  const isExplained = ranked.some(({ confidence }) => confidence !== 'low');
  const isWrong = known.outcome === 'failed' || known.outcome === 'problem' || known.outcome === 'empty';
  if (!isExplained && isWrong) ranked.unshift(insufficient(known));
  return ranked.slice(0, LIMIT);
}

function fromFinding(finding: Finding, known: Known): Hypothesis | undefined {
  const { analysis, severity, facts, spanIds } = finding;
  const make = (
    rule: string,
    confidence: Hypothesis['confidence'],
    claim: string,
    refutedBy: string,
  ): Hypothesis => ({
    rule,
    claim,
    confidence,
    facts: { ...facts, ...(facts.at === undefined && callSiteOf(known.trace.byId.get(spanIds[0] ?? ''))) },
    evidence: spanIds.slice(0, 10),
    refutedBy,
    finding,
  });
  switch (analysis) {
    case 'error-origin': {
      if (severity !== 'problem') return undefined;
      const hasPlace = facts.at !== undefined;
      const hasName = Boolean(facts.type) || Boolean(facts.message);
      if (!hasName && !hasPlace) return undefined;
      return make(
        'first-failure',
        hasPlace ? 'high' : 'medium',
        hasPlace
          ? 'The exception thrown at this place broke the request; every failed span above only passed it on.'
          : 'The failure of this span broke the request; it has no stack, so the line is not known.',
        hasPlace
          ? 'The same request fails although that line does not throw, or an earlier failed span was not recorded.'
          : 'The called side answered well at that time: then the failure lies on the way, or in the caller.',
      );
    }
    case 'timeout-cascade':
      return make(
        'waited-too-long',
        severity === 'problem' ? 'high' : 'medium',
        'What this span called took longer than the span was ready to wait; the callers above failed with it.',
        'The called side answered within the time limit: then the caller or the network between them stood still.',
      );
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
      const cause = REPEATED_CALL[facts.kind as RepeatKind] ?? REPEATED_CALL.sequential;
      return make(
        'repeated-call',
        isProblem ? (isMost ? 'high' : 'medium') : 'low',
        cause.claim,
        cause.refutedBy,
      );
    }
    case 'slow-spans':
      return make(
        facts.usualMs === undefined ? 'slow-by-itself' : 'slower-than-usual',
        severity === 'problem' ? 'high' : 'medium',
        facts.usualMs === undefined
          ? 'Most of the time passed inside this one span, not in anything below it.'
          : 'This span took far longer than spans of its kind did in the day before: look at what changed on the called side.',
        'Other requests of the same time show the same span as quick as ever: then it was this request’s data, or chance.',
      );
    case 'fan-out':
      return make(
        'one-after-another',
        'low',
        'Calls that do not need each other ran one after another.',
        'One of the calls uses the result of the one before.',
      );
    default:
      return undefined;
  }
}

/** Where in the code a call was made, as far as its span says. */
function callSiteOf(span: Span | undefined): { at?: string } {
  const { [CODE_FILE_PATH]: file, [CODE_LINE_NUMBER]: line } = span?.attributes ?? {};
  return typeof file === 'string' && typeof line === 'number' ? { at: `${file}:${line}` } : {};
}

function unfinished({ trace }: Known): Hypothesis[] {
  const open = trace.spans.filter((span) => span.attributes[SPAN_UNFINISHED] === true);
  if (open.length === 0) return [];
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

function modelTrouble({ llmCalls }: Known): Hypothesis[] {
  const troubled = llmCalls.filter(({ trouble }) => trouble !== undefined);
  const [first] = troubled;
  if (first?.trouble === undefined) return [];
  const claims = {
    'rate limited':
      'The model’s provider refused calls because of its rate limit; retries and failures follow from it.',
    'timed out': 'The model did not answer in time.',
    filtered:
      'The model’s answer was withheld by a content filter, so what uses it got nothing or a refusal.',
    'cut at max tokens':
      'The model’s answer ended at the token limit, so what parses or shows it has only a part.',
  } as const;
  const last = llmCalls.at(-1);
  const isLasting = last !== undefined && (last.trouble !== undefined || last.isError);
  return [
    {
      rule: 'model-trouble',
      claim: claims[first.trouble],
      confidence: isLasting ? 'high' : 'medium',
      facts: { trouble: first.trouble, model: first.model, callCount: troubled.length },
      evidence: troubled.slice(0, 10).map(({ spanId }) => spanId),
      refutedBy: 'A later call of the same request got a whole answer and its result was used.',
    },
  ];
}

/** A slow request that is as slow as its route always is needs another question. */
function slowAsEver({ outcome, baseline }: Known): Hypothesis[] {
  if (outcome === 'failed' || baseline === undefined || baseline.requestCount < USUAL_FROM) return [];
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
        ? 'A span is marked as failed, and nothing says why: no exception, no status message, no log record of an error.'
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
