import type { Finding } from '../analyses/analysis.ts';
import type { ExceptionFact } from '../analyses/facts/exceptions.ts';
import type { LlmCall } from '../analyses/facts/llm-calls.ts';
import type { ToolCall } from '../analyses/facts/tool-calls.ts';
import type { Span } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { Coverage } from '../sources/source.ts';
import type { Advice } from './advice.ts';
import type { Baseline } from './baseline.ts';
import type { Beside } from './beside.ts';
import type { Excerpt } from './excerpts.ts';
import type { Hypothesis } from './hypotheses/hypothesis.ts';
import type { LinkedTrace } from './linked-traces.ts';
import type { Occurrences } from './past.ts';
import type { ProcessFact } from './processes.ts';
import type { RelatedSystem } from './related-systems.ts';
import type { Reproduction } from './reproduction.ts';
import type { SafetyReport } from './safety.ts';
import type { Selection } from './select/selection.ts';
import type { TypicalTrace } from './typical.ts';

/** The version of {@link Bundle}'s meaning; the JSON form carries it. */
export const SCHEMA_VERSION = 2;

/**
 * failed: a root span or a job failed, or the process died in it. problem: the request went through, but something is wrong with it. ok: nothing was
 * found. empty: there are log records of the trace and no spans.
 */
export type Outcome = 'failed' | 'problem' | 'ok' | 'empty';

/** One row of the tree: a span, or at least three siblings that are alike down to their leaves. */
export interface TreeRow {
  readonly depth: number;
  /** In order of start. */
  readonly spans: readonly Span[];
  /** `#n` of the first span; the others of the row follow without a gap. */
  readonly firstHandle: number;
}

export interface ServiceFact {
  readonly name: string;
  readonly version?: string;
  readonly spanCount: number;
  readonly errorCount: number;
}

/** One distinct exception and the spans that recorded it, in order of start. */
export interface BundleError extends ExceptionFact {
  readonly spanIds: readonly string[];
}

/** Something that is not in the bundle. */
export interface Omission {
  readonly what: string;
  readonly count: number;
  readonly why: string;
}

/**
 * Everything about one incident. Deterministic: the same telemetry gives the same bundle; times and ids come from
 * the data. Everything from telemetry and from source files has been through the redactor once more. Strings may be
 * hostile text that a format quotes, unless their field says that they are in our own words.
 */
export interface Bundle {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly traceId: string;
  readonly outcome: Outcome;
  /** How the trace was chosen, and what else fitted. */
  readonly selection: Selection;
  readonly trace: Trace;
  /** The spans as a tree, in the order of their handles. */
  readonly tree: readonly TreeRow[];
  /** Span id → n of `#n`, counted from 1 in the order of the tree. */
  readonly handles: ReadonlyMap<string, number>;
  /** Of the first span, or of the first log record when there is none. */
  readonly startTimeUnixNano: bigint;
  readonly durationMs: number;
  /** In order of appearance. */
  readonly services: readonly ServiceFact[];
  /** Problems first. */
  readonly findings: readonly Finding[];
  /** What may be the cause, the likeliest first; empty when nothing is wrong. */
  readonly hypotheses: readonly Hypothesis[];
  /** Where the failure began first, then in order of appearance. */
  readonly errors: readonly BundleError[];
  /** Lines of source around in-app frames and call sites, the most important first; empty without a project. */
  readonly excerpts: readonly Excerpt[];
  /** How the same route usually behaves; absent when the source does not know. */
  readonly baseline?: Baseline;
  /** What ran at the same time or shortly before, the most telling first. */
  readonly beside: readonly Beside[];
  /** A healthy trace of the same route beside this one; only where one was chosen with it. */
  readonly typical?: TypicalTrace;
  /** Earlier traces with the same errors, by fingerprint in the order of `errors`. */
  readonly occurrences: readonly Occurrences[];
  /** By kind, in a fixed order. */
  readonly relatedSystems: readonly RelatedSystem[];
  readonly linkedTraces: readonly LinkedTrace[];
  /** In order of appearance. */
  readonly processes: readonly ProcessFact[];
  readonly reproduction?: Reproduction;
  readonly suggestedTests: readonly Advice[];
  readonly llmCalls: readonly LlmCall[];
  /** In order of start. */
  readonly toolCalls: readonly ToolCall[];
  readonly redactions: {
    /** Markers seen in the stored telemetry, by rule. */
    readonly stored: ReadonlyMap<string, number>;
    /** What was masked only now, while this bundle was built, by rule. */
    readonly onReading: ReadonlyMap<string, number>;
  };
  readonly safety: SafetyReport;
  readonly coverage: Coverage;
  readonly omissions: readonly Omission[];
  readonly provenance: { readonly tool: string; readonly toolVersion: string; readonly source: string };
  /** What to do or ask next, in our own words. */
  readonly nextSteps: readonly string[];
}
