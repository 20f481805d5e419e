import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';
import { caught } from '../../core/diag.ts';
import { FILE_MODE, parseFileName, SEALED_SUFFIX, sidecarName } from '../../core/layout.ts';
import { writeSidecar } from '../../core/sidecar.ts';
import { Contents, OVERLAP } from './contents.ts';

/** The fastest: of telemetry it makes no more than the default level does, for two thirds of the processor time. */
const LEVEL = 1;
const CHUNK_BYTES = 256 * 1024;
/** Between two chunks the app has the loop, the disk and the thread pool: 64 MiB take about 4 s. */
const PAUSE_MS = 10;
/** A draft of process 42 ends in `.tmp-42`. */
export const DRAFT: RegExp = /\.tmp-(\d+)$/;

const waiting = new Set<string>();
let running: Promise<void> | undefined;

/**
 * Seals closed files of this process or of dead ones, one after another, off the event loop. Never throws, never
 * holds the process open for longer than a chunk; a file that cannot be sealed stays as it is.
 */
export function sealLater(paths: readonly string[]): void {
  for (const path of paths) waiting.add(path);
  if (waiting.size > 0) running ??= work();
}

/** When all that waits is sealed. */
export async function sealed(): Promise<void> {
  while (running !== undefined) await running;
}

async function work(): Promise<void> {
  for (const path of waiting) {
    waiting.delete(path);
    try {
      await sealFile(path);
    } catch (error) {
      // A full disk, a directory that went: the file stays as it was, and the writer says what is wrong.
      if ((error as NodeJS.ErrnoException).code === undefined) caught('sealing', error);
    }
  }
  running = undefined;
}

/**
 * Puts `….jsonl.zst` and its sidecar in the place of a closed file. The sealed one appears whole, with the time of the
 * other, and only then the other goes: whoever is killed leaves one or both, and readers take the sealed one.
 * Says whether it did: not when the file is empty, went or grew meanwhile. @throws what the file system throws.
 */
export async function sealFile(path: string): Promise<boolean> {
  const [directory, name] = [dirname(path), basename(path)];
  const draft = `${path}${SEALED_SUFFIX}.tmp-${process.pid}`;
  const sidecarDraft = `${join(directory, sidecarName(name))}.tmp-${process.pid}`;
  const source = await open(path, 'r');
  try {
    const { atime, mtime } = await source.stat();
    const contents = new Contents(parseFileName(name)?.signal ?? 'metrics');
    const target = await open(draft, 'w', FILE_MODE);
    let plainBytes = 0;
    let sealedBytes = 0;
    try {
      plainBytes = await compress(source, target, contents);
      await target.utimes(atime, mtime);
      await target.sync();
      sealedBytes = (await target.stat()).size;
    } finally {
      await target.close();
    }
    const { nlink, size } = await source.stat();
    if (nlink === 0 || size !== plainBytes || size === 0) return false;
    const sidecar = writeSidecar({ sealedBytes, plainBytes, ...contents.result() });
    await writeFile(sidecarDraft, sidecar, { mode: FILE_MODE });
    await rename(sidecarDraft, join(directory, sidecarName(name)));
    await rename(draft, path + SEALED_SUFFIX);
    await syncDirectory(directory);
    await rm(path, { force: true });
    return true;
  } finally {
    await source.close();
    await rm(draft, { force: true });
    await rm(sidecarDraft, { force: true });
  }
}

/** zlib works in the thread pool; here only chunks are passed on. Returns how many bytes were read. */
async function compress(source: FileHandle, target: FileHandle, contents: Contents): Promise<number> {
  const zstd = createZstdCompress({
    params: { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_compressionLevel]: LEVEL },
  });
  // Whoever waits for a chunk hears of an error; without any listener it would be thrown into the app.
  zstd.on('error', () => undefined);
  const made: Buffer[] = [];
  zstd.on('data', (part: Buffer) => made.push(part));
  const drain = async (): Promise<void> => {
    for (const part of made.splice(0)) await target.write(part);
  };
  // One buffer for all: a new one a chunk is 64 MB of garbage outside the heap, which makes V8 collect all of it.
  const buffer = Buffer.allocUnsafeSlow(OVERLAP + CHUNK_BYTES);
  let kept = 0;
  let readBytes = 0;
  try {
    for (;;) {
      const { bytesRead } = await source.read(buffer, kept, CHUNK_BYTES);
      const end = kept + bytesRead;
      contents.add(buffer.subarray(0, end), kept, bytesRead === 0);
      if (bytesRead === 0) break;
      readBytes += bytesRead;
      await put(zstd, buffer.subarray(kept, end));
      await drain();
      kept = buffer.copy(buffer, 0, Math.max(0, end - OVERLAP), end);
      await wait(PAUSE_MS, undefined, { ref: false });
    }
    await put(zstd, undefined);
    await drain();
    return readBytes;
  } finally {
    zstd.destroy();
  }
}

/** Gives a chunk, or the end, and waits until it is worked off. */
function put(zstd: ZstdCompress, chunk: Buffer | undefined): Promise<void> {
  return new Promise((done, fail) => {
    zstd.once('error', fail);
    const ready = (error?: Error | null): void => {
      zstd.off('error', fail);
      if (error) fail(error);
      else done();
    };
    if (chunk === undefined) {
      zstd.once('end', () => ready());
      zstd.end();
    } else zstd.write(chunk, ready);
  });
}

/** Where a directory cannot be synced (Windows), the order of renames is the file system's. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
