import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { FILE_MODE, makeFileName, parseFileName, SEALED_SUFFIX, sidecarName } from '../../core/layout.ts';

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Removes a file that is compacted or pruned, by the name it had before it was sealed, in whichever form it is there:
 * a writer may seal it meanwhile. What came into it behind `readBytes` goes on in a file of its own: a process of
 * another container or machine may append to what looks closed from here.
 */
export async function removeSource(directory: string, name: string, readBytes?: number): Promise<void> {
  const source =
    readBytes === undefined ? undefined : await open(join(directory, name), 'r').catch(() => undefined);
  try {
    const tail = source && new Tail(source, await startOfTail(source, readBytes ?? 0));
    await tail?.saveTo(rescueName(directory, name));
    for (const each of [name, name + SEALED_SUFFIX, sidecarName(name)])
      await rm(join(directory, each), { force: true });
    // Until the last look its writer did not know that it went.
    await tail?.saveTo(rescueName(directory, name));
  } finally {
    await source?.close();
  }
}

/** Always the same for a file: whoever is killed between saving and removing saves it there again. */
function rescueName(directory: string, name: string): string | undefined {
  const parsed = parseFileName(name);
  const random = crc32(name).toString(16).padStart(8, '0');
  return parsed && join(directory, makeFileName({ ...parsed, random }));
}

/** Behind the last whole line that was read: what was torn then may be whole now. */
async function startOfTail(source: FileHandle, readBytes: number): Promise<number> {
  const { size } = await source.stat();
  if (size <= readBytes) return size;
  for (let end = readBytes; end > 0; ) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const { buffer, bytesRead } = await source.read(Buffer.alloc(end - start), 0, end - start, start);
    const at = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at !== -1) return start + at + 1;
    end = start;
  }
  return 0;
}

class Tail {
  readonly #source: FileHandle;
  readonly #start: number;
  #at: number;

  constructor(source: FileHandle, start: number) {
    this.#source = source;
    this.#start = start;
    this.#at = start;
  }

  async saveTo(path: string | undefined): Promise<void> {
    if (path === undefined || (await this.#source.stat()).size <= this.#at) return;
    const target = await open(path, this.#at === this.#start ? 'w' : 'a', FILE_MODE);
    try {
      for (;;) {
        const { buffer, bytesRead } = await this.#source.read(
          Buffer.alloc(CHUNK_BYTES),
          0,
          CHUNK_BYTES,
          this.#at,
        );
        if (bytesRead === 0) break;
        await target.write(buffer.subarray(0, bytesRead));
        this.#at += bytesRead;
      }
      await target.sync();
    } finally {
      await target.close();
    }
  }
}
