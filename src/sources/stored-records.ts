import { unsealedName } from '../core/layout.ts';
import type { DecodedLine } from '../core/otlp/decode.ts';
import type { LogRecord, Span } from '../core/span.ts';
import { newTally, type Tally } from '../store/coverage.ts';
import { type StoreFile, unreadable } from '../store/files.ts';
import { type Rows, streamLines, streamRows } from '../store/record-stream.ts';
import { askHistory, type Snapshot, takeSnapshot } from '../store/snapshot.ts';
import type { Coverage } from './source.ts';

/** One span or one log record. */
export type StoredRecord = { readonly span: Span } | { readonly log: LogRecord };

/** Some records of one part of a store, in its order. */
export interface StoredRecords {
  /** A file by its unsealed name, or one signal of the Parquet files. A part keeps its order; a file may grow at its end. */
  readonly part: string;
  readonly records: readonly StoredRecord[];
}

export interface Stored {
  /** The parts there are, in the order they are read. */
  readonly parts: readonly string[];
  /** Every span and log record once, as it was exported, a few thousand at a time; reading waits for `take`. */
  read(take: (records: StoredRecords) => Promise<void>): Promise<Coverage>;
}

interface Table {
  readonly table: 'spans' | 'logs';
  /** Twins in every column are alike, so that their order does not matter. */
  readonly order: string;
}

const TABLES: readonly Table[] = [
  { table: 'spans', order: 'trace_id, span_id, start_unix_nano, end_unix_nano, name' },
  { table: 'logs', order: 'trace_id, time_unix_nano, span_id, body' },
];

/**
 * Everything that a store, or one file, holds now. Constant memory.
 * @throws AgentlogError STORE_MISSING, STORE_UNREADABLE; DATABASE_MISSING when Parquet files are there and DuckDB is not.
 */
export async function openStored(path: string): Promise<Stored> {
  const snapshot = await takeSnapshot(path);
  const files = snapshot.files.filter(({ signal }) => signal !== 'metrics');
  const generation = snapshot.manifests.map(({ name }) => name).join('+');
  const tables = snapshot.manifests.length === 0 ? [] : TABLES;
  const partOf = ({ table }: Table): string => `parquet:${table}:${generation}`;
  return {
    parts: [...tables.map(partOf), ...files.map(({ name }) => unsealedName(name))],
    async read(take) {
      const tally = newTally();
      tally.skippedFileCount += snapshot.skippedCount;
      if (tables.length > 0) {
        await readHistory(snapshot, (table, records) => take({ part: partOf(table), records }));
      }
      for (const file of files) await readFile(file, path, take, tally);
      return tally;
    },
  };
}

async function readFile(
  file: StoreFile,
  place: string,
  take: (records: StoredRecords) => Promise<void>,
  tally: Tally,
): Promise<void> {
  const part = unsealedName(file.name);
  const hand = (lines: readonly DecodedLine[]): Promise<void> =>
    take({ part, records: lines.flatMap(recordsOf) });
  const goneBefore = tally.goneFileCount;
  let code = await streamLines(file, tally, hand);
  if (tally.goneFileCount > goneBefore) {
    // Its process has sealed it meanwhile: the same lines under another name. (A file that was begun stays readable.)
    tally.goneFileCount = goneBefore;
    const sealed = { ...file, name: `${file.name}.zst`, path: `${file.path}.zst` };
    code = await streamLines(sealed, tally, hand);
    if (tally.goneFileCount > goneBefore) code ??= 'ENOENT';
  }
  if (code !== undefined) throw unreadable(file.path === place ? place : file.path, code);
}

async function readHistory(
  snapshot: Snapshot,
  take: (table: Table, records: StoredRecord[]) => Promise<void>,
): Promise<void> {
  await askHistory(
    snapshot,
    async (database) => {
      for (const table of TABLES) {
        const hand = (rows: Rows): Promise<void> =>
          take(
            table,
            rows.table === 'spans'
              ? rows.items.map((span) => ({ span }))
              : rows.items.map((log) => ({ log })),
          );
        await streamRows(database, table.table, hand, table.order);
      }
      return { tally: newTally() };
    },
    async () => ({ tally: newTally() }),
    false,
  );
}

function recordsOf({ spans, logs }: DecodedLine): StoredRecord[] {
  return [...spans.map((span) => ({ span })), ...logs.map((log) => ({ log }))];
}
