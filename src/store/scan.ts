import { type DecodedLine, decodeLine } from '../core/otlp/decode.ts';
import { decodeProto } from '../core/otlp/decode-proto.ts';
import { signalOfProto } from '../core/otlp/proto-signal.ts';
import { type ByteSource, isDamage, openBytes } from './bytes.ts';
import { addToWindow, type Tally } from './coverage.ts';
import type { StoreFile } from './files.ts';
import { FrameReader, isFramed } from './frames.ts';
import { LineReader, type RawLine } from './lines.ts';

/** Longer lines, and longer `.json` documents, are skipped and counted. */
export const LINE_LIMIT_BYTES: number = 32 * 1024 * 1024;
/** What tells frames from lines. */
const HEAD_BYTES = 8;
const OPEN_BRACE = 0x7b;

export interface Scan {
  /** Only lines that hold one of these byte strings are decoded; without needles all are. */
  readonly needles?: readonly Buffer[];
  /** Which trace ids are worth decoding; log records outside a trace are left out when this is given. */
  readonly keep?: (traceId: string) => boolean;
  readonly onLine: (line: DecodedLine) => void;
  /** Called after each chunk of lines; reading waits for it. */
  readonly onChunk?: () => Promise<void>;
}

/**
 * Reads one file in chunks of 1 MiB, unpacked where it is compressed, and decodes the lines (or frames) that matter;
 * what cannot be decoded is skipped and counted. A file that has gone meanwhile (rotation, compaction) is counted as
 * gone, one whose compressed bytes break off as damaged.
 * Returns the error code when the file exists and cannot be read.
 * @throws what `onLine` and `onChunk` throw.
 */
export async function scanFile(file: StoreFile, asked: Scan, tally: Tally): Promise<string | undefined> {
  const scan = watched(asked);
  let bytes: ByteSource | undefined;
  try {
    if (isDocumentName(file.name) && (await scanDocument(file, scan, tally))) return undefined;
    bytes = await openBytes(file.path);
    const head = Buffer.alloc(HEAD_BYTES);
    try {
      const start = head.subarray(0, await fill(bytes, head));
      const content = behindHead(start, bytes);
      if (isFramed(start, LINE_LIMIT_BYTES)) await scanFrames(content, scan, tally);
      else await scanLines(content, scan, tally);
    } catch (error) {
      if (!isDamage(error)) throw error;
      tally.damagedFileCount += 1;
    }
    tally.sizeBytes += bytes.diskBytes;
    tally.fileCount += 1;
    return undefined;
  } catch (error) {
    if (error instanceof TakerFailure) throw error.cause;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      tally.goneFileCount += 1;
      return undefined;
    }
    tally.skippedFileCount += 1;
    return code ?? 'unknown';
  } finally {
    await bytes?.close().catch(() => undefined);
  }
}

/** What `onLine` or `onChunk` threw: no fault of the file. */
class TakerFailure extends Error {
  constructor(cause: unknown) {
    super('', { cause });
  }
}

function watched({ onLine, onChunk, ...scan }: Scan): Scan {
  return {
    ...scan,
    onLine(line) {
      try {
        onLine(line);
      } catch (cause) {
        throw new TakerFailure(cause);
      }
    },
    async onChunk() {
      await onChunk?.().catch((cause: unknown) => {
        throw new TakerFailure(cause);
      });
    },
  };
}

async function scanLines(bytes: ByteSource, scan: Scan, tally: Tally): Promise<void> {
  const reader = new LineReader(bytes, scan.needles ?? [], LINE_LIMIT_BYTES);
  try {
    for (let lines = await reader.next(); lines !== undefined; lines = await reader.next()) {
      for (const line of lines) takeLine(line, scan, tally);
      await scan.onChunk?.();
    }
  } finally {
    tally.longLineCount += reader.longLineCount;
  }
}

/** Each message stands for a line: what is said of lines is counted of them. */
async function scanFrames(bytes: ByteSource, scan: Scan, tally: Tally): Promise<void> {
  const reader = new FrameReader(bytes, LINE_LIMIT_BYTES);
  for (let isAtEnd = false; !isAtEnd; ) {
    try {
      const message = await reader.next();
      if (message === undefined) isAtEnd = true;
      else deliver(decodeMessage(message, scan), scan, tally);
    } catch (error) {
      if (error instanceof TakerFailure) throw error;
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ERR_BUFFER_TOO_LARGE') tally.longLineCount += 1;
      else if (code === undefined || isDamage(error)) tally.corruptLineCount += 1;
      else throw error;
    }
    await scan.onChunk?.();
  }
  tally.longLineCount += reader.longFrameCount;
  if (reader.isCutOff) tally.tornLineCount += 1;
}

function decodeMessage(message: Buffer, { keep }: Scan): DecodedLine {
  if (message[0] === OPEN_BRACE) return decodeLine(message.toString('utf8'), keep);
  return decodeProto(message, signalOfProto(message) ?? 'metrics', keep);
}

function takeLine(line: RawLine, scan: Scan, tally: Tally): void {
  if (line.bytes === undefined) {
    tally.corruptLineCount += 1;
    return;
  }
  let decoded: DecodedLine;
  try {
    decoded = decodeLine(line.bytes.toString('utf8'), scan.keep);
  } catch {
    if (line.isUnfinished) tally.tornLineCount += 1;
    else tally.corruptLineCount += 1;
    return;
  }
  deliver(decoded, scan, tally);
}

function deliver(decoded: DecodedLine, scan: Scan, tally: Tally): void {
  tally.spanCount += decoded.spans.length;
  tally.logCount += decoded.logs.length;
  for (const span of decoded.spans) addToWindow(tally, span);
  if (decoded.spans.length + decoded.logs.length + decoded.metricPointCount > 0) scan.onLine(decoded);
}

function isDocumentName(name: string): boolean {
  return /\.json(?:\.(?:gz|zstd?))?$/.test(name);
}

/** A `.json` file may be one document over many lines. Says whether it was. */
async function scanDocument(file: StoreFile, scan: Scan, tally: Tally): Promise<boolean> {
  const text = await readText(file);
  if (text === undefined) return false;
  let decoded: DecodedLine;
  try {
    decoded = decodeLine(text, scan.keep);
  } catch {
    return false;
  }
  deliver(decoded, scan, tally);
  tally.sizeBytes += file.sizeBytes;
  tally.fileCount += 1;
  return true;
}

/** All of a file below the limit. */
async function readText({ path, sizeBytes }: StoreFile): Promise<string | undefined> {
  if (sizeBytes > LINE_LIMIT_BYTES) return undefined;
  const bytes = await openBytes(path);
  try {
    let content = Buffer.alloc(Math.min(sizeBytes * 4, LINE_LIMIT_BYTES) + HEAD_BYTES);
    for (let filled = 0; ; ) {
      const count = await fill(bytes, content.subarray(filled));
      filled += count;
      if (filled < content.length) return new TextDecoder().decode(content.subarray(0, filled));
      if (filled > LINE_LIMIT_BYTES) return undefined;
      content = Buffer.concat([content, Buffer.alloc(Math.min(content.length, LINE_LIMIT_BYTES))]);
    }
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  } finally {
    await bytes.close();
  }
}

/** Reads until the buffer is full or there is no more; how many bytes there were. */
async function fill(bytes: ByteSource, into: Buffer): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const count = await bytes.read(into, filled, into.length - filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** Puts bytes that were already taken back in front. */
function behindHead(head: Buffer, bytes: ByteSource): ByteSource {
  let rest = head;
  return {
    get diskBytes() {
      return bytes.diskBytes;
    },
    read(into, offset, length) {
      if (rest.length === 0) return bytes.read(into, offset, length);
      const count = rest.copy(into, offset, 0, length);
      rest = rest.subarray(count);
      return Promise.resolve(count);
    },
    close: () => bytes.close(),
  };
}
