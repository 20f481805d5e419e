import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  DIRECTORY_MODE,
  FILE_MODE,
  GITIGNORE,
  isOwnDirectory,
  openFileNames,
  parseFileName,
} from '../../core/layout.ts';

const DAY_MS = 86_400_000;

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
 * Removes closed files that are too old, then the oldest ones until the rest fits. Never a file that a living
 * process may still append to. Never throws: another process may be doing the same.
 */
export function trimDirectory(
  directory: string,
  limits: { readonly dirMaxBytes: number; readonly dirMaxAgeDays: number },
  now: number,
): void {
  const files = closedAndOpenFiles(directory);
  let total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  for (const file of files) {
    const isTooOld = now - file.modifiedAt > limits.dirMaxAgeDays * DAY_MS;
    if (!isTooOld && total <= limits.dirMaxBytes) continue;
    if (file.isOpen) continue;
    try {
      rmSync(file.path);
      total -= file.sizeBytes;
    } catch {
      // Gone already, or not ours to remove.
    }
  }
}

/** The telemetry files, oldest first. */
function closedAndOpenFiles(directory: string) {
  const names = safely(() => readdirSync(directory), []).sort();
  const open = openFileNames(names);
  return names.flatMap((name) => {
    const path = join(directory, name);
    const stat = parseFileName(name) && safely(() => statSync(path), undefined);
    if (stat === undefined) return [];
    return [{ path, sizeBytes: stat.size, modifiedAt: stat.mtimeMs, isOpen: open.has(name) }];
  });
}

function safely<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
