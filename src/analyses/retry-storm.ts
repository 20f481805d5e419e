import { ERROR_TYPE } from '../core/attributes.ts';
import { durationMs, type Span, STATUS_CODE } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { Finding } from './analysis.ts';
import { type OutsideCall, outsideCallOf } from './facts/calls.ts';

/** One failure and one more try is what a retry is for. */
const MIN_ATTEMPTS = 3;
const PROBLEM_ATTEMPTS = 5;

interface Run {
  readonly call: OutsideCall;
  readonly attempts: Span[];
}

/** Calls that failed and were made again, each after the last one had failed; the most attempts first. Sorts once. */
export function retryStorm(trace: Trace): Finding[] {
  const open = new Map<string, Run>();
  const runs: Run[] = [];
  for (const span of trace.spans) {
    const call = outsideCallOf(span);
    if (call === undefined) continue;
    const run = open.get(call.key);
    const last = run?.attempts.at(-1);
    const isRetry = last !== undefined && last.endTimeUnixNano <= span.startTimeUnixNano;
    if (run !== undefined && isRetry) run.attempts.push(span);
    // Side by side with the last one: not its retry.
    else if (last !== undefined && hasFailed(span)) continue;
    else if (hasFailed(span)) {
      const begun = { call, attempts: [span] };
      open.set(call.key, begun);
      runs.push(begun);
    }
    if (isRetry && !hasFailed(span)) open.delete(call.key);
  }
  return runs
    .filter((run) => run.attempts.length >= MIN_ATTEMPTS)
    .sort((a, b) => b.attempts.length - a.attempts.length)
    .map(describe);
}

function hasFailed(span: Span): boolean {
  return span.status.code === STATUS_CODE.error;
}

function describe({ call, attempts }: Run): Finding {
  const failed = attempts.filter(hasFailed);
  const [first] = attempts as [Span];
  const last = attempts.at(-1) as Span;
  const errorType = failed.at(-1)?.attributes[ERROR_TYPE];
  const attemptMs = attempts.reduce((sum, span) => sum + durationMs(span), 0);
  const totalMs = Number(last.endTimeUnixNano - first.startTimeUnixNano) / 1e6;
  const end = hasFailed(last) ? 'and failed to the last' : 'until it went through';
  return {
    analysis: 'retry-storm',
    severity: attempts.length >= PROBLEM_ATTEMPTS || hasFailed(last) ? 'problem' : 'note',
    title: `One call was made ${attempts.length} times ${end}.`,
    facts: {
      call: call.name,
      attemptCount: attempts.length,
      failureCount: failed.length,
      totalMs,
      betweenMs: Math.max(0, totalMs - attemptMs),
      ...(typeof errorType === 'string' && { errorType }),
    },
    spanIds: attempts.map((span) => span.spanId),
  };
}
