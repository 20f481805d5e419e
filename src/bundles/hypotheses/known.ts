import type { Finding } from '../../analyses/analysis.ts';
import type { LlmCall } from '../../analyses/facts/llm-calls.ts';
import type { Trace } from '../../core/trace.ts';
import type { BundleError, Outcome } from '../bundle.ts';
import type { Baseline } from '../past.ts';
import type { ProcessFact } from '../processes.ts';

/** What the rules look at. */
export interface Known {
  readonly trace: Trace;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly findings: readonly Finding[];
  readonly errors: readonly BundleError[];
  readonly llmCalls: readonly LlmCall[];
  readonly processes: readonly ProcessFact[];
  readonly baseline?: Baseline | undefined;
}
