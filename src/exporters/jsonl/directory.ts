import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { attempt } from '../../core/attempt.ts';
import {
  DIRECTORY_MODE,
  FILE_MODE,
  GITIGNORE,
  isOwnDirectory,
  isProcessAlive,
  openFileNames,
  parseFileName,
  SEALED_SUFFIX,
  sidecarName,
} from '../../core/layout.ts';
import { DRAFT } from './seal.ts';

const DAY_MS = 86_400_000;
/** Smaller files that dead processes left stay as they are: compaction takes them. */
const LEFTOVER_MIN_BYTES = 1024 * 1024;
/** By then no process appends to a file any more, also one of another container. */
const LEFTOVER_AGE_MS = 2 * 3_600_000;

/**
 * Makes the directory and its `.gitignore` if they are not there.
 *
 * @throws what the file system throws, and when the directory is a link, another user's, or open to others:
 * telemetry is not written where somebody else may read it.
 */
export function prepareDirectory(directory: string): void {
  if (!makeDirectory(directory) && !isOwnDirectory(directory)) {
    throw new Error(`${directory} must be a real directory of your own with mode 0700`);
  }
  try {
    writeFileSync(join(directory, GITIGNORE.name), GITIGNORE.content, { flag: 'wx', mode: FILE_MODE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * Whether it had to be made. Not `recursive: true`: where the kernel says ENOENT below a directory that is there
 * (/proc), Node's own loop never ends.
 */
function makeDirectory(directory: string): boolean {
  try {
    mkdirSync(directory, { mode: DIRECTORY_MODE });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    const parent = dirname(directory);
    if (code !== 'ENOENT' || parent === directory || existsSync(parent)) throw error;
    makeDirectory(parent);
    mkdirSync(directory, { mode: DIRECTORY_MODE });
    return true;
  }
}

/**
 * Removes closed files that are too old, then the oldest ones until the rest fits; sealed or not, a file goes with its
 * sidecar. Never a file that a living process may still append to. Never throws: another process may be doing the same.
 */
export function trimDirectory(
  directory: string,
  limits: { readonly dirMaxBytes: number; readonly dirMaxAgeDays: number },
  now: number,
): void {
  const files = telemetryFiles(directory);
  let total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  for (const file of files) {
    const isTooOld = now - file.modifiedAt > limits.dirMaxAgeDays * DAY_MS;
    if (!file.isLost && !isTooOld && total <= limits.dirMaxBytes) continue;
    if (file.isOpen) continue;
    try {
      rmSync(file.path);
      total -= file.sizeBytes;
      rmSync(join(directory, sidecarName(basename(file.path))), { force: true });
    } catch {
      // Gone already, or not ours to remove.
    }
  }
}

/** Large closed files that processes which are gone did not seal. Never throws. */
export function leftovers(directory: string, now: number): string[] {
  return telemetryFiles(directory)
    .filter(({ path, sizeBytes, isOpen, modifiedAt }) => {
      const startedAt = parseFileName(basename(path))?.startedAt.getTime() ?? now;
      const isClosed = !isOpen && now - Math.max(startedAt, modifiedAt) > LEFTOVER_AGE_MS;
      return isClosed && sizeBytes >= LEFTOVER_MIN_BYTES && !path.endsWith(SEALED_SUFFIX);
    })
    .map(({ path }) => path);
}

/** The telemetry files, oldest first, with the drafts and sidecars beside them: what nobody owns is lost. */
function telemetryFiles(directory: string) {
  const names = (attempt(() => readdirSync(directory)) ?? []).sort();
  const open = openFileNames(names);
  const known = new Set(names);
  return names.flatMap((name) => {
    const path = join(directory, name);
    const draftOf = Number(DRAFT.exec(name)?.[1]);
    const source = name.replace(DRAFT, '').replace(/\.idx$/, '');
    const stat = parseFileName(source) && attempt(() => statSync(path));
    if (stat === undefined) return [];
    const isSidecar = source !== name && Number.isNaN(draftOf);
    const isDraft = source !== name && !isSidecar;
    const hasFile = known.has(source) || known.has(source + SEALED_SUFFIX);
    const isLost = isDraft ? !isProcessAlive(draftOf) : isSidecar && !hasFile;
    const isOpen = open.has(name) || (!isLost && (isDraft || isSidecar));
    return [{ path, sizeBytes: stat.size, modifiedAt: stat.mtimeMs, isOpen, isLost }];
  });
}
