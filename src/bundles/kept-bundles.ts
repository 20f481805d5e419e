import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isBundleName } from './bundle-name.ts';

/** A bundle that was written to a folder. */
export interface KeptBundle {
  readonly name: string;
  readonly path: string;
  /** Plain files in it, by name. */
  readonly files: readonly { readonly name: string; readonly sizeBytes: number }[];
  readonly sizeBytes: number;
  /** Its manifest; undefined where there is none that can be read. */
  readonly manifest: Readonly<Record<string, unknown>> | undefined;
}

/** A manifest is small; anything larger is none of ours. */
const MAX_MANIFEST_BYTES = 1_048_576;

/**
 * The bundles in a directory, the newest incident first; none for a directory that is not there. Folders of other
 * names, links and files are passed over. Never throws for what is inside a folder.
 */
export async function keptBundles(directory: string): Promise<KeptBundle[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isDirectory() && isBundleName(entry.name))
    .map(({ name }) => name);
  const found = await Promise.all(
    names
      .sort()
      .reverse()
      .map((name) => read(directory, name)),
  );
  return found;
}

async function read(directory: string, name: string): Promise<KeptBundle> {
  const path = join(directory, name);
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const plain = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  const files = await Promise.all(
    plain.sort().map(async (file) => {
      const found = await lstat(join(path, file)).catch(() => undefined);
      return { name: file, sizeBytes: found?.size ?? 0 };
    }),
  );
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return { name, path, files, sizeBytes, manifest: await readManifest(path, files) };
}

async function readManifest(path: string, files: KeptBundle['files']): Promise<KeptBundle['manifest']> {
  const manifest = files.find(({ name }) => name === 'manifest.json');
  if (manifest === undefined || manifest.sizeBytes > MAX_MANIFEST_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(await readFile(join(path, manifest.name), 'utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
