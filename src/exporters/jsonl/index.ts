import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { notice } from '../../core/diag.ts';
import type { Signal } from '../../core/layout.ts';
import { clock, wallClock } from '../../core/natives.ts';
import { leftovers, prepareDirectory, trimDirectory } from './directory.ts';
import { HotFile } from './hot-file.ts';
import { sealLater } from './seal.ts';

export interface JsonlOptions {
  /** Absolute path of `.agentlog`. Made at the first write, not before. */
  readonly directory: string;
  readonly fileMaxBytes: number;
  readonly dirMaxBytes: number;
  readonly dirMaxAgeDays: number;
}

/** After a failure the next try waits this long: the disk may be full for a while. */
const RETRY_MS = 5_000;
/** An ordinary batch has at most 1 MiB. */
const MAX_ROOM_BYTES = 1_310_720;

type Join<T> = (items: T[], room: (sizeBytes: number) => Buffer) => Uint8Array;

/**
 * Appends batches of one signal to a file of this process's own, one OTLP/JSON request a line. `join` gives the
 * bytes of that line, its line break included.
 *
 * Writes are synchronous: an export that has returned survives any end of the process (the page cache keeps
 * it). A failure to write turns the writer off with one message until it works again; the lost records count
 * as failed. Cost: one `write` a batch, about 1 µs a span. A file that is full or an hour old is closed and sealed.
 */
export class JsonlExporter<T> {
  readonly isSynchronous = true;
  readonly takes = 'json' as const;
  readonly #signal: Signal;
  readonly #join: Join<T>;
  readonly #options: JsonlOptions;
  #file: HotFile | undefined;
  #room: Buffer = Buffer.alloc(0);
  /** By `clock()`. */
  #retryAt = 0;

  constructor(signal: Signal, join: Join<T>, options: JsonlOptions) {
    this.#signal = signal;
    this.#join = join;
    this.#options = options;
  }

  export(items: T[], done: (result: ExportResult) => void): void {
    const error = this.#write(items);
    done(error === undefined ? { code: ExportResultCode.SUCCESS } : { code: ExportResultCode.FAILED, error });
  }

  async shutdown(): Promise<void> {
    this.#closeFile();
  }

  /** The same bytes for each line: new ones cost more than all else, as the system clears them page by page. */
  #roomFor(sizeBytes: number): Buffer {
    if (sizeBytes > MAX_ROOM_BYTES) return Buffer.allocUnsafeSlow(sizeBytes);
    if (this.#room.length < sizeBytes)
      this.#room = Buffer.allocUnsafeSlow(Math.min(2 * sizeBytes, MAX_ROOM_BYTES));
    return this.#room;
  }

  #closeFile(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #write(items: T[]): Error | undefined {
    const now = clock();
    if (now < this.#retryAt) return new Error('the local file is off');
    try {
      this.#fileFor().append(this.#join(items, (sizeBytes) => this.#roomFor(sizeBytes)));
      return undefined;
    } catch (cause) {
      this.#retryAt = now + RETRY_MS;
      // Its last line may be torn; an empty file is kept, or a full disk would fill with them.
      if (this.#file !== undefined && this.#file.sizeBytes > 0) this.#closeFile();
      notice(
        'jsonl',
        `the local files are off: ${(cause as Error).message}; the app and the collector go on.` +
          ' Free the place, point AGENTLOG_DIR elsewhere, or set AGENTLOG_LOCAL=off.',
      );
      return cause as Error;
    }
  }

  #fileFor(): HotFile {
    const { directory, fileMaxBytes } = this.#options;
    const file = this.#file;
    if (file !== undefined) {
      const isDone = file.sizeBytes >= fileMaxBytes || file.isOld;
      if (!isDone && file.isStillThere()) return file;
      this.#closeFile();
      if (isDone) sealLater([file.path, ...leftovers(directory, wallClock())]);
    }
    prepareDirectory(directory);
    trimDirectory(directory, this.#options, wallClock());
    this.#file = HotFile.open(directory, this.#signal);
    return this.#file;
  }
}
