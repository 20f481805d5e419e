import { llmCallsOf } from '../analyses/facts/llm-calls.ts';
import { redactionMarkersOf } from '../analyses/facts/redaction-markers.ts';
import { toolCallsOf } from '../analyses/facts/tool-calls.ts';
import { analyse } from '../analyses/index.ts';
import { readOptions, redactorOptions } from '../core/read-options.ts';
import { createRedactor, type RedactorOptions } from '../core/redaction/index.ts';
import type { Redactor } from '../core/redaction/redactor.ts';
import { toolVersion } from '../core/tool-version.ts';
import type { Trace } from '../core/trace.ts';
import { Allowance } from '../sources/allowance.ts';
import type { Coverage, TraceAnswer, TraceSource } from '../sources/source.ts';
import { nextStepsOf, testsFor } from './advice.ts';
import { askAround, LOCAL_LIMITS, REMOTE_LIMITS } from './ask-around.ts';
import { type Beside, besideOf, type Neighbours } from './beside.ts';
import type { Bundle, Omission } from './bundle.ts';
import { errorsOf } from './errors.ts';
import { excerptsOf } from './excerpts.ts';
import { hypothesesOf } from './hypotheses/index.ts';
import { type Linked, type LinkedTrace, linkedTracesOf } from './linked-traces.ts';
import { type Past, pastOf } from './past.ts';
import { processesOf } from './processes.ts';
import { withProjectPaths } from './project-paths.ts';
import { redactTrace } from './redact-trace.ts';
import { relatedSystemsOf } from './related-systems.ts';
import { reproductionOf } from './reproduction.ts';
import { safetyOf } from './safety.ts';
import type { Selection } from './select/selection.ts';
import { viewOf } from './trace-view.ts';
import { type TypicalTrace, typicalOf } from './typical.ts';

const TOOL = 'agentlog-otel';

export interface BundleOptions {
  /** How text is masked once more on reading. Default: what the `AGENTLOG_REDACTION*` variables say. */
  readonly redaction?: RedactorOptions;
  /** The directory that source lines may be read from, and that files are named by. Without it none are read. */
  readonly project?: string;
  /** How the trace was chosen. Default: by its id. */
  readonly selection?: Selection;
}

/**
 * Gathers everything about one trace: likely causes with the lines of code, the tree, findings, errors, what is
 * usual, related systems, model calls, logs, redactions, and what the answer rests on. `traceId` may be a unique
 * prefix of at least 8 hex digits.
 *
 * Linear in the size of the trace, which is held in memory; about eight questions to the source about the day before.
 * @throws AgentlogError what {@link TraceSource.trace} and {@link TraceSource.aggregate} throw.
 */
export async function makeBundle(
  source: TraceSource,
  traceId: string,
  {
    redaction = redactorOptions(readOptions(process.env).options),
    project,
    selection = { by: 'trace id', reasons: [], otherCount: 0 },
  }: BundleOptions = {},
): Promise<Bundle> {
  const answer = await source.trace(traceId);
  const redactor = createRedactor(redaction);
  const stored = redactionMarkersOf(answer.trace);
  const redacted = redactTrace(answer.trace, redactor);
  const trace = project === undefined ? redacted : withProjectPaths(redacted, project);
  const { past, links, beside, whyNoBeside, typical } = await aroundOf(
    source,
    answer,
    trace,
    selection.typicalTraceId,
    redactor,
  );
  const findings = analyse(trace, past.history);
  const errors = errorsOf(trace, originOf(findings));
  const evidence = findings.flatMap((each) => (each.severity === 'info' ? [] : each.spanIds));
  const reproduction = reproductionOf(trace);
  const known = {
    ...viewOf(trace, findings, answer.coverage),
    selection,
    errors,
    ...(past.baseline !== undefined && { baseline: past.baseline }),
    beside,
    ...(typeof typical === 'object' && { typical }),
    occurrences: past.occurrences,
    relatedSystems: relatedSystemsOf(trace),
    linkedTraces: links.linked.map((each) => redactLinked(each, redactor)),
    processes: await processesOf(trace, source),
    ...(reproduction !== undefined && { reproduction }),
    llmCalls: llmCallsOf(trace),
    toolCalls: toolCallsOf(trace),
    redactions: { stored, onReading: new Map(redactor.countsByRule) },
    safety: safetyOf(trace, redaction),
    omissions: omissionsOf(answer.coverage, links, past.whyNot, whyNoBeside, typical),
    provenance: { tool: TOOL, toolVersion: toolVersion(), source: source.name },
  } as const;
  const hypotheses = hypothesesOf({ ...known, baseline: past.baseline });
  const excerpts =
    project === undefined ? [] : excerptsOf(trace, errors, evidence, hypotheses[0], project, redactor);
  return {
    ...known,
    hypotheses,
    excerpts,
    suggestedTests: testsFor(known),
    nextSteps: nextStepsOf({ ...known, hypotheses, excerpts }),
  };
}

/** What the source knows beside the trace, as far as it may be asked. */
async function aroundOf(
  source: TraceSource,
  { coverage: { sizeBytes } }: TraceAnswer,
  trace: Trace,
  typicalTraceId: string | undefined,
  redactor: Redactor,
): Promise<{
  readonly past: Past;
  readonly links: Linked;
  readonly beside: readonly Beside[];
  readonly whyNoBeside?: string;
  readonly typical?: TypicalTrace | string;
}> {
  const around = new Allowance(source.capabilities().isRemote ? REMOTE_LIMITS : LOCAL_LIMITS);
  try {
    const past = await pastOf(source, trace, fingerprintsOf(trace), sizeBytes, around);
    const found = past.isLarge
      ? 'a question about so many spans would take seconds'
      : await askAround(around, () => besideOf(source, trace, past.baseline, sizeBytes, redactor));
    const { beside, usualTraceId }: Neighbours = typeof found === 'string' ? { beside: [] } : found;
    const usual = typicalTraceId ?? usualTraceId;
    const typical =
      usual === undefined
        ? undefined
        : await askAround(around, () => typicalOf(source, trace, usual, redactor));
    const links = await linkedTracesOf(source, trace, sizeBytes, around);
    return {
      past,
      links,
      beside,
      ...(typeof found === 'string' && { whyNoBeside: found }),
      ...(typical !== undefined && { typical }),
    };
  } finally {
    around.close();
  }
}

/** It comes from another trace, which nobody has redacted yet. */
function redactLinked(linked: LinkedTrace, redactor: Redactor): LinkedTrace {
  const { rootName, services } = linked;
  return {
    ...linked,
    ...(rootName !== undefined && { rootName: redactor.text(rootName) }),
    ...(services !== undefined && { services: services.map((name) => redactor.text(name)) }),
  };
}

/** Of the exceptions, in order of appearance. */
function fingerprintsOf(trace: Trace): string[] {
  const found = errorsOf(trace, undefined).flatMap(({ fingerprint }) => fingerprint ?? []);
  return [...new Set(found)];
}

/** The span where the failure began that broke the request. */
function originOf(findings: Bundle['findings']): string | undefined {
  return findings.find((finding) => finding.analysis === 'error-origin')?.spanIds[0];
}

function omissionsOf(
  coverage: Coverage,
  { moreCount, whyNotMore, whyNoFrom }: Linked,
  whyNoPast: string | undefined,
  whyNoBeside: string | undefined,
  typical: unknown,
): Omission[] {
  const omissions: Omission[] = [
    { what: 'further linked traces', count: moreCount, why: whyNotMore },
    { what: 'traces that link to this one', count: whyNoFrom === undefined ? 0 : 1, why: whyNoFrom ?? '' },
    { what: 'the day before', count: whyNoPast === undefined ? 0 : 1, why: whyNoPast ?? '' },
    { what: 'what ran beside it', count: whyNoBeside === undefined ? 0 : 1, why: whyNoBeside ?? '' },
    { what: 'a typical trace beside it', count: typeof typical === 'string' ? 1 : 0, why: String(typical) },
    {
      what: 'the rest of the trace (PARTIAL)',
      count: coverage.isPartial ? 1 : 0,
      why: 'the backend says that it gave only a part: the trace is larger than its limit for one trace',
    },
    {
      what: 'corrupt lines',
      count: coverage.corruptLineCount,
      why: 'they are no OTLP/JSON; they may have held spans of this trace',
    },
    { what: 'torn last lines', count: coverage.tornLineCount, why: 'a writer died, or is writing them now' },
    { what: 'too long lines', count: coverage.longLineCount, why: 'longer than 32 MiB' },
    {
      what: 'files',
      count: coverage.skippedFileCount,
      why: 'they could not be read, or are links or directories',
    },
  ];
  return omissions.filter((omission) => omission.count > 0);
}
