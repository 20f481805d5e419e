import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { DIRECTORY_MODE, isProcessAlive, openFileNames, unsealedName } from '../../core/layout.ts';
import { listFiles, type StoreFile } from '../files.ts';
import { Batch, COUNTS } from './batch.ts';
import { cleanUp } from './clean-up.ts';
import { Database } from './database.ts';
import { addFiles } from './history.ts';
import { withLock } from './lock.ts';
import { makeFolder } from './make-folder.ts';
import { publishManifest } from './manifest.ts';
import { removeSource } from './remove-source.ts';

const TEMPORARY_PREFIX = 'tmp-';
/** Otherwise V8 grows what new objects are in to 128 MB, a quarter of all that the reader may take, to be 8 % faster. */
const SMALL_YOUNG_GENERATION = '--semi-space-growth-factor=1';

export interface CompactOptions {
  /** Called after each file, with bytes of the files read so far and in all. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** Files of so many bytes go into one manifest, also when they hold few records. */
  readonly batchBytes?: number;
  /** Rows that take so much memory go into one Parquet file. Default 48 MB. */
  readonly pieceBytes?: number;
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
 * About 30 µs a span; memory is bounded by the database's limit, about 400 MB in all. Works for a process that does
 * little else: V8 is told to keep its young generation small.
 * @throws AgentlogError DATABASE_MISSING; STORE_BUSY when another process compacts this store; the STORE_ codes.
 */
export async function compactStore(directory: string, options: CompactOptions = {}): Promise<Compaction> {
  const folder = await makeFolder(directory);
  setFlagsFromString(SMALL_YOUNG_GENERATION);
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
    const database = await Database.open(folder, temporary, 1);
    try {
      const work = new Work(directory, folder, database, options.pieceBytes);
      let doneBytes = 0;
      for (const file of closed) {
        await work.take(file);
        doneBytes += file.sizeBytes;
        options.onProgress?.(doneBytes, total);
        const isLarge = work.pendingBytes >= (options.batchBytes ?? Number.POSITIVE_INFINITY);
        if (isLarge || work.isFull) await work.publish();
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
  readonly #pieceBytes: number | undefined;
  #batch: Batch;

  constructor(directory: string, folder: string, database: Database, pieceBytes: number | undefined) {
    this.#directory = directory;
    this.#folder = folder;
    this.#database = database;
    this.#pieceBytes = pieceBytes;
    this.#batch = this.#newBatch();
  }

  get pendingBytes(): number {
    return this.#batch.sourceBytes;
  }

  get isFull(): boolean {
    return this.#batch.pieces.count > 0 || this.#batch.pieces.isFull();
  }

  /** All of a file or nothing of it. */
  async take(file: StoreFile): Promise<void> {
    const { pieces, files } = this.#batch;
    const countBefore = pieces.count;
    const undo = await this.#database.mark();
    const onStaged = async (): Promise<void> => {
      if (pieces.isFull()) await pieces.cut();
    };
    const tally = await addFiles(this.#database, [file], { onStaged });
    const isWhole = tally.fileCount === 1 && tally.longLineCount === 0 && tally.damagedFileCount === 0;
    if (isWhole) this.#batch.add(file, tally);
    else if (pieces.count === countBefore) await undo();
    else {
      // Part of it is in Parquet files together with what was staged before: these are made again without it.
      await pieces.discard();
      this.#batch = this.#newBatch();
      for (const each of files) await this.take(each);
    }
  }

  async publish(): Promise<void> {
    if (this.#batch.files.length === 0) return;
    const manifest = await this.#batch.manifest();
    await publishManifest(this.#directory, manifest);
    const { sources, sourceReadBytes = [], spans, logs } = manifest;
    for (const [index, source] of sources.entries()) {
      await removeSource(this.#directory, source, sourceReadBytes[index]);
    }
    this.done.fileCount += sources.length;
    this.done.sourceBytes += manifest.sourceBytes;
    for (const { sizeBytes } of [...spans, ...logs]) this.done.parquetBytes += sizeBytes;
    for (const key of COUNTS) this.done[key] += this.#batch.tally[key];
    this.#batch = this.#newBatch();
  }

  #newBatch(): Batch {
    return new Batch(this.#database, this.#folder, this.#pieceBytes);
  }
}
