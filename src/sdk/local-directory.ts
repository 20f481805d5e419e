import { resolve } from 'node:path';
import { findDirectory } from '../core/layout.ts';
import type { Options } from '../core/options.ts';

/** The absolute path of the local files for a process that runs in `cwd`; it need not exist. */
export function localDirectory(options: Pick<Options, 'dir'>, cwd: string = process.cwd()): string {
  return options.dir ? resolve(cwd, options.dir) : findDirectory(cwd, {});
}
