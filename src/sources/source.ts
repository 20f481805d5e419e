import type { LogRecord, Span } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { Coverage } from '../store/coverage.ts';
import type { HealthQuery, ProcessHealth } from '../store/process-health.ts';
import type {
  AggregateQuery,
  AggregateRow,
  AttributeCondition,
  Dimension,
  LogQuery,
  Measure,
  SpanFilter,
  TraceQuery,
  Window,
} from '../store/query/query.ts';
import type { TraceSummary } from '../store/summaries.ts';

export type {
  AggregateQuery,
  AggregateRow,
  AttributeCondition,
  Coverage,
  Dimension,
  HealthQuery,
  LogQuery,
  Measure,
  ProcessHealth,
  SpanFilter,
  TraceQuery,
  TraceSummary,
  Window,
};

/** What a source can do. The zero value of each field is the least capable one. */
export interface Capabilities {
  /** `trace()` also takes a unique prefix of at least 8 hex digits. */
  readonly canResolvePrefix: boolean;
  /** `search()` works. */
  readonly canSearch: boolean;
  /** Traces come with their log records, and `logs()` works. */
  readonly hasLogs: boolean;
  /** `aggregate()` works. */
  readonly canAggregate: boolean;
  /** `search()` finds all spans that link to a trace. */
  readonly canFindLinks?: boolean;
  /** Each question is one request over the network, or many. */
  readonly isRemote?: boolean;
}

/** One trace and what the answer rests on. */
export interface TraceAnswer {
  readonly trace: Trace;
  readonly coverage: Coverage;
}

/** The traces that fit a query, in its order, and what the answer rests on. */
export interface SearchAnswer {
  readonly traces: readonly TraceSummary[];
  /** Give it as `cursor` for the next page; absent on the last one. */
  readonly nextCursor?: string;
  /** How many traces fitted among those that were read; more than `traces` when the limit cut the list. */
  readonly matchCount: number;
  /** How many traces were read in all. */
  readonly traceCount: number;
  /** Whether older traces were left unread because there were enough newer ones. */
  readonly isCut: boolean;
  readonly coverage: Coverage;
}

/** How the numbers of an answer were come by: from every span, from a backend's estimate, from a sample. */
export type Accuracy = 'exact' | 'approximate' | 'sampled';

/** The groups of an {@link AggregateQuery} in its order, and what the answer rests on. */
export interface AggregateAnswer {
  readonly rows: readonly AggregateRow[];
  /** How many groups there are; more than `rows` when the limit cut them. */
  readonly groupCount: number;
  readonly accuracy: Accuracy;
  /** Set when more may fit than the numbers were made from. */
  readonly isCut?: true;
  readonly coverage: Coverage;
}

/** The log records that fit, newest first, ties by trace, span and body, and what the answer rests on. */
export interface LogAnswer {
  readonly logs: readonly LogRecord[];
  /** How many fitted; more than `logs` when the limit cut the list. */
  readonly matchCount: number;
  readonly coverage: Coverage;
}

/** Takes some of the records that are read; none of its lists is given again. */
export type OnRecords = (records: {
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
}) => Promise<void> | void;

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
   * Summaries of the traces that fit, in the order asked for, ties by id. A source with no data gives an empty
   * answer, not an error. A span that was exported twice counts twice.
   * @throws AgentlogError USAGE for an expression, a status or a cursor that cannot be used, and the STORE_ codes.
   */
  search(query: TraceQuery): Promise<SearchAnswer>;
  /**
   * Numbers over the spans that fit, by group. A span that was exported twice counts twice.
   * @throws AgentlogError USAGE, QUERY_UNSUPPORTED for what the source cannot compute or hold, and the STORE_ codes.
   */
  aggregate(query: AggregateQuery): Promise<AggregateAnswer>;
  /**
   * The log records that fit.
   * @throws AgentlogError USAGE, QUERY_UNSUPPORTED from a source without log records, and the STORE_ codes.
   */
  logs(query: LogQuery): Promise<LogAnswer>;
  /**
   * Everything that began in the window, some at a time and in no order; each call of `onRecords` is waited for, so that
   * memory is bounded by one. A span that was exported twice comes once, the first one read; past 6 million spans it may
   * come twice. Absent where a source cannot list everything.
   * @throws AgentlogError the STORE_ codes.
   */
  read?(window: Window, onRecords: OnRecords): Promise<Coverage>;
  /**
   * What is written from now on, some at a time, until the signal: then it settles. A first call without records says that
   * it has begun. Files that come, grow, are sealed or
   * go are followed. Absent where nothing can be followed.
   * @throws AgentlogError the STORE_ codes.
   */
  follow?(signal: AbortSignal, onRecords: OnRecords): Promise<void>;
  /**
   * What was measured of a process around an instant; undefined when nothing was. Absent where a source has no metrics.
   * @throws AgentlogError the STORE_ codes.
   */
  health?(query: HealthQuery): Promise<ProcessHealth | undefined>;
  /** Frees what the source holds. Nothing may be asked afterwards. May be called twice. */
  close(): Promise<void>;
}
