import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentlogError } from '../../core/errors.ts';
import { FILE_MODE, isProcessAlive } from '../../core/layout.ts';

export const LOCK_NAME = 'lock';

/**
 * Runs `work` while no other process does the like on this folder. The lock of a process that is gone is taken over.
 * @throws AgentlogError STORE_BUSY; what `work` throws.
 */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, LOCK_NAME);
  if (!(await take(path)) && !((await isStale(path)) && (await remove(path)) && (await take(path)))) {
    throw new AgentlogError(
      'STORE_BUSY',
      `Another process is compacting this store. Wait for it; if there is none, delete \`${path}\`.`,
    );
  }
  try {
    return await work();
  } finally {
    await remove(path);
  }
}

/** Made whole and then linked into place: a lock is never there without the id of its process. */
async function take(path: string): Promise<boolean> {
  const draft = `${path}-${process.pid}`;
  await writeFile(draft, String(process.pid), { mode: FILE_MODE });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function isStale(path: string): Promise<boolean> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''));
  return !(pid > 0 && isProcessAlive(pid));
}

async function remove(path: string): Promise<boolean> {
  await rm(path, { force: true });
  return true;
}
