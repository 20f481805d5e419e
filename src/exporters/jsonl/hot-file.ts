import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FILE_MODE, makeFileName, type Signal } from '../../core/layout.ts';

/** How often the file is looked at to see whether somebody removed it. */
const LOOK_EVERY_MS = 1_000;
const LINE_BREAK = Buffer.from('\n');

/** A file this process appends to. Every method may throw what the file system throws. */
export class HotFile {
  readonly openedAt: number;
  readonly #descriptor: number;
  #sizeBytes = 0;
  #hasTornLine = false;
  #lookedAt: number;

  private constructor(descriptor: number, now: number) {
    this.#descriptor = descriptor;
    this.openedAt = now;
    this.#lookedAt = now;
  }

  /** Makes a new file; never opens one that exists, so a planted link cannot lead the writer elsewhere. */
  static open(directory: string, signal: Signal, now: number): HotFile {
    const random = randomBytes(4).toString('hex');
    const name = makeFileName({ startedAt: new Date(now), pid: process.pid, random, signal });
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL;
    return new HotFile(openSync(join(directory, name), flags, FILE_MODE), now);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Writes whole lines. After a write that broke off, the next one starts on a line of its own. */
  append(lines: Uint8Array): void {
    const bytes = this.#hasTornLine ? Buffer.concat([LINE_BREAK, lines]) : lines;
    this.#hasTornLine = true;
    for (let written = 0; written < bytes.length; ) {
      const count = writeSync(this.#descriptor, bytes, written);
      written += count;
      this.#sizeBytes += count;
    }
    this.#hasTornLine = false;
  }

  /** False when the file was deleted under us; looked up at most once a second. */
  isStillThere(): boolean {
    const now = Date.now();
    if (Math.abs(now - this.#lookedAt) < LOOK_EVERY_MS) return true;
    this.#lookedAt = now;
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
