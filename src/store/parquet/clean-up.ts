import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unsealedName } from '../../core/layout.ts';
import { LOCK_NAME } from './lock.ts';
import { filesOf, listManifests } from './manifest.ts';
import { removeSource } from './remove-source.ts';

/**
 * Finishes what a compaction that died left behind: files it had published are removed, unpublished Parquet too.
 * Returns the names that manifests already hold.
 */
export async function cleanUp(directory: string, folder: string): Promise<Set<string>> {
  const { manifests, unread } = await listManifests(directory);
  const readBytes = new Map<string, number | undefined>();
  for (const { sources, sourceReadBytes } of manifests) {
    for (const [index, source] of sources.entries()) readBytes.set(source, sourceReadBytes?.[index]);
  }
  for (const name of await readdir(directory)) {
    const source = unsealedName(name.replace(/\.idx$/, ''));
    if (readBytes.has(source)) await removeSource(directory, source, readBytes.get(source));
  }
  const named = new Set(manifests.flatMap((manifest) => [manifest.name, ...filesOf(manifest)]));
  for (const name of await readdir(folder)) {
    // A newer version may have written what cannot be read here.
    const isUnread = unread.some((each) => name.startsWith(each.slice(0, -'json'.length)));
    if (!named.has(name) && !isUnread && name !== LOCK_NAME)
      await rm(join(folder, name), { recursive: true, force: true });
  }
  return new Set(readBytes.keys());
}
