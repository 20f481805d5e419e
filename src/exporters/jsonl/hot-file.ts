import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FILE_MODE, makeFileName, type Signal } from '../../core/layout.ts';

/** The newest time in a name of ours. */
let newestName = 0;

/** A file this process appends to. Every method may throw what the file system throws. */
export class HotFile {
  /** By `performance.now()`: unlike the clock it never jumps. */
  readonly openedAt: number = performance.now();
  readonly #descriptor: number;
  #sizeBytes = 0;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Makes a new file; never opens one that exists, so a planted link cannot lead the writer elsewhere. */
  static open(directory: string, signal: Signal): HotFile {
    // When the clock was put back a later file must still sort behind the earlier ones: the last one is the open one.
    const now = Date.now();
    newestName = now > newestName ? now : newestName + 1_000;
    const random = randomBytes(4).toString('hex');
    const name = makeFileName({ startedAt: new Date(newestName), pid: process.pid, random, signal });
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL;
    return new HotFile(openSync(join(directory, name), flags, FILE_MODE));
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
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
