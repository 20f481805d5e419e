import { type FileHandle, open, readFile } from 'node:fs/promises';
import { AgentlogError } from '../core/errors.ts';
import { type DecodedLine, decodeLine } from '../core/otlp/decode.ts';
import { addToWindow, type Tally } from './coverage.ts';
import type { StoreFile } from './files.ts';
import { LineReader, type RawLine } from './lines.ts';

/** Longer lines, and longer `.json` documents, are skipped and counted. */
export const LINE_LIMIT_BYTES: number = 32 * 1024 * 1024;

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
 * Reads one file in chunks of 1 MiB and decodes the lines that matter; what cannot be decoded is skipped and
 * counted. A file that has gone meanwhile (rotation, compaction) is counted as gone.
 * Returns the error code when the file exists and cannot be read.
 * @throws AgentlogError what `onLine` throws.
 */
export async function scanFile(file: StoreFile, scan: Scan, tally: Tally): Promise<string | undefined> {
  let handle: FileHandle | undefined;
  try {
    if (file.name.endsWith('.json') && (await scanDocument(file, scan, tally))) return undefined;
    handle = await open(file.path, 'r');
    const reader = new LineReader(handle, scan.needles ?? [], LINE_LIMIT_BYTES);
    for (let lines = await reader.next(); lines !== undefined; lines = await reader.next()) {
      for (const line of lines) takeLine(line, scan, tally);
      await scan.onChunk?.();
    }
    tally.longLineCount += reader.longLineCount;
    tally.sizeBytes += reader.readBytes;
    tally.fileCount += 1;
    return undefined;
  } catch (error) {
    if (error instanceof AgentlogError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      tally.goneFileCount += 1;
      return undefined;
    }
    tally.skippedFileCount += 1;
    return code ?? 'unknown';
  } finally {
    await handle?.close().catch(() => undefined);
  }
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
  if (decoded.spans.length > 0 || decoded.logs.length > 0) scan.onLine(decoded);
}

/** A `.json` file may be one document over many lines. Says whether it was. */
async function scanDocument(file: StoreFile, scan: Scan, tally: Tally): Promise<boolean> {
  if (file.sizeBytes > LINE_LIMIT_BYTES) return false;
  const text = await readFile(file.path, 'utf8');
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
