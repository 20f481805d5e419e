import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { type ByteSource, compressionOf } from './bytes.ts';

const HEADER_BYTES = 4;
const FIRST_FIELD = 0x0a;
const OPEN_BRACE = 0x7b;

const unpackers = { gzip: promisify(gunzip), zstd: promisify(zstdDecompress) };

/**
 * Whether a file begins as one of the collector's `file` exporter with `format: proto` or a compression: each message
 * behind its length in four bytes. A file of lines never does: its first byte alone would say 120 MB or more.
 */
export function isFramed(head: Buffer, limitBytes: number): boolean {
  if (head.length <= HEADER_BYTES) return false;
  const length = head.readUInt32BE(0);
  const first = head.subarray(HEADER_BYTES);
  const isMessage = first[0] === FIRST_FIELD || first[0] === OPEN_BRACE || compressionOf(first) !== undefined;
  return length > 0 && length <= limitBytes && isMessage;
}

/** Takes the messages of a framed file one by one; memory is the longest below the limit. */
export class FrameReader {
  /** Messages longer than the limit, before or after compression. */
  longFrameCount = 0;
  isCutOff = false;
  readonly #bytes: ByteSource;
  readonly #limit: number;

  constructor(bytes: ByteSource, limitBytes: number) {
    this.#bytes = bytes;
    this.#limit = limitBytes;
  }

  /** The next message, unpacked; undefined at the end. @throws what unpacking throws for a damaged one. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const header = await this.#take(HEADER_BYTES);
      if (header === undefined) return undefined;
      const length = header.readUInt32BE(0);
      if (length > this.#limit) {
        this.longFrameCount += 1;
        if (!(await this.#skip(length))) return undefined;
        continue;
      }
      const message = await this.#take(length);
      if (message === undefined) this.isCutOff = true;
      return message === undefined ? undefined : this.#unpack(message);
    }
  }

  async #unpack(message: Buffer): Promise<Buffer> {
    const format = compressionOf(message);
    return format === undefined ? message : unpackers[format](message, { maxOutputLength: this.#limit });
  }

  /** Undefined when there are not so many any more. */
  async #take(length: number): Promise<Buffer | undefined> {
    const into = Buffer.allocUnsafe(length);
    for (let filled = 0; filled < length; ) {
      const count = await this.#bytes.read(into, filled, length - filled);
      if (count === 0) {
        this.isCutOff = filled > 0;
        return undefined;
      }
      filled += count;
    }
    return into;
  }

  async #skip(length: number): Promise<boolean> {
    const waste = Buffer.allocUnsafe(Math.min(length, 1024 * 1024));
    for (let left = length; left > 0; ) {
      const count = await this.#bytes.read(waste, 0, Math.min(left, waste.length));
      if (count === 0) return false;
      left -= count;
    }
    return true;
  }
}
