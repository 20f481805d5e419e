import { durationMs, type Span, STATUS_CODE } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { Finding } from './analysis.ts';
import { outsideCallOf } from './facts/calls.ts';
import { mainRoot, nanosOf } from './facts/main-root.ts';

/** Two calls in a row are most often a question and what follows from its answer. */
const MIN_CALLS = 3;
/** What waiting for the longest alone would save. */
const MIN_SAVED_MS = 50;
const MIN_SAVED_SHARE = 0.2;

interface Step {
  readonly span: Span;
  readonly key: string;
}

/**
 * Different calls below one span that each waited for the one before, although nothing recorded says they must;
 * the most time to save first. The same call again and again is `n-plus-one`'s.
 */
export function fanOut(trace: Trace): Finding[] {
  const root = mainRoot(trace);
  if (root === undefined) return [];
  const totalMs = nanosOf(root) / 1e6;
  const findings = trace.spans.flatMap((parent) => {
    const run = longestSequence(stepsOf(trace.childrenOf(parent)));
    const savedMs = savedBy(run);
    const isWorthIt = savedMs >= MIN_SAVED_MS && savedMs >= totalMs * MIN_SAVED_SHARE;
    return isWorthIt ? [{ savedMs, finding: describe(parent, run, savedMs) }] : [];
  });
  return findings.sort((a, b) => b.savedMs - a.savedMs).map(({ finding }) => finding);
}

/** Reads and requests below one span that went through; none of a span that opened a transaction, whose statements share a connection. */
function stepsOf(children: readonly Span[]): Step[] {
  const calls = children.map((span) => ({ span, call: outsideCallOf(span) }));
  if (calls.some(({ call }) => call?.isTransaction)) return [];
  return calls.flatMap(({ span, call }) =>
    call?.isIndependent && span.status.code !== STATUS_CODE.error ? [{ span, key: call.key }] : [],
  );
}

/** The longest row of steps that each began after the one before had ended. Steps come in order of start. */
function longestSequence(steps: readonly Step[]): readonly Step[] {
  let best = { from: 0, to: 0 };
  let from = 0;
  for (const [index, { span }] of steps.entries()) {
    const last = steps[index - 1]?.span;
    if (last !== undefined && span.startTimeUnixNano < last.endTimeUnixNano) from = index;
    if (index + 1 - from > best.to - best.from) best = { from, to: index + 1 };
  }
  return steps.slice(best.from, best.to);
}

function savedBy(run: readonly Step[]): number {
  if (run.length < MIN_CALLS || new Set(run.map(({ key }) => key)).size < MIN_CALLS) return 0;
  const durations = run.map(({ span }) => durationMs(span));
  return durations.reduce((sum, ms) => sum + ms, 0) - durations.reduce((a, b) => Math.max(a, b), 0);
}

function describe(parent: Span, run: readonly Step[], savedMs: number): Finding {
  return {
    analysis: 'fan-out',
    severity: 'note',
    title:
      `${run.length} different calls ran one after another below one span. ` +
      'Where none needs the result of another, they could run side by side.',
    facts: { saveableMs: savedMs, callCount: run.length, parentSpanId: parent.spanId },
    spanIds: run.map(({ span }) => span.spanId),
  };
}
