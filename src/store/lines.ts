import type { ByteSource } from './bytes.ts';

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** A line worth looking at. Without bytes it cannot be JSON: it does not run from `{` to `}`. */
export interface RawLine {
  /** Valid until the next call of {@link LineReader.next}. */
  readonly bytes: Buffer | undefined;
  /** The last line, without a line break: cut off, or still being written. */
  readonly isUnfinished: boolean;
}

/**
 * Splits a file into lines and finds those that hold a needle, over bytes: text is made only of what is asked
 * for. Memory is one chunk plus the longest line below the limit; longer lines are skipped and counted.
 */
export class LineReader {
  longLineCount = 0;
  readonly #bytes: ByteSource;
  readonly #needles: readonly Buffer[];
  readonly #limit: number;
  #buffer: Buffer = Buffer.allocUnsafe(CHUNK_BYTES * 2);
  /** Where the unfinished line from the chunks before lies in the buffer. */
  #restStart = 0;
  #restEnd = 0;
  #isSkipping = false;
  #isAtEnd = false;

  constructor(bytes: ByteSource, needles: readonly Buffer[], limitBytes: number) {
    this.#bytes = bytes;
    this.#needles = needles;
    this.#limit = limitBytes;
  }

  /** The lines of the next chunk, possibly none; undefined at the end of the file. Blank lines are left out. */
  async next(): Promise<RawLine[] | undefined> {
    if (this.#isAtEnd) return undefined;
    const carried = this.#makeRoom();
    const bytesRead = await this.#bytes.read(this.#buffer, carried, CHUNK_BYTES);
    const filled = carried + bytesRead;
    if (bytesRead === 0) return this.#finish(carried);
    const lastBreak = this.#buffer.subarray(carried, filled).lastIndexOf(NEWLINE);
    const end = lastBreak === -1 ? 0 : carried + lastBreak + 1;
    this.#restStart = end === 0 && this.#isSkipping ? filled : end;
    this.#restEnd = filled;
    return end === 0 ? [] : this.#split(this.#buffer.subarray(0, end));
  }

  /** Moves the unfinished line to the front of the buffer and makes room for a chunk behind it; returns its length. */
  #makeRoom(): number {
    let carried = this.#restEnd - this.#restStart;
    if (carried > this.#limit) {
      this.#isSkipping = true;
      carried = 0;
    }
    const rest = this.#buffer.subarray(this.#restStart, this.#restStart + carried);
    if (this.#buffer.length - carried < CHUNK_BYTES) {
      this.#buffer = Buffer.allocUnsafe(Math.min(this.#buffer.length * 2, this.#limit + CHUNK_BYTES * 2));
    }
    rest.copy(this.#buffer);
    return carried;
  }

  #finish(carried: number): RawLine[] | undefined {
    this.#isAtEnd = true;
    if (this.#isSkipping) this.longLineCount += 1;
    else if (carried > 0) {
      const bytes = trim(this.#buffer.subarray(0, carried));
      // Always handed out: only parsing tells a last line that merely lacks its line break from a torn one.
      if (bytes.length > 0) return [{ bytes, isUnfinished: true }];
    }
    return undefined;
  }

  #split(region: Buffer): RawLine[] {
    const lines: RawLine[] = [];
    let start = 0;
    if (this.#isSkipping) {
      this.#isSkipping = false;
      this.longLineCount += 1;
      start = region.indexOf(NEWLINE) + 1;
    }
    let hit = this.#nextHit(region, start);
    while (start < region.length) {
      const end = region.indexOf(NEWLINE, start);
      const isWanted = this.#needles.length === 0 || hit < end;
      const line = trim(region.subarray(start, end));
      if (line.length > 0) {
        const isPlausible = line[0] === OPEN_BRACE && line[line.length - 1] === CLOSE_BRACE;
        if (!isPlausible) lines.push({ bytes: undefined, isUnfinished: false });
        else if (isWanted) lines.push({ bytes: line, isUnfinished: false });
      }
      start = end + 1;
      if (hit < start) hit = this.#nextHit(region, start);
    }
    return lines;
  }

  /** Where the first needle at or after `from` lies; beyond the region when there is none. */
  #nextHit(region: Buffer, from: number): number {
    let nearest = region.length;
    for (const needle of this.#needles) {
      const at = region.indexOf(needle, from);
      if (at !== -1 && at < nearest) nearest = at;
    }
    return nearest;
  }
}

/** Without a carriage return at the end and a byte order mark at the start. */
function trim(line: Buffer): Buffer {
  let end = line.length;
  while (end > 0 && (line[end - 1] === CARRIAGE_RETURN || line[end - 1] === 0x20)) end -= 1;
  const start = line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? 3 : 0;
  return line.subarray(start, end);
}
