import { lstat, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sidecarName, unsealedName } from '../core/layout.ts';
import { mayHoldTrace, readSidecar, type Sidecar } from '../core/sidecar.ts';
import type { StoreFile } from './files.ts';

/** A million trace ids; a larger file is none of ours. */
const LIMIT_BYTES = 8 * 1024 * 1024;

/** What is known of a sealed file without opening it; undefined when nothing can be relied on: then it is read. */
export async function sidecarOf({ path, name, sizeBytes }: StoreFile): Promise<Sidecar | undefined> {
  if (unsealedName(name) === name) return undefined;
  try {
    const place = join(dirname(path), sidecarName(name));
    const entry = await lstat(place);
    if (!entry.isFile() || entry.size > LIMIT_BYTES) return undefined;
    const sidecar = readSidecar(await readFile(place, 'utf8'));
    return sidecar?.sealedBytes === sizeBytes ? sidecar : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a trace whose id begins with this (at least 8 hex digits) may be in a file. */
export async function mayHold(file: StoreFile, prefix: string): Promise<boolean> {
  const sidecar = await sidecarOf(file);
  return sidecar === undefined || mayHoldTrace(sidecar, prefix);
}
