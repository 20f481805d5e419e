import { open } from 'node:fs/promises';
import { AgentlogError } from '../../core/errors.ts';
import { openStored, type StoredRecord } from '../../sources/stored-records.ts';
import { readBundleZip } from './bundle-zip.ts';

const ZIP = Buffer.from('PK');

/**
 * Hands out every span and log record of a file, in its order, and returns what could not be read of it, in our words.
 * What the file is its bytes say.
 * @throws AgentlogError STORE_MISSING, STORE_UNREADABLE; what {@link readBundleZip} throws.
 */
export async function readTelemetry(
  path: string,
  take: (records: readonly StoredRecord[]) => Promise<void>,
): Promise<string[]> {
  if (await isZip(path)) {
    const { spans, logs } = await readBundleZip(path);
    await take([...spans.map((span) => ({ span })), ...logs.map((log) => ({ log }))]);
    return [];
  }
  const stored = await openStored(path);
  const coverage = await stored.read(({ records }) => take(records));
  const { corruptLineCount, tornLineCount, longLineCount, damagedFileCount } = coverage;
  return [
    ...(corruptLineCount > 0 ? [`${corruptLineCount} lines are no OTLP and were left out`] : []),
    ...(tornLineCount > 0 ? ['the last line is cut off and was left out'] : []),
    ...(longLineCount > 0 ? [`${longLineCount} lines are longer than 32 MiB and were left out`] : []),
    ...(damagedFileCount > 0 ? ['its compressed bytes break off; what came before was taken'] : []),
  ];
}

async function isZip(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'r');
    try {
      const head = Buffer.alloc(4);
      const { bytesRead } = await handle.read(head, 0, 4, 0);
      return bytesRead === 4 && head.subarray(0, 2).equals(ZIP) && [3, 5].includes(head[2] ?? 0);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    if (code === 'EISDIR') return false;
    throw new AgentlogError(
      code === 'ENOENT' ? 'STORE_MISSING' : 'STORE_UNREADABLE',
      `Cannot read \`${path}\` (${code}). Check the path.`,
      { cause },
    );
  }
}
