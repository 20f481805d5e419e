import { newTally, type Tally } from './coverage.ts';
import { type StoreFile, unreadable } from './files.ts';
import { scanFile } from './scan.ts';
import { Summaries, type TraceQuery, type TraceSummary } from './summaries.ts';

/** Clocks of the app and of the file system may differ by this much. */
const CLOCK_SLACK_MS = 2_000;

export interface Listing {
  /** Newest first. */
  readonly traces: readonly TraceSummary[];
  /** How many traces fitted the query among those that were read. */
  readonly matchCount: number;
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

/**
 * The newest traces that fit the query. Files are read from the one written last backwards and only as far as
 * needed: a file last written before a trace began holds nothing of it. Decodes every line it reads (about
 * 100 MB/s); memory is bounded by 100,000 summaries.
 * @throws AgentlogError STORE_UNREADABLE when there are files and none of them can be read.
 */
export async function listTraces(files: readonly StoreFile[], query: TraceQuery): Promise<Listing> {
  const tally = newTally();
  const summaries = new Summaries(query);
  const newestFirst = files
    .filter(holdsSpans)
    .sort((a, b) => b.modifiedMs - a.modifiedMs || (a.name < b.name ? 1 : -1));
  let failure: { file: StoreFile; code: string } | undefined;
  let isCut = false;
  for (const [index, file] of newestFirst.entries()) {
    const writtenUnixNano = BigInt(Math.trunc(file.modifiedMs + CLOCK_SLACK_MS)) * 1_000_000n;
    const isTooOld = query.sinceUnixNano !== undefined && writtenUnixNano < query.sinceUnixNano;
    if (isTooOld || summaries.isSettledBefore(writtenUnixNano)) {
      isCut = !isTooOld;
      tally.unneededFileCount = newestFirst.length - index;
      break;
    }
    const code = await scanFile(file, { onLine: ({ spans }) => summaries.addAll(spans) }, tally);
    if (code !== undefined) failure ??= { file, code };
  }
  if (failure !== undefined && tally.fileCount === 0) throw unreadable(failure.file.path, failure.code);
  return { ...summaries.result(), traceCount: summaries.traceCount, isCut: isCut || summaries.isCut, tally };
}
