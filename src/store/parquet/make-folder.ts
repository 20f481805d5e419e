import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentlogError } from '../../core/errors.ts';
import { DIRECTORY_MODE, PARQUET_DIRECTORY } from '../../core/layout.ts';

/**
 * The folder of a store's Parquet files, made if it is not there.
 * @throws AgentlogError STORE_UNREADABLE when it is a link: it may lead out of the store.
 */
export async function makeFolder(directory: string): Promise<string> {
  const folder = join(directory, PARQUET_DIRECTORY);
  await mkdir(folder, { recursive: true, mode: DIRECTORY_MODE }).catch(() => undefined);
  const entry = await lstat(folder).catch(() => undefined);
  if (entry?.isDirectory()) return folder;
  throw new AgentlogError(
    'STORE_UNREADABLE',
    `\`${folder}\` is not a directory of its own, so nothing is written there. Remove it.`,
  );
}
