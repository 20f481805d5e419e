import { lstatSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { attempt } from './attempt.ts';
import { kill } from './natives.ts';

/**
 * The layout of `.agentlog/`, shared by the process that writes it and the tools that read it.
 *
 * A process appends to files of its own, one per signal, so no locks are needed:
 * `<utc>-<pid>-<rand>.{traces,logs,metrics}.jsonl`, each line one OTLP/JSON request. A closed one is sealed:
 * `….jsonl.zst` takes its place, with a sidecar `….jsonl.idx` that says what is in it.
 */

/** The name of the directory. */
export const DIRECTORY_NAME = '.agentlog';
/** The directory is for its owner alone. */
export const DIRECTORY_MODE = 0o700;
/** So are its files. */
export const FILE_MODE = 0o600;
/** The variable that names the directory outright. */
export const DIRECTORY_ENV = 'AGENTLOG_DIR';
/** What the file of this name inside the directory holds, so that git never sees telemetry. */
export const GITIGNORE = { name: '.gitignore', content: '*\n' } as const;

/** Inside the directory: bundles that were written to files, a folder each. */
export const BUNDLES_DIRECTORY = 'bundles';

/** Inside the directory: what `agentlog-otel compact` made of closed files. */
export const PARQUET_DIRECTORY = 'parquet';

export const SIGNALS = ['traces', 'logs', 'metrics'] as const;
export type Signal = (typeof SIGNALS)[number];

/** What a file's name says. */
export interface FileName {
  readonly startedAt: Date;
  readonly pid: number;
  /** 8 hex digits that keep two files of one second and one pid apart. */
  readonly random: string;
  readonly signal: Signal;
}

const NAME =
  /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-(\d{1,10})-([0-9a-f]{8})\.(traces|logs|metrics)\.jsonl(?:\.zst)?$/;

/** What a sealed file has behind its name. */
export const SEALED_SUFFIX = '.zst';
/** A process begins a new file when the last one is this old, by the clock or by its own time, whichever comes first. */
export const FILE_MAX_AGE_MS = 3_600_000;
/** So a file begun this long ago is closed, whatever process has its number now. */
const SURELY_CLOSED_MS = 2 * FILE_MAX_AGE_MS;

/** `20261121T084007Z-4242-9f86d081.traces.jsonl`; sorts by time. Milliseconds are cut. */
export function makeFileName(name: FileName): string {
  const utc = name.startedAt.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${utc}-${name.pid}-${name.random}.${name.signal}.jsonl`;
}

/** The name of a file before it was sealed, which is its own while it is not. */
export function unsealedName(name: string): string {
  return name.endsWith(`.jsonl${SEALED_SUFFIX}`) ? name.slice(0, -SEALED_SUFFIX.length) : name;
}

/** The name of the sidecar of a file, sealed or not. */
export function sidecarName(name: string): string {
  return `${unsealedName(name)}.idx`;
}

/** The parts of a name made by {@link makeFileName}, sealed or not; undefined for any other file. */
export function parseFileName(name: string): FileName | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, pid, random, signal] = match;
  const startedAt = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(startedAt.getTime())) return undefined;
  return { startedAt, pid: Number(pid), random: random as string, signal: signal as Signal };
}

/**
 * Of these names the files that a living process may still append to: its newest one of each signal. A process
 * cannot be asked on another machine or in another container; there `isAlive` says what is known here.
 *
 * With `now` (ms since the epoch) a number that another process has today is told from the writer: no process
 * appends to a file for longer than an hour.
 */
export function openFileNames(
  names: readonly string[],
  isAlive: (pid: number) => boolean = isProcessAlive,
  now?: number,
): Set<string> {
  const newest = new Map<string, string>();
  for (const name of [...names].sort()) {
    const parsed = parseFileName(name);
    if (parsed !== undefined) newest.set(`${parsed.pid}.${parsed.signal}`, name);
  }
  const isOpen = (name: string): boolean => {
    const { pid = 0, startedAt } = parseFileName(name) ?? {};
    if (name !== unsealedName(name) || !isAlive(pid)) return false;
    return now === undefined || now - (startedAt?.getTime() ?? 0) < SURELY_CLOSED_MS;
  };
  return new Set([...newest.values()].filter(isOpen));
}

/** Whether a process of this machine has this id, whoever's it is. */
export function isProcessAlive(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The directory to use, as an absolute path: `AGENTLOG_DIR`, else the nearest existing `.agentlog` at or above
 * `start` that {@link isOwnDirectory} accepts, else `<start>/.agentlog`, which need not exist.
 *
 * The search does not go past the nearest `.git`, the home directory or the boundary of the file system, so
 * that one project never writes into another's. A few `stat` calls; never throws. `AGENTLOG_DIR` and the last
 * resort are not checked: whoever uses them does that.
 */
export function findDirectory(start: string, env: NodeJS.ProcessEnv = process.env): string {
  const named = env[DIRECTORY_ENV];
  if (named) return resolve(start, named);
  // A user outside the password file has none, and `homedir` throws.
  const home = attempt(homedir);
  const first = resolve(start);
  const device = deviceOf(first);
  for (let folder = first; ; ) {
    const candidate = join(folder, DIRECTORY_NAME);
    if (isOwnDirectory(candidate)) return candidate;
    const parent = dirname(folder);
    if (parent === folder || folder === home || exists(join(folder, '.git'))) break;
    if (deviceOf(parent) !== device) break;
    folder = parent;
  }
  return join(first, DIRECTORY_NAME);
}

/**
 * Whether the path is a real directory (not a symbolic link) of our own user that nobody else may enter.
 * Where there are no users (Windows) only the kind is checked. Never throws.
 */
export function isOwnDirectory(path: string): boolean {
  const stat = attempt(() => lstatSync(path));
  if (stat === undefined || !stat.isDirectory()) return false;
  const uid = process.getuid?.();
  return uid === undefined || (stat.uid === uid && (stat.mode & 0o077) === 0);
}

function exists(path: string): boolean {
  return attempt(() => lstatSync(path)) !== undefined;
}

function deviceOf(path: string): number | undefined {
  return attempt(() => statSync(path).dev);
}
