import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from './database.ts';
import { parquetName, type StoredFile, syncFile } from './manifest.ts';

/** Moves the rows of the database into a Parquet file that belongs to a manifest, safe on the disk; no rows, no file. */
export async function storeTable(
  database: Database,
  folder: string,
  manifestName: string,
  table: 'spans' | 'logs',
  rowCount: number,
): Promise<StoredFile | undefined> {
  if (rowCount === 0) return undefined;
  const name = parquetName(manifestName, table);
  const path = join(folder, name);
  await database.drainTo(table, path);
  await syncFile(path);
  return { name, rowCount, sizeBytes: (await stat(path)).size };
}
