import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isProcessAlive } from '../../core/layout.ts';

const PREFIX = 'agentlog-duckdb-';
/** A process of another container looks dead from here; what it works in has been touched since. */
const ABANDONED_MS = 3_600_000;

/** Runs `work` with a private directory for what does not fit into memory. Those of readers that were killed go too. */
export async function withSpillDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  await removeAbandoned();
  const directory = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const pid = name.startsWith(PREFIX) ? Number(/^(\d+)-/.exec(name.slice(PREFIX.length))?.[1]) : Number.NaN;
    if (Number.isNaN(pid) || isProcessAlive(pid)) continue;
    const path = join(tmpdir(), name);
    try {
      const { uid, mtimeMs } = await lstat(path);
      const isAbandoned = uid === process.getuid?.() && Date.now() - mtimeMs > ABANDONED_MS;
      if (isAbandoned) await rm(path, { recursive: true, force: true });
    } catch {
      // Another reader was faster, or it is not ours: the question is answered without.
    }
  }
}
