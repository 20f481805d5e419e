import { llmCallsOf } from '../analyses/facts/llm-calls.ts';
import { redactionMarkersOf } from '../analyses/facts/redaction-markers.ts';
import { toolCallsOf } from '../analyses/facts/tool-calls.ts';
import { analyse } from '../analyses/index.ts';
import { SPAN_UNFINISHED } from '../core/attributes.ts';
import { readOptions, redactorOptions } from '../core/read-options.ts';
import { createRedactor, type RedactorOptions } from '../core/redaction/index.ts';
import { type Span, STATUS_CODE } from '../core/span.ts';
import { toolVersion } from '../core/tool-version.ts';
import type { Trace } from '../core/trace.ts';
import type { Coverage, TraceSource } from '../sources/source.ts';
import { arrange } from './arrange.ts';
import { type Bundle, type Omission, type Outcome, SCHEMA_VERSION } from './bundle.ts';
import { errorsOf } from './errors.ts';
import { nextSteps } from './next-steps.ts';
import { redactTrace } from './redact-trace.ts';
import { servicesOf } from './services.ts';

const TOOL = 'agentlog-otel';

export interface BundleOptions {
  /** How text is masked once more on reading. Default: what the `AGENTLOG_REDACTION*` variables say. */
  readonly redaction?: RedactorOptions;
}

/**
 * Gathers everything about one trace: the tree, findings, errors, model calls, logs, redactions, and what the
 * answer rests on. `traceId` may be a unique prefix of at least 8 hex digits.
 *
 * Linear in the size of the trace, which is held in memory.
 * @throws AgentlogError what {@link TraceSource.trace} throws.
 */
export async function makeBundle(
  source: TraceSource,
  traceId: string,
  { redaction = redactorOptions(readOptions(process.env).options) }: BundleOptions = {},
): Promise<Bundle> {
  const answer = await source.trace(traceId);
  const redactor = createRedactor(redaction);
  const stored = redactionMarkersOf(answer.trace);
  const trace = redactTrace(answer.trace, redactor);
  const findings = analyse(trace);
  const { rows: tree, handles } = arrange(trace);
  const known = {
    schemaVersion: SCHEMA_VERSION,
    traceId: trace.traceId,
    outcome: outcomeOf(trace, findings),
    trace,
    tree,
    handles,
    ...windowOf(trace),
    services: servicesOf(trace),
    findings,
    errors: errorsOf(trace, originOf(findings)),
    llmCalls: llmCallsOf(trace),
    toolCalls: toolCallsOf(trace),
    redactions: { stored, onReading: new Map(redactor.countsByRule) },
    coverage: answer.coverage,
    omissions: omissionsOf(answer.coverage),
    provenance: { tool: TOOL, toolVersion: toolVersion(), source: source.name },
  } as const;
  return { ...known, nextSteps: nextSteps(known) };
}

/** The span where the failure began that broke the request. */
function originOf(findings: Bundle['findings']): string | undefined {
  return findings.find((finding) => finding.analysis === 'error-origin')?.spanIds[0];
}

function outcomeOf(trace: Trace, findings: Bundle['findings']): Outcome {
  if (trace.spans.length === 0) return 'empty';
  const hasFailed = (root: Span): boolean =>
    root.status.code === STATUS_CODE.error || root.attributes[SPAN_UNFINISHED] === true;
  if (trace.roots.some(hasFailed)) return 'failed';
  return findings.some((finding) => finding.severity === 'problem') ? 'problem' : 'ok';
}

function windowOf(trace: Trace): Pick<Bundle, 'startTimeUnixNano' | 'durationMs'> {
  const start = trace.spans[0]?.startTimeUnixNano ?? trace.logs[0]?.timeUnixNano ?? 0n;
  let end = start;
  for (const span of trace.spans) if (span.endTimeUnixNano > end) end = span.endTimeUnixNano;
  return { startTimeUnixNano: start, durationMs: Number(end - start) / 1e6 };
}

function omissionsOf(coverage: Coverage): Omission[] {
  const omissions: Omission[] = [
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
