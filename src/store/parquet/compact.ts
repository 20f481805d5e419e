import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DIRECTORY_MODE, isProcessAlive, openFileNames, unsealedName } from '../../core/layout.ts';
import { newTally, type Tally } from '../coverage.ts';
import { listFiles, type StoreFile } from '../files.ts';
import { cleanUp } from './clean-up.ts';
import { Database } from './database.ts';
import { addFiles } from './history.ts';
import { withLock } from './lock.ts';
import { makeFolder } from './make-folder.ts';
import { type Manifest, newManifestName, publishManifest } from './manifest.ts';
import { removeSource } from './remove-source.ts';
import { storeTable } from './store-table.ts';

/** Files of about so many records in all go into one Parquet file: sorting more takes more memory than the database has. */
const BATCH_RECORDS = 80_000;
const TEMPORARY_PREFIX = 'tmp-';

export interface CompactOptions {
  /** Called after each file, with bytes of the files read so far and in all. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** Files of so many bytes go into one Parquet file, also when they hold few records. */
  readonly batchBytes?: number;
}

export interface Compaction {
  readonly fileCount: number;
  readonly spanCount: number;
  readonly logCount: number;
  /** Of the files that were read, and of the Parquet files made of them. */
  readonly sourceBytes: number;
  readonly parquetBytes: number;
  /** Files left as they are: a living process writes them, they cannot be read in full, or hold lines over 32 MiB. */
  readonly leftFileCount: number;
  readonly corruptLineCount: number;
  readonly tornLineCount: number;
}

/**
 * Makes Parquet of the closed files of a store. Apps may go on writing and readers reading: a file counts either by
 * itself or by the Parquet file it went into, never both, also when this process is killed at any instant.
 *
 * About 20 µs a span; memory is bounded by the database's limit.
 * @throws AgentlogError DATABASE_MISSING; STORE_BUSY when another process compacts this store; the STORE_ codes.
 */
export async function compactStore(directory: string, options: CompactOptions = {}): Promise<Compaction> {
  const folder = await makeFolder(directory);
  return withLock(folder, async () => {
    const kept = await cleanUp(directory, folder);
    const { files } = await listFiles(directory);
    const open = openFileNames(
      files.map(({ name }) => name),
      isProcessAlive,
      Date.now(),
    );
    const candidates = files.filter(
      ({ name, signal }) => signal !== undefined && signal !== 'metrics' && !kept.has(unsealedName(name)),
    );
    const closed = candidates.filter(({ name }) => !open.has(name));
    const total = closed.reduce((sum, file) => sum + file.sizeBytes, 0);
    const temporary = join(folder, `${TEMPORARY_PREFIX}${process.pid}`);
    await mkdir(temporary, { recursive: true, mode: DIRECTORY_MODE });
    const database = await Database.open(folder, temporary);
    try {
      const work = new Work(directory, folder, database);
      let doneBytes = 0;
      for (const file of closed) {
        await work.take(file);
        doneBytes += file.sizeBytes;
        options.onProgress?.(doneBytes, total);
        const isLarge = work.pendingBytes >= (options.batchBytes ?? Number.POSITIVE_INFINITY);
        if (isLarge || work.pendingRecords >= BATCH_RECORDS) await work.publish();
      }
      await work.publish();
      return { ...work.done, leftFileCount: candidates.length - work.done.fileCount };
    } finally {
      database.close();
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

/** Files taken into the database and not yet published. */
class Work {
  readonly done = {
    fileCount: 0,
    spanCount: 0,
    logCount: 0,
    sourceBytes: 0,
    parquetBytes: 0,
    corruptLineCount: 0,
    tornLineCount: 0,
  };
  readonly #directory: string;
  readonly #folder: string;
  readonly #database: Database;
  #files: StoreFile[] = [];
  #readBytes: number[] = [];
  #tally: Tally = newTally();

  constructor(directory: string, folder: string, database: Database) {
    this.#directory = directory;
    this.#folder = folder;
    this.#database = database;
  }

  get pendingBytes(): number {
    return this.#files.reduce((sum, file) => sum + file.sizeBytes, 0);
  }

  get pendingRecords(): number {
    return this.#tally.spanCount + this.#tally.logCount;
  }

  /** All of a file or nothing of it. */
  async take(file: StoreFile): Promise<void> {
    await this.#database.run('BEGIN');
    const tally = await addFiles(this.#database, [file]);
    const isWhole = tally.fileCount === 1 && tally.longLineCount === 0 && tally.damagedFileCount === 0;
    await this.#database.run(isWhole ? 'COMMIT' : 'ROLLBACK');
    if (!isWhole) return;
    this.#files.push(file);
    // Nothing comes into a sealed file any more, and what lies beside it is the same.
    const isSealed = unsealedName(file.name) !== file.name;
    this.#readBytes.push(isSealed ? Number.MAX_SAFE_INTEGER : tally.sizeBytes);
    for (const key of ['spanCount', 'logCount', 'corruptLineCount', 'tornLineCount'] as const)
      this.#tally[key] += tally[key];
    for (const time of [tally.oldestUnixNano, tally.newestUnixNano]) {
      if (time === undefined) continue;
      if (this.#tally.oldestUnixNano === undefined || time < this.#tally.oldestUnixNano)
        this.#tally.oldestUnixNano = time;
      if (this.#tally.newestUnixNano === undefined || time > this.#tally.newestUnixNano)
        this.#tally.newestUnixNano = time;
    }
  }

  async publish(): Promise<void> {
    if (this.#files.length === 0) return;
    const name = newManifestName(new Date());
    const { spanCount, logCount, corruptLineCount, tornLineCount, oldestUnixNano, newestUnixNano } =
      this.#tally;
    const spans = await storeTable(this.#database, this.#folder, name, 'spans', spanCount);
    const logs = await storeTable(this.#database, this.#folder, name, 'logs', logCount);
    const manifest: Manifest = {
      name,
      ...(spans && { spans }),
      ...(logs && { logs }),
      sources: this.#files.map((file) => unsealedName(file.name)),
      sourceBytes: this.pendingBytes,
      sourceReadBytes: this.#readBytes,
      ...(oldestUnixNano !== undefined && { oldestUnixNano: String(oldestUnixNano) }),
      ...(newestUnixNano !== undefined && { newestUnixNano: String(newestUnixNano) }),
      corruptLineCount,
      tornLineCount,
    };
    await publishManifest(this.#directory, manifest);
    for (const [index, source] of manifest.sources.entries()) {
      await removeSource(this.#directory, source, this.#readBytes[index]);
    }
    this.done.fileCount += this.#files.length;
    this.done.sourceBytes += this.pendingBytes;
    this.done.parquetBytes += (spans?.sizeBytes ?? 0) + (logs?.sizeBytes ?? 0);
    for (const key of ['spanCount', 'logCount', 'corruptLineCount', 'tornLineCount'] as const)
      this.done[key] += this.#tally[key];
    this.#files = [];
    this.#readBytes = [];
    this.#tally = newTally();
  }
}
