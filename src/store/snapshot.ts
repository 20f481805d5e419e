import { lstat } from 'node:fs/promises';
import { AgentlogError } from '../core/errors.ts';
import { unsealedName } from '../core/layout.ts';
import type { Tally } from './coverage.ts';
import { listFiles, type StoreFile } from './files.ts';
import type { Database } from './parquet/database.ts';
import type { Manifest } from './parquet/manifest.ts';

/** How often a question is asked because files went while it was answered: a compaction took them, each time fewer are left. */
const ATTEMPTS = 20;

/** What a place holds at one instant: each line either in a file or in the Parquet file it went into, never in both. */
export interface Snapshot {
  readonly path: string;
  readonly files: readonly StoreFile[];
  readonly skippedCount: number;
  /** Empty for what is no store, or was never compacted. */
  readonly manifests: readonly Manifest[];
}

/** What an answer must say for {@link askStore} to know whether it is whole. */
interface Counted {
  readonly tally: Tally;
}

/**
 * Answers a question from one snapshot, and again from a new one when files went meanwhile.
 * @throws AgentlogError STORE_MISSING, STORE_UNREADABLE; what `ask` throws.
 */
export async function askStore<T extends Counted>(
  path: string,
  ask: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const snapshot = await takeSnapshot(path);
    try {
      const answer = await ask(snapshot);
      answer.tally.skippedFileCount += snapshot.skippedCount;
      if (answer.tally.goneFileCount === 0 || attempt === ATTEMPTS) return answer;
    } catch (error) {
      // Pruning removes Parquet files, and DuckDB fails when one goes: a new snapshot is without it.
      const hasFailed = error instanceof AgentlogError && error.code === 'DATABASE_FAILED';
      const isGone = hasFailed && (await haveChanged(path, snapshot));
      if (!isGone || attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Answers from the Parquet files, or without them where DuckDB is not installed: then the tally names the package.
 * @throws AgentlogError DATABASE_MISSING in that case when part of an answer is no answer; what the two throw.
 */
export async function askHistory<T extends Counted>(
  { path, manifests }: Snapshot,
  withDatabase: (database: Database) => Promise<T>,
  withoutDatabase: () => Promise<T>,
  isPartUseful = true,
): Promise<T> {
  if (manifests.length === 0) return withoutDatabase();
  const { addManifests, withHistory } = await import('./parquet/history.ts');
  try {
    const answer = await withHistory(path, manifests, withDatabase);
    addManifests(answer.tally, manifests);
    return answer;
  } catch (error) {
    if (!(error instanceof AgentlogError) || error.code !== 'DATABASE_MISSING' || !isPartUseful) throw error;
    const answer = await withoutDatabase();
    answer.tally.missingPackage = '@duckdb/node-api';
    answer.tally.skippedFileCount += manifests.length;
    return answer;
  }
}

async function haveChanged(path: string, { manifests }: Snapshot): Promise<boolean> {
  const names = ({ manifests: list }: { manifests: readonly Manifest[] }): string =>
    list.map(({ name }) => name).join();
  return names(await takeSnapshot(path)) !== names({ manifests });
}

/** The files are listed before the manifests: a compaction that ends between the two hides what was listed. */
export async function takeSnapshot(path: string): Promise<Snapshot> {
  const { files, skippedCount } = await listFiles(path);
  const isDirectory = (await lstat(path).catch(() => undefined))?.isDirectory() === true;
  const { manifests, unread } = isDirectory
    ? await (await import('./parquet/manifest.ts')).listManifests(path)
    : { manifests: [], unread: [] };
  const compacted = new Set(manifests.flatMap(({ sources }) => sources));
  return {
    path,
    files: files.filter(({ name }) => !compacted.has(unsealedName(name))),
    skippedCount: skippedCount + unread.length,
    manifests,
  };
}
