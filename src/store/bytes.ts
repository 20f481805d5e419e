import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';

const MAGIC_BYTES = 4;
const CHUNK_BYTES = 256 * 1024;

/** Where the bytes of a file come from, one after another. */
export interface ByteSource {
  /** How many were read from the disk so far. */
  readonly diskBytes: number;
  /** Puts at most `length` bytes at `offset`; the number of them, 0 only at the end. */
  read(into: Buffer, offset: number, length: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * The bytes of a file as they were before gzip or zstd; its first bytes say which it is, not its name. Memory is a
 * few chunks and zstd's window, at most 128 MB.
 * @throws what the file system throws; reading throws {@link isDamage} errors where the compressed bytes break off.
 */
export async function openBytes(path: string): Promise<ByteSource> {
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(MAGIC_BYTES);
    const { bytesRead } = await handle.read(head, 0, MAGIC_BYTES, 0);
    const format = compressionOf(head.subarray(0, bytesRead));
    return format === undefined ? new PlainBytes(handle) : new UnpackedBytes(handle, format);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

type Compression = 'gzip' | 'zstd';

/** What the first bytes of something compressed say; undefined for anything else. */
export function compressionOf(head: Uint8Array): Compression | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  const isZstd = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  return isZstd ? 'zstd' : undefined;
}

/** Whether an error says that compressed bytes break off or are wrong, and not that the file cannot be read. */
export function isDamage(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && (code.startsWith('Z_') || code.startsWith('ZSTD_'));
}

class PlainBytes implements ByteSource {
  diskBytes = 0;
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async read(into: Buffer, offset: number, length: number): Promise<number> {
    const { bytesRead } = await this.#handle.read(into, offset, length, this.diskBytes);
    this.diskBytes += bytesRead;
    return bytesRead;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

class UnpackedBytes implements ByteSource {
  readonly #handle: FileHandle;
  readonly #format: Compression;
  #parts: AsyncIterator<Buffer> | undefined;
  #stream: ZstdDecompress | Gunzip | undefined;
  #rest: Buffer = Buffer.alloc(0);
  /** Where on the disk the part that is being read begins: Node's zstd ends with the first frame of several. */
  #partStart = 0;

  constructor(handle: FileHandle, format: Compression) {
    this.#handle = handle;
    this.#format = format;
  }

  get diskBytes(): number {
    return this.#partStart + consumed(this.#stream);
  }

  async read(into: Buffer, offset: number, length: number): Promise<number> {
    while (this.#rest.length === 0) {
      this.#parts ??= this.#openPart();
      const { value, done } = await this.#parts.next();
      if (!done) this.#rest = value;
      else if (!(await this.#hasNextPart())) return 0;
    }
    const count = this.#rest.copy(into, offset, 0, length);
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  async close(): Promise<void> {
    this.#stream?.destroy();
    await this.#handle.close();
  }

  #openPart(): AsyncIterator<Buffer> {
    const options = { chunkSize: CHUNK_BYTES };
    const stream = this.#format === 'gzip' ? createGunzip(options) : createZstdDecompress(options);
    this.#stream = stream;
    const input = this.#handle.createReadStream({
      start: this.#partStart,
      highWaterMark: CHUNK_BYTES,
      autoClose: false,
    });
    input.on('error', (error) => stream.destroy(error));
    return (input.pipe(stream) as Readable)[Symbol.asyncIterator]();
  }

  async #hasNextPart(): Promise<boolean> {
    const readBytes = consumed(this.#stream);
    if (this.#format === 'gzip' || readBytes === 0) return false;
    this.#partStart += readBytes;
    this.#stream = undefined;
    this.#parts = undefined;
    return this.#partStart < (await this.#handle.stat()).size;
  }
}

/** Bytes that went into a decompressor and were used. */
function consumed(stream: ZstdDecompress | Gunzip | undefined): number {
  return stream?.bytesWritten ?? 0;
}
