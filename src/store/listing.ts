import { newTally, type Tally } from './coverage.ts';
import { type StoreFile, unreadable } from './files.ts';
import type { TraceQuery } from './query/query.ts';
import { scanFile } from './scan.ts';
import { writtenUnixNano } from './scan-all.ts';
import { Summaries, type TraceSummary } from './summaries.ts';

export interface Listing {
  /** In the order of the query. */
  readonly traces: readonly TraceSummary[];
  /** How many traces fitted the query among those that were read. */
  readonly matchCount: number;
  /** For the next page; absent on the last one. */
  readonly nextCursor?: string;
  /** How many traces were read. */
  readonly traceCount: number;
  /** Whether older traces were left unread or forgotten, because there were enough newer ones. */
  readonly isCut: boolean;
  readonly tally: Tally;
}

/** Whether a file may hold spans: its name does not say that it is one of log records or metrics. */
export function holdsSpans({ signal }: StoreFile): boolean {
  return signal !== 'logs' && signal !== 'metrics';
}

/** Whether a file may hold log records. */
export function holdsLogs({ signal }: StoreFile): boolean {
  return signal !== 'traces' && signal !== 'metrics';
}

/**
 * The traces that fit the query. Files are read from the one written last backwards and, for the newest traces, only
 * as far as needed: a file last written before a trace began holds nothing of it. Decodes every line it reads (about
 * 100 MB/s); memory is bounded by 100,000 summaries.
 * @throws AgentlogError STORE_UNREADABLE when there are files and none of them can be read.
 */
export async function listTraces(files: readonly StoreFile[], query: TraceQuery): Promise<Listing> {
  const tally = newTally();
  const summaries = new Summaries(query);
  const newestFirst = files
    .filter((file) => holdsSpans(file) || (summaries.needsLogs && holdsLogs(file)))
    .sort((a, b) => b.modifiedMs - a.modifiedMs || (a.name < b.name ? 1 : -1));
  let failure: { file: StoreFile; code: string } | undefined;
  let isCut = false;
  for (const [index, file] of newestFirst.entries()) {
    const written = writtenUnixNano(file);
    const isTooOld = query.sinceUnixNano !== undefined && written < query.sinceUnixNano;
    if (isTooOld || summaries.isSettledBefore(written)) {
      isCut = !isTooOld;
      tally.unneededFileCount = newestFirst.length - index;
      break;
    }
    const code = await scanFile(file, { onLine: ({ spans, logs }) => summaries.addAll(spans, logs) }, tally);
    if (code !== undefined) failure ??= { file, code };
  }
  if (failure !== undefined && tally.fileCount === 0) throw unreadable(failure.file.path, failure.code);
  return { ...summaries.result(), traceCount: summaries.traceCount, isCut: isCut || summaries.isCut, tally };
}
