import { isProcessAlive, openFileNames, unsealedName } from '../core/layout.ts';
import { listFiles } from './files.ts';

/** Sealed files are about this much smaller than their lines. */
const SEALED_RATIO = 16;

/**
 * How many bytes of lines a compaction could take, roughly: no file is opened. 0 for what is no store.
 * @throws AgentlogError the STORE_ codes.
 */
export async function closedBytes(path: string): Promise<number> {
  const { files } = await listFiles(path);
  const names = files.map(({ name }) => name);
  const open = openFileNames(names, isProcessAlive, Date.now());
  return files
    .filter(({ name, signal }) => (signal === 'traces' || signal === 'logs') && !open.has(name))
    .reduce(
      (sum, { name, sizeBytes }) => sum + sizeBytes * (name === unsealedName(name) ? 1 : SEALED_RATIO),
      0,
    );
}
