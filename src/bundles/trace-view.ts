import type { Finding } from '../analyses/analysis.ts';
import { analyse } from '../analyses/index.ts';
import { createRedactor, type RedactorOptions } from '../core/redaction/index.ts';
import type { Trace } from '../core/trace.ts';
import type { Coverage, TraceSource } from '../sources/source.ts';
import { arrange } from './arrange.ts';
import { type Bundle, SCHEMA_VERSION } from './bundle.ts';
import { outcomeOf, windowOf } from './outcome.ts';
import { redactTrace } from './redact-trace.ts';
import { servicesOf } from './services.ts';

/** The part of a bundle that the trace alone gives. */
export type TraceView = Pick<
  Bundle,
  | 'schemaVersion'
  | 'traceId'
  | 'outcome'
  | 'trace'
  | 'tree'
  | 'handles'
  | 'startTimeUnixNano'
  | 'durationMs'
  | 'services'
  | 'findings'
  | 'coverage'
>;

/**
 * One trace to look at, masked once more, with the handles of its bundle: one lookup, however large the source is.
 * @throws AgentlogError what {@link TraceSource.trace} throws.
 */
export async function viewTrace(
  source: TraceSource,
  traceId: string,
  redaction: RedactorOptions,
): Promise<TraceView> {
  const answer = await source.trace(traceId);
  const trace = redactTrace(answer.trace, createRedactor(redaction));
  return viewOf(trace, analyse(trace), answer.coverage);
}

/** What a trace, masked already, and its findings give without asking anybody. */
export function viewOf(trace: Trace, findings: readonly Finding[], coverage: Coverage): TraceView {
  const { rows: tree, handles } = arrange(trace);
  return {
    schemaVersion: SCHEMA_VERSION,
    traceId: trace.traceId,
    outcome: outcomeOf(trace, findings),
    trace,
    tree,
    handles,
    ...windowOf(trace),
    services: servicesOf(trace),
    findings,
    coverage,
  };
}
