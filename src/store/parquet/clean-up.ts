import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SEALED_SUFFIX, sidecarName, unsealedName } from '../../core/layout.ts';
import { LOCK_NAME } from './lock.ts';
import { readManifests } from './manifest.ts';

/** In whichever form it is there: a writer may seal it while it is compacted. */
export async function removeSource(directory: string, name: string): Promise<void> {
  for (const each of [name, name + SEALED_SUFFIX, sidecarName(name)])
    await rm(join(directory, each), { force: true });
}

/**
 * Finishes what a compaction that died left behind: files it had published are removed, unpublished Parquet too.
 * Returns the names that manifests already hold.
 */
export async function cleanUp(directory: string, folder: string): Promise<Set<string>> {
  const manifests = await readManifests(directory);
  const sources = new Set(manifests.flatMap((manifest) => manifest.sources));
  for (const name of await readdir(directory)) {
    const source = unsealedName(name.replace(/\.idx$/, ''));
    if (sources.has(source)) await removeSource(directory, source);
  }
  const named = new Set(manifests.flatMap(({ name, spans, logs }) => [name, spans?.name, logs?.name]));
  for (const name of await readdir(folder)) {
    if (!named.has(name) && name !== LOCK_NAME)
      await rm(join(folder, name), { recursive: true, force: true });
  }
  return sources;
}
