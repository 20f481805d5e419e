import type { DecodedLine } from '../core/otlp/decode.ts';
import { newTally, type Tally } from './coverage.ts';
import { type StoreFile, unreadable } from './files.ts';
import { scanFile } from './scan.ts';

/** The clocks of the hosts that wrote and of the file system may differ by this much. */
export const CLOCK_SLACK_MS = 30_000;

/**
 * Decodes every line of the files, one after another, in constant memory; files last written before `sinceUnixNano` are
 * left unread. About 100 MB/s.
 * @throws AgentlogError STORE_UNREADABLE when there are files and none of them can be read; what `onLine` throws.
 */
export async function scanAll(
  files: readonly StoreFile[],
  sinceUnixNano: bigint | undefined,
  onLine: (line: DecodedLine) => void,
): Promise<Tally> {
  const tally = newTally();
  let failure: { file: StoreFile; code: string } | undefined;
  for (const file of files) {
    if (sinceUnixNano !== undefined && writtenUnixNano(file) < sinceUnixNano) {
      tally.unneededFileCount += 1;
      continue;
    }
    const code = await scanFile(file, { onLine }, tally);
    if (code !== undefined) failure ??= { file, code };
  }
  if (failure !== undefined && tally.fileCount === 0) throw unreadable(failure.file.path, failure.code);
  return tally;
}

/** Nothing in the file began after this. */
export function writtenUnixNano({ modifiedMs }: StoreFile): bigint {
  return BigInt(Math.trunc(modifiedMs + CLOCK_SLACK_MS)) * 1_000_000n;
}
