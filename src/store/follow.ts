import { lstat, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { listFiles } from './files.ts';
import { GrowingFile } from './growing-file.ts';
import type { OnRecords } from './read-all.ts';

const POLL_MS = 200;
/** A file that has not grown for this long is looked at every few polls only. */
const COLD_MS = 30_000;
const COLD_POLLS = 10;

/**
 * What is appended to the files of a place from now on, until the signal; an empty call first says that it has begun. A file is known by its inode, so one that is
 * renamed is not read again, and what was written just before it went (sealed, compacted, rotated) is read to its end.
 * Polls five times a second: a watcher tells of a directory, not of what is appended where.
 * @throws AgentlogError STORE_MISSING, STORE_UNREADABLE at the start.
 */
export async function followStore(path: string, signal: AbortSignal, onRecords: OnRecords): Promise<void> {
  await listFiles(path);
  const isFile = (await stat(path)).isFile();
  const folder = isFile ? dirname(path) : path;
  const followed = new Map<string, GrowingFile>();
  const byName = new Map<string, string>();
  const look = async (isFirst: boolean, isThorough: boolean): Promise<void> => {
    const names = isFile ? [basename(path)] : await readdir(folder).catch(() => []);
    const seen = new Set<string>();
    for (const name of names.filter((each) => isFile || isHot(each))) {
      const known = followed.get(byName.get(name) ?? '');
      if (known !== undefined && !isThorough && Date.now() - known.grownMs > COLD_MS) {
        seen.add(byName.get(name) as string);
        continue;
      }
      const found = await lstat(join(folder, name)).catch(() => undefined);
      if (found === undefined || !found.isFile()) continue;
      const key = `${found.dev}:${found.ino}`;
      let file = followed.get(key);
      if (file === undefined) {
        file = await openFile(join(folder, name), isFirst);
        if (file === undefined) continue;
        followed.set(key, file);
      }
      byName.set(name, key);
      seen.add(key);
      await file.read(onRecords);
    }
    for (const [key, file] of followed) {
      if (seen.has(key)) continue;
      await file.read(onRecords);
      await file.close(onRecords);
      followed.delete(key);
    }
    for (const [name, key] of byName) if (!followed.has(key)) byName.delete(name);
  };
  try {
    for (let poll = 0; !signal.aborted; poll += 1) {
      await look(poll === 0, poll % COLD_POLLS === 0);
      if (poll === 0) await onRecords({ spans: [], logs: [] });
      await wait(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    for (const file of followed.values()) await file.close();
  }
}

/** Lines that are appended to: neither what is compressed nor our metrics. */
function isHot(name: string): boolean {
  return /\.jsonl?$/.test(name) && !name.endsWith('.metrics.jsonl');
}

async function openFile(path: string, isFromEnd: boolean): Promise<GrowingFile | undefined> {
  const handle = await open(path, 'r').catch(() => undefined);
  return handle === undefined ? undefined : GrowingFile.from(handle, isFromEnd);
}
