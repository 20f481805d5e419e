import { join } from 'node:path';
import { PARQUET_DIRECTORY } from '../../core/layout.ts';
import type { LogRecord, Span } from '../../core/span.ts';
import { newTally, type Tally, widenWindow } from '../coverage.ts';
import type { StoreFile } from '../files.ts';
import { scanFile } from '../scan.ts';
import { Database } from './database.ts';
import { type Manifest, type StoredFile, windowOf } from './manifest.ts';
import { LOG_SELECTION, RowReader, SPAN_SELECTION } from './rows.ts';
import { withSpillDirectory } from './spill-directory.ts';
import { Conditions } from './sql-conditions.ts';

export interface AddOptions {
  readonly keep?: (traceId: string) => boolean;
  readonly onStaged?: () => Promise<void>;
}

const CHUNK_RECORDS = 2_048;
/** The last character of an id, and what sorts behind every id with a prefix. */
const BEHIND_HEX = 'g';

/** Runs `ask` on a database that has the Parquet files of a store; it is closed afterwards. */
export async function withHistory<T>(
  directory: string,
  manifests: readonly Manifest[],
  ask: (database: Database) => Promise<T>,
): Promise<T> {
  const folder = join(directory, PARQUET_DIRECTORY);
  return withSpillDirectory(async (temporary) => {
    const database = await Database.open(folder, temporary);
    try {
      const paths = (files: readonly StoredFile[]): string[] => files.map(({ name }) => join(folder, name));
      await database.use(
        paths(manifests.flatMap(({ spans }) => spans)),
        paths(manifests.flatMap(({ logs }) => logs)),
      );
      return await ask(database);
    } finally {
      database.close();
    }
  });
}

/**
 * Reads files of lines into the database, so that one statement sees them beside the Parquet files; `keep` says which
 * traces of them, `onStaged` is called when some came in.
 */
export async function addFiles(
  database: Database,
  files: readonly StoreFile[],
  { keep, onStaged }: AddOptions = {},
): Promise<Tally> {
  const tally = newTally();
  const spans: Span[] = [];
  const logs: LogRecord[] = [];
  const drain = async (atLeast: number): Promise<void> => {
    if (spans.length >= atLeast) await database.addSpans(spans.splice(0));
    if (logs.length >= atLeast) await database.addLogs(logs.splice(0));
    await onStaged?.();
  };
  const onLine = (line: { spans: Span[]; logs: LogRecord[] }): void => {
    for (const span of line.spans) spans.push(span);
    for (const log of line.logs) logs.push(log);
  };
  for (const file of files) {
    if (file.signal !== 'metrics')
      await scanFile(file, { onLine, onChunk: () => drain(CHUNK_RECORDS), ...(keep && { keep }) }, tally);
  }
  await drain(1);
  return tally;
}

/** What the Parquet files hold of the traces whose id begins with this; a prefix may fit several. */
export async function lookupRows(
  database: Database,
  prefix: string,
): Promise<{ spans: Span[]; logs: LogRecord[] }> {
  const conditions = new Conditions();
  const where = `trace_id >= ${conditions.bind(prefix)} AND trace_id < ${conditions.bind(prefix + BEHIND_HEX)}`;
  const reader = new RowReader();
  const [spans, logs]: [Span[], LogRecord[]] = [[], []];
  // A trace may have 100,000 spans: rows and spans of all of them at once take twice the memory.
  for await (const rows of database.stream(
    `SELECT ${SPAN_SELECTION} FROM spans WHERE ${where}`,
    conditions.values,
  )) {
    for (const row of rows) spans.push(reader.span(row));
  }
  for await (const rows of database.stream(
    `SELECT ${LOG_SELECTION} FROM logs WHERE ${where}`,
    conditions.values,
  )) {
    for (const row of rows) logs.push(reader.log(row));
  }
  return { spans, logs };
}

/** Adds what the manifests say of their Parquet files to what was read. */
export function addManifests(tally: Tally, manifests: readonly Manifest[]): Tally {
  for (const manifest of manifests) {
    const { spans, logs, corruptLineCount, tornLineCount } = manifest;
    for (const file of [...spans, ...logs]) {
      tally.fileCount += 1;
      tally.sizeBytes += file.sizeBytes;
    }
    tally.corruptLineCount += corruptLineCount;
    tally.tornLineCount += tornLineCount;
    widenWindow(tally, windowOf(manifest));
  }
  return tally;
}
