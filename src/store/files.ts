import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AgentlogError } from '../core/errors.ts';
import { parseFileName, SEALED_SUFFIX, type Signal } from '../core/layout.ts';

/** One file that may hold OTLP/JSON. */
export interface StoreFile {
  readonly path: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** What our own naming says it holds; undefined for a file of another origin. */
  readonly signal: Signal | undefined;
}

/** Lines, documents and the collector's frames, compressed or not; what a file is its bytes say. */
const TELEMETRY = /\.(?:jsonl?|ndjson|pb|binpb)(?:\.(?:gz|zst|zstd))?$/;
/** A directory is listed until two listings agree, at most so often: files come and go, and change their names. */
const LISTINGS = 20;

export interface FileListing {
  /** By name, so that the same directory is always read in the same order. */
  readonly files: readonly StoreFile[];
  /** Entries named like telemetry that are links, directories or cannot be looked at. */
  readonly skippedCount: number;
}

/**
 * The OTLP files directly in a directory (`.jsonl`, `.json`, `.pb`, also with `.gz` or `.zst`), or the one file that
 * was named, whatever its name. Of a file that is being sealed either form is listed, never both or neither.
 *
 * Symbolic links inside a directory are skipped: they may lead out of it.
 * @throws AgentlogError STORE_MISSING, STORE_UNREADABLE.
 */
export async function listFiles(path: string): Promise<FileListing> {
  const target = await stat(path).catch((cause: unknown) => {
    throw describe(path, cause);
  });
  if (target.isFile()) {
    const file = { path, name: basename(path), sizeBytes: target.size, modifiedMs: target.mtimeMs };
    return { files: [{ ...file, signal: parseFileName(file.name)?.signal }], skippedCount: 0 };
  }
  let listing: FileListing = { files: [], skippedCount: 0 };
  for (let attempt = 0; attempt < LISTINGS; attempt += 1) {
    const names = await stableNames(path);
    const { isWhole, ...found } = await lookAt(path, names);
    listing = found;
    if (isWhole) break;
  }
  return listing;
}

/** A name that is gone may have got another one: then it is not the whole listing. */
async function lookAt(path: string, names: readonly string[]): Promise<FileListing & { isWhole: boolean }> {
  const files: StoreFile[] = [];
  let skippedCount = 0;
  let isWhole = true;
  for (const name of names) {
    const inside = join(path, name);
    const found = await lstat(inside).catch(() => undefined);
    if (found?.isFile()) {
      const signal = parseFileName(name)?.signal;
      files.push({ path: inside, name, sizeBytes: found.size, modifiedMs: found.mtimeMs, signal });
    } else if (found !== undefined) skippedCount += 1;
    else isWhole = false;
  }
  return { files, skippedCount, isWhole };
}

/** One `readdir` may miss a file whose old name it has passed and whose new one was not there yet. */
async function stableNames(path: string): Promise<string[]> {
  let names: string[] = [];
  for (let count = 0; count < LISTINGS; count += 1) {
    const before = names.join('/');
    const all = await readdir(path).catch((cause: unknown) => {
      throw describe(path, cause);
    });
    names = all.filter((name) => TELEMETRY.test(name)).sort();
    if (count > 0 && names.join('/') === before) break;
  }
  const known = new Set(names);
  return names.filter((name) => !(known.has(name + SEALED_SUFFIX) && parseFileName(name) !== undefined));
}

function describe(path: string, cause: unknown): AgentlogError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AgentlogError(
      'STORE_MISSING',
      `No telemetry at \`${path}\`: it does not exist. Start the app with ` +
        '`node --import @agentlog/otel/register app.js`, which makes .agentlog/ in its working directory, ' +
        'or name another place with --dir.',
      { cause },
    );
  }
  return unreadable(path, code, cause);
}

/** The error for a path that exists and cannot be read. */
export function unreadable(path: string, code: string, cause?: unknown): AgentlogError {
  return new AgentlogError(
    'STORE_UNREADABLE',
    `Cannot read \`${path}\` (${code}). Run as the user who ran the app, or name another place with --dir.`,
    { cause },
  );
}
