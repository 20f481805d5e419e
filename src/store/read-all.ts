import type { LogRecord, Span } from '../core/span.ts';
import { newTally, type Tally } from './coverage.ts';
import { unreadable } from './files.ts';
import type { Database } from './parquet/database.ts';
import type { Window } from './query/query.ts';
import { isInWindow } from './query/span-filter.ts';
import { scanFile } from './scan.ts';
import { writtenUnixNano } from './scan-all.ts';
import { askHistory, type Snapshot } from './snapshot.ts';

/** Takes some of what is read, and is waited for. */
export type OnRecords = (records: {
  readonly spans: Span[];
  readonly logs: LogRecord[];
}) => Promise<void> | void;

/**
 * Everything that began in the window: Parquet files first, then the files of lines. Memory is one chunk of a file.
 * About 100 MB/s. Files that go meanwhile are counted, not read elsewhere.
 * @throws AgentlogError STORE_UNREADABLE when there are files and none of them can be read.
 */
export async function readAll(snapshot: Snapshot, window: Window, onRecords: OnRecords): Promise<Tally> {
  const give: OnRecords = async ({ spans, logs }) => {
    const fits = {
      spans: spans.filter(({ startTimeUnixNano }) => isInWindow(window, startTimeUnixNano)),
      logs: logs.filter(({ timeUnixNano }) => isInWindow(window, timeUnixNano)),
    };
    if (fits.spans.length > 0 || fits.logs.length > 0) await onRecords(fits);
  };
  const { tally } = await askHistory(
    snapshot,
    async (database) => {
      await readRows(database, give);
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
    let records = { spans: [] as Span[], logs: [] as LogRecord[] };
    const flush = async (): Promise<void> => {
      const full = records;
      records = { spans: [], logs: [] };
      await give(full);
    };
    const onLine = ({ spans, logs }: { spans: Span[]; logs: LogRecord[] }): void => {
      for (const span of spans) records.spans.push(span);
      for (const log of logs) records.logs.push(log);
    };
    const code = await scanFile(file, { onLine, onChunk: flush }, tally);
    await flush();
    if (code !== undefined) failure ??= { path: file.path, code };
  }
  if (failure !== undefined && tally.fileCount === 0) throw unreadable(failure.path, failure.code);
  return tally;
}

async function readRows(database: Database, give: OnRecords): Promise<void> {
  const { LOG_SELECTION, RowReader, SPAN_SELECTION } = await import('./parquet/rows.ts');
  const reader = new RowReader();
  for await (const rows of database.stream(`SELECT ${SPAN_SELECTION} FROM spans`)) {
    await give({ spans: rows.map((row) => reader.span(row)), logs: [] });
  }
  for await (const rows of database.stream(`SELECT ${LOG_SELECTION} FROM logs`)) {
    await give({ spans: [], logs: rows.map((row) => reader.log(row)) });
  }
}
