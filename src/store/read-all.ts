import type { LogRecord, Span } from '../core/span.ts';
import { newTally, type Tally } from './coverage.ts';
import { unreadable } from './files.ts';
import type { Window } from './query/query.ts';
import { isInWindow } from './query/span-filter.ts';
import { streamLines, streamRows } from './record-stream.ts';
import { writtenUnixNano } from './scan-all.ts';
import { SeenSpans } from './seen-spans.ts';
import { askHistory, type Snapshot } from './snapshot.ts';

/** Takes some of what is read, and is waited for. */
export type OnRecords = (records: {
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
}) => Promise<void> | void;

/**
 * Everything that began in the window: Parquet files first, then the files of lines. A span that was exported twice comes
 * once, the first one read ({@link SeenSpans}). Memory is one chunk of a file and what is remembered of spans. About
 * 100 MB/s. Files that go meanwhile are counted, not read elsewhere.
 * @throws AgentlogError STORE_UNREADABLE when there are files and none of them can be read; what `onRecords` throws.
 */
export async function readAll(snapshot: Snapshot, window: Window, onRecords: OnRecords): Promise<Tally> {
  const seen = new SeenSpans();
  const give: OnRecords = async ({ spans, logs }) => {
    const fits = {
      spans: spans.filter((span) => isInWindow(window, span.startTimeUnixNano) && seen.isNew(span)),
      logs: logs.filter(({ timeUnixNano }) => isInWindow(window, timeUnixNano)),
    };
    if (fits.spans.length > 0 || fits.logs.length > 0) await onRecords(fits);
  };
  const { tally } = await askHistory(
    snapshot,
    async (database) => {
      for (const table of ['spans', 'logs'] as const) {
        await streamRows(database, table, (rows) =>
          give(rows.table === 'spans' ? { spans: rows.items, logs: [] } : { spans: [], logs: rows.items }),
        );
      }
      return { tally: await readFiles(snapshot, window, give) };
    },
    async () => ({ tally: await readFiles(snapshot, window, give) }),
  );
  return tally;
}

async function readFiles({ files }: Snapshot, { sinceUnixNano }: Window, give: OnRecords): Promise<Tally> {
  const tally = newTally();
  let failure: { path: string; code: string } | undefined;
  for (const file of files) {
    const isTooOld = sinceUnixNano !== undefined && writtenUnixNano(file) < sinceUnixNano;
    if (file.signal === 'metrics' || isTooOld) {
      tally.unneededFileCount += 1;
      continue;
    }
    const code = await streamLines(file, tally, (lines) =>
      give({ spans: lines.flatMap(({ spans }) => spans), logs: lines.flatMap(({ logs }) => logs) }),
    );
    if (code !== undefined) failure ??= { path: file.path, code };
  }
  if (failure !== undefined && tally.fileCount === 0) throw unreadable(failure.path, failure.code);
  return tally;
}
