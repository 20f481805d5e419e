import { chmod, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FILE_MODE } from '../../core/layout.ts';
import type { Database } from './database.ts';
import {
  idsName,
  type Manifest,
  newManifestName,
  parquetName,
  type StoredFile,
  syncFile,
  writeDurably,
} from './manifest.ts';
import { KEPT_DIGITS, packIds } from './trace-ids.ts';

/** Rows that take so much memory go into one Parquet file: sorting them takes as much again, and the database has 128 MB. */
const PIECE_BYTES = 48_000_000;

/** The Parquet files of one manifest while they are made: what is staged is cut off whenever it has grown to a file. */
export class Pieces {
  readonly #name = newManifestName(new Date());
  readonly #database: Database;
  readonly #folder: string;
  readonly #pieceBytes: number;
  readonly #files = { spans: [] as StoredFile[], logs: [] as StoredFile[] };
  readonly #ids = new Set<number>();

  constructor(database: Database, folder: string, pieceBytes: number = PIECE_BYTES) {
    this.#database = database;
    this.#folder = folder;
    this.#pieceBytes = pieceBytes;
  }

  get count(): number {
    return this.#files.spans.length + this.#files.logs.length;
  }

  isFull(): boolean {
    return this.#database.stagedBytes >= this.#pieceBytes;
  }

  /** Moves what is staged into a Parquet file a table, safe on the disk; no rows, no file. */
  async cut(): Promise<void> {
    for (const id of await this.#database.stagedIds(KEPT_DIGITS)) this.#ids.add(Number.parseInt(id, 16));
    for (const table of ['spans', 'logs'] as const) {
      const name = parquetName(this.#name, table, this.#files[table].length);
      const path = join(this.#folder, name);
      const rowCount = await this.#database.drainTo(table, path);
      if (rowCount === 0) continue;
      await chmod(path, FILE_MODE);
      await syncFile(path);
      this.#files[table].push({ name, rowCount, sizeBytes: (await stat(path)).size });
    }
  }

  /** Cuts off the rest. What the manifest says of its files. */
  async finish(): Promise<Pick<Manifest, 'name' | 'spans' | 'logs' | 'ids'>> {
    await this.cut();
    const { spans, logs } = this.#files;
    if (this.count === 0) return { name: this.#name, spans, logs };
    const name = idsName(this.#name);
    const bytes = packIds(this.#ids);
    await writeDurably(join(this.#folder, name), bytes);
    return { name: this.#name, spans, logs, ids: { name, sizeBytes: bytes.length } };
  }

  /** As if nothing had been staged or cut. */
  async discard(): Promise<void> {
    await this.#database.forget();
    for (const file of [...this.#files.spans.splice(0), ...this.#files.logs.splice(0)])
      await rm(join(this.#folder, file.name), { force: true });
    this.#ids.clear();
  }
}
