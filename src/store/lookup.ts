import type { LogRecord, Span } from '../core/span.ts';
import { newTally, type Tally } from './coverage.ts';
import { type StoreFile, unreadable } from './files.ts';
import { scanFile } from './scan.ts';
import { mayHold } from './sidecars.ts';

/** Candidates of an ambiguous prefix that are remembered. */
export const CANDIDATE_LIMIT = 100;
/** Files read at once: reading waits in the thread pool of four. */
const PARALLEL_FILES = 4;

export interface Lookup {
  /** The trace ids that begin with what was asked for, sorted; at most 100. */
  readonly traceIds: readonly string[];
  /** Spans and log records of the trace, in the order of the files; empty unless exactly one id was found. */
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
  readonly tally: Tally;
}

/**
 * Everything the files hold about the trace whose id begins with `prefix` (lower-case hex, up to all 32 digits).
 *
 * Sealed files whose sidecar rules the id out stay closed. A byte scan finds the lines that name the id anywhere; decoding then keeps only spans and log records whose
 * own trace id it is, so a link or an attribute that quotes an id brings nothing in. One pass also for a
 * prefix: when a second id appears, what was gathered is dropped.
 * @throws AgentlogError STORE_UNREADABLE when there are files and none of them can be read.
 */
export async function lookupTrace(files: readonly StoreFile[], prefix: string): Promise<Lookup> {
  const tally = newTally();
  const ids = new Set<string>();
  const parts = files.map(() => ({ spans: [] as Span[], logs: [] as LogRecord[] }));
  const needles = [...new Set([prefix, prefix.toUpperCase()])].map((text) => Buffer.from(`"${text}`));
  const keep = (traceId: string): boolean => {
    if (!traceId.startsWith(prefix)) return false;
    if (ids.size < CANDIDATE_LIMIT) ids.add(traceId);
    return ids.size === 1;
  };
  const failure = await forEachFile(files, PARALLEL_FILES, async (file, index) => {
    if (file.signal === 'metrics' || !(await mayHold(file, prefix))) {
      tally.unneededFileCount += 1;
      return undefined;
    }
    const part = parts[index];
    return scanFile(
      file,
      {
        needles,
        keep,
        onLine: ({ spans, logs }) => {
          if (part === undefined || ids.size !== 1) return;
          for (const span of spans) part.spans.push(span);
          for (const log of logs) part.logs.push(log);
        },
      },
      tally,
    );
  });
  if (failure !== undefined && tally.fileCount === 0) throw unreadable(failure.file.path, failure.code);
  const isUnique = ids.size === 1;
  return {
    traceIds: [...ids].sort(),
    spans: isUnique ? parts.flatMap((part) => part.spans) : [],
    logs: isUnique ? parts.flatMap((part) => part.logs) : [],
    tally,
  };
}

/** Runs `read` over the files, a few at a time, and returns the first failure it reported. */
async function forEachFile(
  files: readonly StoreFile[],
  parallel: number,
  read: (file: StoreFile, index: number) => Promise<string | undefined>,
): Promise<{ file: StoreFile; code: string } | undefined> {
  let failure: { file: StoreFile; code: string } | undefined;
  const queue = files.entries();
  const work = async (): Promise<void> => {
    for (const [index, file] of queue) {
      const code = await read(file, index);
      if (code !== undefined) failure ??= { file, code };
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, files.length) }, work));
  return failure;
}
