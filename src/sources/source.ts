import type { Trace } from '../core/trace.ts';
import type { Coverage } from '../store/coverage.ts';
import type { TraceQuery, TraceSummary } from '../store/summaries.ts';

export type { Coverage, TraceQuery, TraceSummary };

/** What a source can do. The zero value of each field is the least capable one. */
export interface Capabilities {
  /** `trace()` also takes a unique prefix of at least 8 hex digits. */
  readonly canResolvePrefix: boolean;
  /** `search()` works. */
  readonly canSearch: boolean;
  /** Traces come with their log records. */
  readonly hasLogs: boolean;
}

/** One trace and what the answer rests on. */
export interface TraceAnswer {
  readonly trace: Trace;
  readonly coverage: Coverage;
}

/** The traces that fit a query, newest first, and what the answer rests on. */
export interface SearchAnswer {
  readonly traces: readonly TraceSummary[];
  /** How many traces fitted among those that were read; more than `traces` when the limit cut the list. */
  readonly matchCount: number;
  /** How many traces were read in all. */
  readonly traceCount: number;
  /** Whether older traces were left unread because there were enough newer ones. */
  readonly isCut: boolean;
  readonly coverage: Coverage;
}

/**
 * Where traces are read from. These comments are the specification; `memory` is the reference.
 *
 * Ids are lower-case hex. An answer is whole or it is an error: a source that cannot answer a question throws
 * QUERY_UNSUPPORTED and never returns a narrower answer. No message of an error holds text from telemetry.
 * A source may be asked while the data grows; each answer is a snapshot that may miss what arrives meanwhile.
 */
export interface TraceSource {
  /** Protocol and place, such as `jsonl:/app/.agentlog`; for messages and provenance. */
  readonly name: string;
  capabilities(): Capabilities;
  /**
   * The trace with this id, or whose id begins with these (at least 8) hex digits, any case. Spans that share an
   * id appear once, the last one read. A trace of which only log records are known has no spans.
   * @throws AgentlogError USAGE for what is no id, TRACE_NOT_FOUND, TRACE_AMBIGUOUS with the candidates, and the
   * STORE_ codes.
   */
  trace(id: string): Promise<TraceAnswer>;
  /**
   * Summaries of the traces that fit, newest start first, ties by id. A source with no data gives an empty
   * answer, not an error.
   * @throws AgentlogError the STORE_ codes.
   */
  search(query: TraceQuery): Promise<SearchAnswer>;
  /** Frees what the source holds. Nothing may be asked afterwards. May be called twice. */
  close(): Promise<void>;
}
