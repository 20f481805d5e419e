import { randomBytes } from 'node:crypto';
import { lstat, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { FILE_MODE, PARQUET_DIRECTORY } from '../../core/layout.ts';

const VERSION = 1;
const NAME = /^\d{8}T\d{6}Z-[0-9a-f]{8}\.json$/;
const FILE_NAME = /^\d{8}T\d{6}Z-[0-9a-f]{8}\.(?:spans|logs)\.parquet$/;
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
  readonly spans?: StoredFile;
  readonly logs?: StoredFile;
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

/** The name of the Parquet file that belongs to a manifest. */
export function parquetName(manifestName: string, table: 'spans' | 'logs'): string {
  return manifestName.replace(/\.json$/, `.${table}.parquet`);
}

/** The manifests of a store in order of time; empty when it was never compacted. Links and what is no manifest are passed over. */
export async function readManifests(directory: string): Promise<Manifest[]> {
  const folder = join(directory, PARQUET_DIRECTORY);
  const isFolder = await lstat(folder).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
  if (!isFolder) return [];
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  const manifests = await Promise.all(names.map((name) => readManifest(folder, name)));
  const sound = manifests.filter((manifest) => manifest !== undefined);
  const replaced = new Set(sound.flatMap(({ replaces = [] }) => replaces));
  return sound.filter(({ name }) => !replaced.has(name));
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

async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'w', FILE_MODE);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readManifest(folder: string, name: string): Promise<Manifest | undefined> {
  try {
    const path = join(folder, name);
    if (!(await lstat(path)).isFile()) return undefined;
    const { version, ...content } = JSON.parse(await readFile(path, 'utf8')) as Manifest & {
      version: number;
    };
    const manifest = { ...content, name };
    if (version !== VERSION || !isSound(manifest)) return undefined;
    return (await hasLinks(folder, manifest)) ? undefined : manifest;
  } catch {
    return undefined;
  }
}

async function hasLinks(folder: string, { spans, logs }: Manifest): Promise<boolean> {
  for (const file of [spans, logs]) {
    const entry = file && (await lstat(join(folder, file.name)).catch(() => undefined));
    if (entry !== undefined && !entry.isFile()) return true;
  }
  return false;
}

/** A copied or tampered store must not lead anywhere else: names are names, never paths. */
function isSound({ spans, logs, sources, replaces = [] }: Manifest): boolean {
  const files = [spans, logs].filter((file) => file !== undefined);
  return (
    Array.isArray(sources) &&
    Array.isArray(replaces) &&
    sources.every((name) => typeof name === 'string' && SOURCE_NAME.test(name)) &&
    files.every((file) => FILE_NAME.test(file.name))
  );
}
