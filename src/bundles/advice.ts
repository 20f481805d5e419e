import type { Finding } from '../analyses/analysis.ts';
import { EXCEPTION_STACKTRACE } from '../core/attributes.ts';
import { isInApp } from '../core/stack.ts';
import type { Trace } from '../core/trace.ts';
import { isUsualKnown } from './baseline.ts';
import type { Bundle } from './bundle.ts';
import { PROCESS_KILLED } from './hypotheses/index.ts';
import { repeatedCallOf } from './hypotheses/repeated-call.ts';

/** Something to do or to ask, in our own words; the facts may be text from telemetry. */
export interface Advice {
  readonly text: string;
  readonly facts: Finding['facts'];
}

type Known = Pick<
  Bundle,
  | 'traceId'
  | 'outcome'
  | 'findings'
  | 'handles'
  | 'baseline'
  | 'errors'
  | 'trace'
  | 'coverage'
  | 'occurrences'
  | 'linkedTraces'
  | 'llmCalls'
  | 'reproduction'
>;
type Gathered = Known & Pick<Bundle, 'excerpts' | 'hypotheses'>;

/** Tests that would have caught it, the most telling first; at most four. Never throws. */
export function testsFor({ findings, baseline, llmCalls, reproduction }: Known): Advice[] {
  const advice: Advice[] = [];
  const add = (text: string, facts: Finding['facts'] = {}): void => {
    advice.push({ text, facts });
  };
  for (const { analysis, severity, facts } of findings) {
    if (analysis === 'error-origin' && severity === 'problem') {
      if (facts.function !== undefined || facts.at !== undefined)
        add(
          'Call the function where it failed with the input of this request and expect the right result, or the error that its callers handle.',
          {
            ...(facts.function !== undefined && { function: facts.function }),
            ...(facts.at !== undefined && { at: facts.at }),
            ...(facts.type !== undefined && { type: facts.type }),
          },
        );
      if (reproduction !== undefined)
        add(
          'Send the request of this trace (see Reproduce) and expect its right answer, not only another status.',
        );
    } else if (analysis === 'n-plus-one' && severity === 'problem') {
      add('Run the route with 2 and with 20 rows and expect the same number of calls.', {
        statement: facts.statement ?? '',
        count: facts.count ?? 0,
      });
    } else if (analysis === 'timeout-cascade' && severity === 'problem') {
      add(
        'Let a stand-in for the called side answer after the time limit and expect a quick, clear answer upstream.',
      );
    } else if (analysis === 'retry-storm' && severity === 'problem') {
      add(
        'Let the called side fail each time and expect a bounded number of attempts with waits between them.',
      );
    }
  }
  if (llmCalls.some(({ trouble }) => trouble !== undefined)) {
    add(
      'Let a stand-in for the model answer with the recorded trouble and expect the route to say so to its caller.',
    );
  }
  if (isUsualKnown(baseline) && baseline.thisMs > 2 * baseline.p95Ms) {
    add('Measure the route and expect it to stay below twice its usual time.', {
      usualP95Ms: baseline.p95Ms,
    });
  }
  const seen = new Set<string>();
  return advice.filter(({ text }) => !seen.has(text) && seen.add(text)).slice(0, 4);
}

/** What to ask or do next, the first one first; at most six, commands included. Never throws. */
export function nextStepsOf(bundle: Gathered): string[] {
  const steps: string[] = [];
  const handle = (spanId: unknown): string => `#${bundle.handles.get(String(spanId)) ?? '?'}`;
  const origin = bundle.findings.find((each) => each.analysis === 'error-origin');
  if (origin?.severity === 'problem') steps.push(whereToRead(origin, handle(origin.spanIds[0]), bundle));
  const repeat = bundle.findings.find(
    (each) => each.analysis === 'n-plus-one' && each.severity === 'problem',
  );
  if (repeat !== undefined) {
    const isHere = bundle.handles.has(String(repeat.facts.parentSpanId));
    const place = isHere
      ? `below ${handle(repeat.facts.parentSpanId)}`
      : `that runs ${handle(repeat.spanIds[0])}`;
    steps.push(repeatedCallOf(repeat.facts.kind).remedy(place));
  }
  if (
    bundle.trace.missingParents.size > 0 &&
    !bundle.hypotheses.some(({ rule }) => rule === PROCESS_KILLED)
  ) {
    steps.push('Parents are missing: look for the other service’s files and name their folder with --dir.');
  }
  if (bundle.outcome === 'empty') {
    steps.push('Only log records are here: the spans have not ended yet, or went to another directory.');
  }
  if (bundle.coverage.tornLineCount > 0) {
    steps.push('A last line is cut off: if the app is still running, wait 1 s and ask again.');
  }
  const [again] = bundle.occurrences.filter(({ traceCount }) => traceCount > 0);
  if (again !== undefined && /^[0-9a-f]{16}$/.test(again.fingerprint)) {
    steps.push(
      `The error is not new: \`npx agentlog-otel bundle --error ${again.fingerprint} --until <time>\` shows an earlier one.`,
    );
  }
  const found = bundle.linkedTraces.filter(({ isFound }) => isFound);
  const linked = found.find(({ errorCount }) => errorCount) ?? found[0];
  if (linked !== undefined) {
    const what = linked.direction === 'to' ? 'What a link leads to' : 'What came of it elsewhere';
    steps.push(`${what}: \`npx agentlog-otel bundle --trace-id ${linked.traceId}\`.`);
  }
  steps.push(
    `Every attribute of every span: \`npx agentlog-otel bundle --trace-id ${bundle.traceId} --format json\`.`,
  );
  return steps.slice(0, 6);
}

/** Of a failure, by what its stack names: the app's own code, only other code, or nothing that can be read. */
function whereToRead({ facts, spanIds }: Finding, handle: string, bundle: Gathered): string {
  const [spanId = ''] = spanIds;
  if (facts.at !== undefined && isInApp(String(facts.at)))
    return `Read the code at the place of the cause (${handle}), then what called it.`;
  const hasFrames = bundle.errors.some((each) => each.spanIds.includes(spanId) && each.frames.length > 0);
  const stack = hasFrames
    ? `The stack at ${handle} names only code of Node and of packages`
    : hasStack(bundle.trace, spanId)
      ? `The stack at ${handle} is not one of JavaScript (\`--format json\` has it)`
      : `No stack was recorded at ${handle}`;
  const isCall = (facts.call ?? facts.statement) !== undefined;
  if (isCall && bundle.excerpts.some(({ why, spanIds }) => why !== 'frame' && spanIds.includes(spanId)))
    return `${stack}: the lines of source under the cause are where the call is made.`;
  if (facts.thrownAt !== undefined)
    return `${stack}: read the code where the error it led to was thrown, then what that calls.`;
  const logs =
    bundle.trace.logs.length > 0
      ? 'read the logs around it.'
      : facts.message
        ? 'nothing was logged around it either.'
        : 'nothing was logged either, so record the error where it is caught, or what the app prints (AGENTLOG_CONSOLE=1), and send the request again.';
  return hasFrames
    ? `${stack}: look for what the app hands to the outermost of them; ${logs}`
    : `${stack}: ${logs}`;
}

function hasStack(trace: Trace, spanId: string): boolean {
  const span = trace.byId.get(spanId);
  if (span === undefined) return false;
  return [span, ...span.events, ...trace.logsOf(span)].some(
    ({ attributes }) => typeof attributes[EXCEPTION_STACKTRACE] === 'string',
  );
}
