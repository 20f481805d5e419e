import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentlogError } from '../../core/errors.ts';
import { FILE_MODE, isProcessAlive } from '../../core/layout.ts';

export const LOCK_NAME = 'lock';
/** A lock without a process id is being written, or its writer died just then. */
const EMPTY_LOCK_MS = 5_000;

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

async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx', mode: FILE_MODE });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''));
  if (pid > 0) return !isProcessAlive(pid);
  const found = await stat(path).catch(() => undefined);
  return found === undefined || Date.now() - found.mtimeMs > EMPTY_LOCK_MS;
}

async function remove(path: string): Promise<boolean> {
  await rm(path, { force: true });
  return true;
}
