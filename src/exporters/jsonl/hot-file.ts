import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FILE_MAX_AGE_MS, FILE_MODE, makeFileName, type Signal } from '../../core/layout.ts';
import { clock, NativeDate, wallClock } from '../../core/natives.ts';

/** The newest time in a name of ours, by signal. */
const newestNames: Partial<Record<Signal, number>> = {};
/** Names tell seconds. */
const STEP_MS = 1_000;

/** A file this process appends to. Every method may throw what the file system throws. */
export class HotFile {
  readonly path: string;
  /** By `clock()`, which never jumps, and by the clock, which goes on while the machine sleeps. */
  readonly #openedAt: number = clock();
  readonly #openedOn: number = wallClock();
  readonly #descriptor: number;
  #sizeBytes = 0;

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  /** Makes a new file; never opens one that exists, so a planted link cannot lead the writer elsewhere. */
  static open(directory: string, signal: Signal): HotFile {
    // Also when the clock was put back, or twice in a second: a later file must sort behind the earlier ones, because
    // the last one is the one that is written to.
    const now = Math.floor(wallClock() / STEP_MS) * STEP_MS;
    const startedMs = Math.max(now, (newestNames[signal] ?? 0) + STEP_MS);
    newestNames[signal] = startedMs;
    const random = randomBytes(4).toString('hex');
    const name = makeFileName({ startedAt: new NativeDate(startedMs), pid: process.pid, random, signal });
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL;
    const path = join(directory, name);
    return new HotFile(path, openSync(path, flags, FILE_MODE));
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Whether a new file is due: whoever compacts relies on it (`openFileNames`). */
  get isOld(): boolean {
    return clock() - this.#openedAt >= FILE_MAX_AGE_MS || wallClock() - this.#openedOn >= FILE_MAX_AGE_MS;
  }

  /** Writes whole lines. A write may break off in the middle of one: then nothing may follow it in this file. */
  append(lines: Uint8Array): void {
    for (let written = 0; written < lines.length; ) {
      const count = writeSync(this.#descriptor, lines, written);
      written += count;
      this.#sizeBytes += count;
    }
  }

  /** False when the file was deleted under us. About 1 µs. */
  isStillThere(): boolean {
    return fstatSync(this.#descriptor).nlink > 0;
  }

  close(): void {
    try {
      closeSync(this.#descriptor);
    } catch {
      // Nothing is buffered here: what was written is written.
    }
  }
}
