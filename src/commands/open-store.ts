import { lstatSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { AgentlogError } from '../core/errors.ts';
import { DIRECTORY_ENV, findDirectory, isOwnDirectory } from '../core/layout.ts';
import { openSource } from '../sources/index.ts';
import type { TraceSource } from '../sources/source.ts';
import { openCompacting } from './auto-compact.ts';
import type { Terminal } from './command.ts';

/** What `--dir` means, for the help of each command. */
export const DIR_HELP =
  'directory or OTLP/JSON file to read (default: AGENTLOG_DIR, else the nearest .agentlog upwards)';

/** Which telemetry a command reads. */
export interface PlaceOptions {
  readonly source?: string;
  readonly dir?: string;
}

/** Adds `--source` and `--dir`, which every command that reads has. */
export function addPlaceOptions(command: Command): Command {
  return command
    .option(
      '--source <where>',
      'what to read: a path, jaeger:http://localhost:16686, tempo:http://localhost:3200 or clickhouse:http://localhost:8123/otel',
    )
    .option('--dir <path>', DIR_HELP);
}

/**
 * Opens what `--source` or `--dir` says, else the store of this directory.
 * @throws AgentlogError USAGE for both at once and for an unknown protocol; what {@link openStore} throws.
 */
export async function openPlace(options: PlaceOptions, terminal: Terminal): Promise<TraceSource> {
  const { backend, path } = whichPlace(options);
  return backend === undefined ? openStore(path, terminal) : openSource(backend, terminal.env);
}

/**
 * Tells a backend (`protocol:address`) from a path; neither is the store of this directory.
 * @throws AgentlogError USAGE for both options at once.
 */
export function whichPlace({ source, dir }: PlaceOptions): { backend?: string; path?: string } {
  if (source === undefined) return dir === undefined ? {} : { path: dir };
  if (dir !== undefined) throw new AgentlogError('USAGE', 'Give --source or --dir, not both.');
  if (source === '')
    throw new AgentlogError('USAGE', 'Expected --source to be a path or `protocol:address`.');
  return /^[a-z][a-z0-9+-]+:/.test(source) ? { backend: source } : { path: source };
}

/** Opens the place that {@link findStore} names. */
export async function openStore(dir: string | undefined, terminal: Terminal): Promise<TraceSource> {
  return openCompacting(findStore(dir, terminal), terminal);
}

/**
 * The path of `--dir`, else the directory of {@link findDirectory}. A directory that was named is taken whoever owns
 * it; one that was only found must be private to this user.
 * @throws AgentlogError STORE_UNREADABLE for a found directory that others may write to.
 */
export function findStore(dir: string | undefined, terminal: Terminal): string {
  if (dir !== undefined) return isAbsolute(dir) ? dir : placeOf(dir, terminal);
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
  return placeOf(found, terminal);
}

/** Relative to where the command runs: reports are pasted, and an absolute path tells who ran it. */
function placeOf(path: string, { cwd }: Terminal): string {
  return relative(cwd, resolve(cwd, path)) || '.';
}
