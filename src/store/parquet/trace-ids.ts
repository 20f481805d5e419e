import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { PARQUET_DIRECTORY } from '../../core/layout.ts';
import type { Manifest } from './manifest.ts';

/** Hex digits of an id that are kept: as many as the shortest prefix that can be asked for. */
export const KEPT_DIGITS = 8;
const WORD_BYTES = 4;

/** The beginnings of trace ids as bytes: sorted, little-endian, with a checksum at the end. */
export function packIds(beginnings: Iterable<number>): Buffer {
  const sorted = Uint32Array.from(beginnings).sort();
  const bytes = Buffer.alloc((sorted.length + 1) * WORD_BYTES);
  for (const [index, word] of sorted.entries()) bytes.writeUInt32LE(word, index * WORD_BYTES);
  const end = sorted.length * WORD_BYTES;
  bytes.writeUInt32LE(crc32(bytes.subarray(0, end)), end);
  return bytes;
}

/** The manifests whose Parquet files may hold a trace whose id begins with this; all whose ids cannot be relied on. */
export async function manifestsWith(
  directory: string,
  manifests: readonly Manifest[],
  prefix: string,
): Promise<Manifest[]> {
  const wanted = prefix.length < KEPT_DIGITS ? undefined : Number.parseInt(prefix.slice(0, KEPT_DIGITS), 16);
  const answers = await Promise.all(
    manifests.map(async ({ ids }) => {
      if (ids === undefined || wanted === undefined) return true;
      const bytes = await readIds(join(directory, PARQUET_DIRECTORY, ids.name), ids.sizeBytes);
      return bytes === undefined || holds(bytes, wanted);
    }),
  );
  return manifests.filter((_, index) => answers[index]);
}

/** Undefined unless every byte is as it was written: a wrong one would hide traces. */
async function readIds(path: string, sizeBytes: number): Promise<Buffer | undefined> {
  try {
    const entry = await lstat(path);
    if (!entry.isFile() || entry.size !== sizeBytes) return undefined;
    const bytes = await readFile(path);
    const end = bytes.length - WORD_BYTES;
    return bytes.readUInt32LE(end) === crc32(bytes.subarray(0, end)) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function holds(bytes: Buffer, wanted: number): boolean {
  let low = 0;
  let high = bytes.length / WORD_BYTES - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const word = bytes.readUInt32LE(middle * WORD_BYTES);
    if (word === wanted) return true;
    if (word < wanted) low = middle + 1;
    else high = middle;
  }
  return false;
}
