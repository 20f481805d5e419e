/** How the repeats lie in time, or what is repeated. */
export type RepeatKind = 'sequential' | 'parallel' | 'duplicate' | 'chatty_writes' | 'http' | 'tool';

export type RepeatSeverity = 'problem' | 'note';

/** One call made again and again below one span. */
export interface Repeat {
  /** The nearest span below which all of them ran; on the read side it may be one that is missing. */
  readonly parentSpanId: string;
  /** 16 hex digits, as in `agentlog.db.signature`. */
  readonly signature: string;
  /** The statement's summary, `GET host/users/*`, or the name of the tool. */
  readonly summary: string;
  readonly count: number;
  /** The sum of their durations in milliseconds. */
  readonly durationMs: number;
  readonly kind: RepeatKind;
  readonly severity: RepeatSeverity;
  /** The repeated spans in order of their end, at most 256; empty on the write side. */
  readonly spanIds: readonly string[];
}

/** Worst first: problems before notes, then the longest in all, then the most. */
export function worstFirst(a: Repeat, b: Repeat): number {
  if (a.severity !== b.severity) return a.severity === 'problem' ? -1 : 1;
  return b.durationMs - a.durationMs || b.count - a.count || (a.signature < b.signature ? -1 : 1);
}
