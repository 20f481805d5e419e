import type { LogRecord, Span } from '../core/span.ts';

/** What an answer of the store rests on. Every answer carries one, so that a gap is never taken for calm. */
export interface Coverage {
  /** Files that were read. */
  readonly fileCount: number;
  /** Files that could not be read, symbolic links, and what only looks like a file. */
  readonly skippedFileCount: number;
  /** Files that went while they were to be read. */
  readonly goneFileCount: number;
  /** Files left unread because nothing in them could change the answer. */
  readonly unneededFileCount: number;
  readonly sizeBytes: number;
  /** Spans and log records that were decoded; a lookup decodes only those of its trace. */
  readonly spanCount: number;
  readonly logCount: number;
  /** Start of the oldest and end of the newest span decoded; absent when there was none. */
  readonly oldestUnixNano?: bigint;
  readonly newestUnixNano?: bigint;
  /** Lines in the middle of a file that are no OTLP request. A lookup checks only their two ends, unless they name the trace. */
  readonly corruptLineCount: number;
  /** Last lines that were cut off: a writer died, or is writing them now. */
  readonly tornLineCount: number;
  /** Compressed files that break off or are damaged: what could be read of them counts. */
  readonly damagedFileCount: number;
  /** Set by a backend that may hold more that fits: how many traces the answer rests on. */
  readonly sampledTraceCount?: number;
  /** Set when a backend would not look further back than this without being told to. */
  readonly searchedSinceUnixNano?: bigint;
  /** Set when a backend said that it gave only a part of the trace. */
  readonly isPartial?: true;
  /** Set when Parquet files were left unread, because this optional package is not installed. */
  readonly missingPackage?: string;
  /** Lines longer than the reader takes (32 MiB). */
  readonly longLineCount: number;
}

/** A {@link Coverage} that is still being counted. */
export type Tally = { -readonly [Key in keyof Coverage]: Coverage[Key] };

/** All zeros. */
export function newTally(): Tally {
  return {
    fileCount: 0,
    skippedFileCount: 0,
    goneFileCount: 0,
    unneededFileCount: 0,
    sizeBytes: 0,
    spanCount: 0,
    logCount: 0,
    corruptLineCount: 0,
    tornLineCount: 0,
    damagedFileCount: 0,
    longLineCount: 0,
  };
}

/** Widens the window of the tally by one span. */
export function addToWindow(
  tally: Tally,
  span: { readonly startTimeUnixNano: bigint; readonly endTimeUnixNano: bigint },
): void {
  const { startTimeUnixNano: start, endTimeUnixNano: end } = span;
  widenWindow(tally, { oldestUnixNano: start, newestUnixNano: start > end ? start : end });
}

/** Widens the window of the tally by another one; one without spans has none. */
export function widenWindow(
  tally: Tally,
  { oldestUnixNano: oldest, newestUnixNano: newest }: Pick<Coverage, 'oldestUnixNano' | 'newestUnixNano'>,
): void {
  if (oldest === undefined || newest === undefined) return;
  if (tally.oldestUnixNano === undefined || oldest < tally.oldestUnixNano) tally.oldestUnixNano = oldest;
  if (tally.newestUnixNano === undefined || newest > tally.newestUnixNano) tally.newestUnixNano = newest;
}

/** The tally of records that are all there is. */
export function tallyOf(spans: readonly Span[], logs: readonly LogRecord[]): Tally {
  const tally = newTally();
  tally.spanCount = spans.length;
  tally.logCount = logs.length;
  for (const span of spans) addToWindow(tally, span);
  return tally;
}
