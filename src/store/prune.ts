import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentlogError } from '../core/errors.ts';
import {
  isProcessAlive,
  openFileNames,
  PARQUET_DIRECTORY,
  sidecarName,
  unsealedName,
} from '../core/layout.ts';
import { listFiles, type StoreFile } from './files.ts';
import { cleanUp } from './parquet/clean-up.ts';
import { withLock } from './parquet/lock.ts';
import { makeFolder } from './parquet/make-folder.ts';
import { filesOf, type Manifest, readManifests } from './parquet/manifest.ts';
import { removeSource } from './parquet/remove-source.ts';

export interface PruneOptions {
  /** What was last written before this goes; ms since the epoch. */
  readonly olderThanMs?: number;
  /** The oldest goes until the store is no larger. */
  readonly maxBytes?: number;
  /** Traces with a failed span go to Parquet before their files go, and stay. Needs DuckDB. */
  readonly keepErrors?: boolean;
  /** Says what would go and touches nothing. */
  readonly dryRun?: boolean;
  /** Called with how many of the doomed are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A file, or a Parquet pair, that goes. */
export interface Doomed {
  readonly name: string;
  readonly sizeBytes: number;
  readonly why: 'age' | 'size';
}

export interface Pruning {
  readonly removed: readonly Doomed[];
  readonly removedBytes: number;
  /** What the store holds afterwards, kept traces included. */
  readonly leftBytes: number;
  /** Traces with errors that were kept, and the spans of them. */
  readonly keptTraceCount: number;
  readonly keptSpanCount: number;
}

interface Candidate {
  readonly name: string;
  readonly sizeBytes: number;
  readonly writtenMs: number;
  /** Never goes: open, or kept errors while errors are kept. */
  readonly isSafe: boolean;
  readonly file?: StoreFile;
  readonly manifest?: Manifest;
}

/**
 * Removes the oldest telemetry of a store: files of ours that are closed, and compacted history. What a living process
 * writes, and files of other names, stay. Whoever reads meanwhile gets an answer from before or after.
 * @throws AgentlogError DATABASE_MISSING for `keepErrors`; STORE_BUSY beside a compaction; the STORE_ codes.
 */
export async function pruneStore(directory: string, options: PruneOptions): Promise<Pruning> {
  const { files } = await listFiles(directory);
  if ((await lstat(directory)).isFile()) {
    throw new AgentlogError('USAGE', 'Expected a directory `.agentlog` to prune, got a file.');
  }
  if (options.dryRun) return plan(directory, files, options).then(({ pruning }) => pruning);
  const folder = await makeFolder(directory);
  return withLock(folder, async () => {
    await cleanUp(directory, folder);
    const { doomed, pruning } = await plan(directory, (await listFiles(directory)).files, options);
    const kept =
      options.keepErrors && doomed.length > 0
        ? await (await import('./parquet/keep-errors.ts')).keepErrors(directory, {
            files: doomed.flatMap(({ file }) => file ?? []),
            manifests: doomed.flatMap(({ manifest }) => manifest ?? []),
          })
        : { traceCount: 0, spanCount: 0, sizeBytes: 0 };
    for (const [index, { file, manifest }] of doomed.entries()) {
      if (file !== undefined) await removeSource(directory, unsealedName(file.name));
      if (manifest !== undefined) await removeManifest(folder, manifest);
      options.onProgress?.(index + 1, doomed.length);
    }
    return {
      ...pruning,
      leftBytes: pruning.leftBytes + kept.sizeBytes,
      keptTraceCount: kept.traceCount,
      keptSpanCount: kept.spanCount,
    };
  });
}

/** The manifest first: without it the Parquet files no longer count. */
async function removeManifest(folder: string, manifest: Manifest): Promise<void> {
  for (const each of [manifest.name, ...filesOf(manifest)]) await rm(join(folder, each), { force: true });
}

async function plan(
  directory: string,
  files: readonly StoreFile[],
  options: PruneOptions,
): Promise<{ doomed: Candidate[]; pruning: Pruning }> {
  const candidates = await candidatesOf(directory, files, options.keepErrors === true);
  let leftBytes = candidates.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const doomed: Candidate[] = [];
  const removed: Doomed[] = [];
  for (const candidate of candidates) {
    const { name, sizeBytes, writtenMs, isSafe } = candidate;
    const isTooOld = options.olderThanMs !== undefined && writtenMs < options.olderThanMs;
    const isTooMuch = options.maxBytes !== undefined && leftBytes > options.maxBytes;
    if (isSafe || !(isTooOld || isTooMuch)) continue;
    leftBytes -= sizeBytes;
    doomed.push(candidate);
    removed.push({ name, sizeBytes, why: isTooOld ? 'age' : 'size' });
  }
  const removedBytes = removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { doomed, pruning: { removed, removedBytes, leftBytes, keptTraceCount: 0, keptSpanCount: 0 } };
}

/** Oldest first. */
async function candidatesOf(
  directory: string,
  files: readonly StoreFile[],
  keepsErrors: boolean,
): Promise<Candidate[]> {
  const manifests = await readManifests(directory);
  const compacted = new Set(manifests.flatMap(({ sources }) => sources));
  const open = openFileNames(
    files.map(({ name }) => name),
    isProcessAlive,
    Date.now(),
  );
  const ours = files.filter(({ name, signal }) => signal !== undefined && !compacted.has(unsealedName(name)));
  const candidates = await Promise.all(
    ours.map(async (file): Promise<Candidate> => {
      const sidecar = await lstat(join(directory, sidecarName(file.name))).catch(() => undefined);
      const sizeBytes = file.sizeBytes + (sidecar?.size ?? 0);
      return { name: file.name, sizeBytes, writtenMs: file.modifiedMs, isSafe: open.has(file.name), file };
    }),
  );
  const stored = manifests.map((manifest): Candidate => {
    const { name, spans, logs, isKept } = manifest;
    const sizeBytes = [...spans, ...logs].reduce((sum, file) => sum + file.sizeBytes, 0);
    return {
      name: `${PARQUET_DIRECTORY}/${name.replace(/\.json$/, '')}`,
      sizeBytes,
      writtenMs: writtenMsOf(manifest),
      isSafe: keepsErrors && isKept === true,
      manifest,
    };
  });
  return [...candidates, ...stored].sort((a, b) => a.writtenMs - b.writtenMs || (a.name < b.name ? -1 : 1));
}

/** The end of its newest span; of log records alone, when it was made. */
function writtenMsOf({ name, newestUnixNano }: Manifest): number {
  if (newestUnixNano !== undefined) return Number(BigInt(newestUnixNano) / 1_000_000n);
  const [, date = '', time = ''] = /^(\d{8})T(\d{6})Z/.exec(name) ?? [];
  const iso = `${date.replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3')}T${time.replace(/(\d\d)(\d\d)(\d\d)/, '$1:$2:$3')}Z`;
  return Date.parse(iso);
}
