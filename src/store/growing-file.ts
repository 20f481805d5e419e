import type { FileHandle } from 'node:fs/promises';
import { decodeLine } from '../core/otlp/decode.ts';
import type { LogRecord, Span } from '../core/span.ts';
import type { OnRecords } from './read-all.ts';
import { LINE_LIMIT_BYTES } from './scan.ts';

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** A file of lines that is appended to. It stays open, so what was written before it went can still be read. */
export class GrowingFile {
  /** When there was last something new. */
  grownMs: number = Date.now();
  readonly #handle: FileHandle;
  #offset = 0;
  #rest: Buffer = Buffer.alloc(0);
  /** Until the next line break: the line is too long, or it began before we came. */
  #isSkipping = false;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** `isFromEnd`: nothing of what is there already; a line that is being written now counts as new. */
  static async from(handle: FileHandle, isFromEnd: boolean): Promise<GrowingFile> {
    const file = new GrowingFile(handle);
    if (!isFromEnd) return file;
    const { size, mtimeMs } = await handle.stat();
    file.grownMs = mtimeMs;
    const start = Math.max(0, size - CHUNK_BYTES);
    const tail = Buffer.alloc(size - start);
    const { bytesRead } = await handle.read(tail, 0, tail.length, start);
    const lastBreak = tail.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    file.#offset = lastBreak === -1 && start > 0 ? size : start + lastBreak + 1;
    file.#isSkipping = file.#offset === size && lastBreak === -1 && start > 0;
    return file;
  }

  /** Gives the lines that are complete by now. What is no OTLP is passed over. */
  async read(onRecords: OnRecords): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size < this.#offset) {
      this.#offset = 0;
      this.#rest = Buffer.alloc(0);
      this.#isSkipping = false;
    }
    while (this.#offset < size) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await this.#handle.read(chunk, 0, CHUNK_BYTES, this.#offset);
      if (bytesRead === 0) return;
      this.#offset += bytesRead;
      this.grownMs = Date.now();
      await this.#take(chunk.subarray(0, bytesRead), onRecords);
    }
  }

  /** Gives a last line without a line break, when `onRecords` is given, and lets go of the file. */
  async close(onRecords?: OnRecords): Promise<void> {
    if (onRecords !== undefined && !this.#isSkipping) await give([this.#rest], onRecords);
    await this.#handle.close().catch(() => undefined);
  }

  async #take(chunk: Buffer, onRecords: OnRecords): Promise<void> {
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const line = chunk.subarray(start, end);
      if (!this.#isSkipping) lines.push(this.#rest.length === 0 ? line : Buffer.concat([this.#rest, line]));
      this.#rest = Buffer.alloc(0);
      this.#isSkipping = false;
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    if (this.#rest.length + rest.length > LINE_LIMIT_BYTES) {
      this.#isSkipping = true;
      this.#rest = Buffer.alloc(0);
    } else if (!this.#isSkipping && rest.length > 0) this.#rest = Buffer.concat([this.#rest, rest]);
    await give(lines, onRecords);
  }
}

async function give(lines: readonly Buffer[], onRecords: OnRecords): Promise<void> {
  const spans: Span[] = [];
  const logs: LogRecord[] = [];
  for (const line of lines) {
    try {
      const decoded = decodeLine(line.toString('utf8'));
      for (const span of decoded.spans) spans.push(span);
      for (const log of decoded.logs) logs.push(log);
    } catch {
      // Torn or foreign: whoever asks for the past is told how many there are.
    }
  }
  if (spans.length > 0 || logs.length > 0) await onRecords({ spans, logs });
}
