import { resolve } from 'node:path';
import { findDirectory } from '../core/layout.ts';
import type { Options } from '../core/options.ts';

/**
 * The absolute path of the local files for a process that runs in `cwd`; it need not exist. Empty, which no file can be
 * written to, where that directory is gone and no other is named.
 */
export function localDirectory(options: Pick<Options, 'dir'>, cwd: string = workingDirectory()): string {
  if (cwd === '') return options.dir.startsWith('/') ? options.dir : '';
  return options.dir ? resolve(cwd, options.dir) : findDirectory(cwd, {});
}

function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '';
  }
}
