import { randomBytes } from 'node:crypto';
import { lstat, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { FILE_MODE, PARQUET_DIRECTORY } from '../../core/layout.ts';
import type { Window } from '../query/query.ts';

const VERSION = 2;
const NAME = /^\d{8}T\d{6}Z-[0-9a-f]{8}\.json$/;
const FILE_NAME = /^\d{8}T\d{6}Z-[0-9a-f]{8}\.(?:spans|logs)\.\d{1,6}\.parquet$/;
const IDS_NAME = /^\d{8}T\d{6}Z-[0-9a-f]{8}\.ids$/;
const SOURCE_NAME = /^[\w.-]{1,120}$/;

/** A Parquet file that a manifest names. */
export interface StoredFile {
  readonly name: string;
  readonly rowCount: number;
  readonly sizeBytes: number;
}

/**
 * What one compaction made of which files. Its appearing is the one instant at which the Parquet files begin to
 * count and the files they were made of cease to; whatever no manifest names is left over from a compaction that died.
 */
export interface Manifest {
  readonly name: string;
  readonly spans: readonly StoredFile[];
  readonly logs: readonly StoredFile[];
  /** The beginnings of the trace ids in these, so that a lookup need not open them; see `trace-ids.ts`. */
  readonly ids?: { readonly name: string; readonly sizeBytes: number };
  /** The files of the directory that are in these, by the name they had before they were sealed. */
  readonly sources: readonly string[];
  readonly sourceBytes: number;
  /** How much of each was read; absent when nothing was kept of what came later. */
  readonly sourceReadBytes?: readonly number[];
  /** Manifests that cease to count with the appearing of this one. */
  readonly replaces?: readonly string[];
  /** It holds the failed traces out of files that were pruned. */
  readonly isKept?: boolean;
  /** Decimal nanoseconds: start of the oldest and end of the newest span; absent without spans. */
  readonly oldestUnixNano?: string;
  readonly newestUnixNano?: string;
  /** Lines of the sources that held nothing readable. */
  readonly corruptLineCount: number;
  readonly tornLineCount: number;
}

/** A new name for a manifest, and so for its files; sorts by time. */
export function newManifestName(now: Date): string {
  const utc = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${utc}-${randomBytes(4).toString('hex')}.json`;
}

/** The name of one of the Parquet files that belong to a manifest. */
export function parquetName(manifestName: string, table: 'spans' | 'logs', index: number): string {
  return manifestName.replace(/\.json$/, `.${table}.${index}.parquet`);
}

/** The name of the file with its trace ids. */
export function idsName(manifestName: string): string {
  return manifestName.replace(/\.json$/, '.ids');
}

/** From the start of the oldest span to the end of the newest one. */
export function windowOf(manifest: Manifest): { oldestUnixNano?: bigint; newestUnixNano?: bigint } {
  const { oldestUnixNano: oldest, newestUnixNano: newest } = manifest;
  if (oldest === undefined || newest === undefined) return {};
  return { oldestUnixNano: BigInt(oldest), newestUnixNano: BigInt(newest) };
}

/** The manifests of which a span may have started in the window, the oldest first. */
export function startedIn(
  manifests: readonly Manifest[],
  { sinceUnixNano, untilUnixNano }: Window,
): readonly Manifest[] {
  const fitting = manifests.flatMap((manifest) => {
    const { oldestUnixNano: oldest, newestUnixNano: newest } = windowOf(manifest);
    if (oldest === undefined || newest === undefined) return [];
    const isTooOld = sinceUnixNano !== undefined && newest < sinceUnixNano;
    const isTooNew = untilUnixNano !== undefined && oldest >= untilUnixNano;
    return isTooOld || isTooNew ? [] : [{ manifest, oldest }];
  });
  return fitting.sort((a, b) => Number(a.oldest - b.oldest)).map(({ manifest }) => manifest);
}

/** The manifests with files of about so many spans in all, taken evenly; with every file when there are no more. */
export function sampleOf(manifests: readonly Manifest[], enough: number): readonly Manifest[] {
  const files = manifests.flatMap(({ spans }) => spans);
  const spanCount = files.reduce((sum, { rowCount }) => sum + rowCount, 0);
  if (spanCount <= enough) return manifests;
  const step = Math.min(files.length, spanCount / enough);
  const taken = new Set<StoredFile>();
  for (let at = step / 2; at < files.length; at += step) taken.add(files[Math.floor(at)] as StoredFile);
  return manifests.map((manifest) => ({
    ...manifest,
    spans: manifest.spans.filter((file) => taken.has(file)),
  }));
}

/** Every file of a manifest but itself. */
export function filesOf({ spans, logs, ids }: Manifest): string[] {
  return [...spans, ...logs, ...(ids ? [ids] : [])].map(({ name }) => name);
}

/** The manifests of a store in order of time; empty when it was never compacted. */
export async function readManifests(directory: string): Promise<readonly Manifest[]> {
  return (await listManifests(directory)).manifests;
}

export interface ManifestListing {
  readonly manifests: readonly Manifest[];
  /** Names of those that cannot be used: links, damage, a newer version's. What they stand for is missing. */
  readonly unread: readonly string[];
}

/** {@link readManifests} with what was passed over. */
export async function listManifests(directory: string): Promise<ManifestListing> {
  const folder = join(directory, PARQUET_DIRECTORY);
  const isFolder = await lstat(folder).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
  if (!isFolder) return { manifests: [], unread: [] };
  const entries = await readdir(folder, { withFileTypes: true });
  const links = new Set(entries.filter((entry) => !entry.isFile()).map(({ name }) => name));
  const names = entries.map(({ name }) => name).filter((name) => NAME.test(name));
  names.sort();
  const manifests = await Promise.all(names.map((name) => readManifest(folder, name, links)));
  const sound = manifests.filter((manifest) => manifest !== undefined);
  const replaced = new Set(sound.flatMap(({ replaces = [] }) => replaces));
  return {
    manifests: sound.filter(({ name }) => !replaced.has(name)),
    unread: names.filter((name, index) => manifests[index] === undefined && !replaced.has(name)),
  };
}

/** Makes the manifest appear, whole and for good: the files it names must be on disk. */
export async function publishManifest(directory: string, manifest: Manifest): Promise<void> {
  const folder = join(directory, PARQUET_DIRECTORY);
  const path = join(folder, manifest.name);
  const { name: _, ...content } = manifest;
  await writeDurably(`${path}.tmp`, `${JSON.stringify({ version: VERSION, ...content })}\n`);
  await rename(`${path}.tmp`, path);
  await syncFile(folder);
}

/** Waits until what was written to a file or directory is on the disk. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file that is whole and on the disk when this resolves. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(path, 'w', FILE_MODE);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Neither it nor a file it names may be a link: a copied or tampered store must not lead anywhere else. */
async function readManifest(
  folder: string,
  name: string,
  links: ReadonlySet<string>,
): Promise<Manifest | undefined> {
  try {
    if (links.has(name)) return undefined;
    const { version, ...content } = JSON.parse(await readFile(join(folder, name), 'utf8')) as Manifest & {
      version: number;
    };
    const manifest = { ...content, name };
    if (version !== VERSION || !isSound(manifest)) return undefined;
    return filesOf(manifest).some((file) => links.has(file)) ? undefined : manifest;
  } catch {
    return undefined;
  }
}

/** A copied or tampered store must not lead anywhere else: names are names, never paths. */
function isSound({ spans, logs, ids, sources, replaces = [] }: Manifest): boolean {
  return (
    [spans, logs, sources, replaces].every(Array.isArray) &&
    sources.every((name) => typeof name === 'string' && SOURCE_NAME.test(name)) &&
    [...spans, ...logs].every(({ name }) => FILE_NAME.test(name)) &&
    (ids === undefined || IDS_NAME.test(ids.name))
  );
}
