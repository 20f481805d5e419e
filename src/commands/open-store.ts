import { lstatSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { AgentlogError } from '../core/errors.ts';
import { DIRECTORY_ENV, findDirectory, isOwnDirectory } from '../core/layout.ts';
import { openSource } from '../sources/index.ts';
import type { TraceSource } from '../sources/source.ts';
import type { Terminal } from './command.ts';

/** What `--dir` means, for the help of each command. */
export const DIR_HELP =
  'directory or OTLP/JSON file to read (default: AGENTLOG_DIR, else the nearest .agentlog upwards)';

/**
 * Opens `--dir`, else the directory of {@link findDirectory}. A directory that was named is read whoever owns it;
 * one that was only found must be private to this user.
 * @throws AgentlogError STORE_UNREADABLE for a found directory that others may write to.
 */
export async function openStore(dir: string | undefined, terminal: Terminal): Promise<TraceSource> {
  if (dir !== undefined) return openSource(`jsonl:${isAbsolute(dir) ? dir : placeOf(dir, terminal)}`);
  const found = findDirectory(terminal.cwd, terminal.env);
  const isNamed = Boolean(terminal.env[DIRECTORY_ENV]);
  const entry = lstatSync(found, { throwIfNoEntry: false });
  if (!isNamed && entry !== undefined && !isOwnDirectory(found)) {
    throw new AgentlogError(
      'STORE_UNREADABLE',
      `\`${found}\` is not a directory that only you may enter, so it is not used unasked. ` +
        `Run \`chmod 700\` on it if it is yours, or name it with --dir.`,
    );
  }
  return openSource(`jsonl:${placeOf(found, terminal)}`);
}

/** Relative to where the command runs: reports are pasted, and an absolute path tells who ran it. */
function placeOf(path: string, { cwd }: Terminal): string {
  return relative(cwd, resolve(cwd, path)) || '.';
}
