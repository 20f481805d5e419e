import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `task` while nobody else on this machine, in this process or another, runs one under the same lock file.
 *
 * The file holds the pid of its owner; the lock of an owner that died is taken over. (Two that wait may both take
 * over at the same instant; a task must stay right then, only slower.)
 */
export async function withLock<T>(path: string, task: () => Promise<T>): Promise<T> {
  const mine = `${path}.${process.pid}-${randomUUID()}`;
  writeFileSync(mine, String(process.pid));
  try {
    while (!tryLink(mine, path)) {
      if (!isAlive(ownerOf(path))) rmSync(path, { force: true });
      else await sleep(500);
    }
    try {
      return await task();
    } finally {
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** A link appears with its content or not at all, unlike a file that is created and then written. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when the lock has just been given back. */
function ownerOf(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
