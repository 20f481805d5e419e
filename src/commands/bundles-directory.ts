import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { AgentlogError } from '../core/errors.ts';
import {
  BUNDLES_DIRECTORY,
  DIRECTORY_ENV,
  findDirectory,
  GITIGNORE,
  isOwnDirectory,
} from '../core/layout.ts';
import type { Terminal } from './command.ts';
import { makeDirectory, writeWhole } from './write-output.ts';

/** Where bundles are kept: `bundles` in the directory that is used here; neither need exist. */
export function bundlesDirectory({ cwd, env }: Terminal): string {
  return join(findDirectory(cwd, env), BUNDLES_DIRECTORY);
}

/**
 * The same, made where it is missing, with the `.gitignore` that keeps telemetry out of git.
 * @throws AgentlogError OUTPUT_FAILED where others may enter, or for a link.
 */
export async function makeBundlesDirectory(terminal: Terminal): Promise<string> {
  const { cwd, env } = terminal;
  const store = findDirectory(cwd, env);
  const isNew = lstatSync(store, { throwIfNoEntry: false }) === undefined;
  await makeDirectory(store);
  if (isNew) await writeWhole(join(store, GITIGNORE.name), GITIGNORE.content);
  if (!env[DIRECTORY_ENV]) expectOwn(store);
  const bundles = join(store, BUNDLES_DIRECTORY);
  await makeDirectory(bundles);
  expectOwn(bundles);
  return bundles;
}

/** @throws AgentlogError OUTPUT_FAILED for a link, a file, or a directory that others may enter. */
export function expectOwn(path: string): void {
  if (isOwnDirectory(path)) return;
  throw new AgentlogError(
    'OUTPUT_FAILED',
    `\`${path}\` is not a directory that only you may enter, so nothing is written into it. ` +
      'Run `chmod 700` on it if it is yours, or choose another place with --out.',
  );
}
