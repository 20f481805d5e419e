import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { AppResolver } from './instrumentation.ts';

/**
 * Tells whether the app could load a library, without loading or parsing anything.
 *
 * Looks for a directory of that name in every `node_modules` from the entry's real directory and from the
 * working directory upwards, in pnpm's hidden `node_modules/.pnpm/node_modules` and in `NODE_PATH`; under Yarn
 * PnP it asks the resolver. Without an entry (`node -e`, the REPL) the working directory is enough. The answer
 * may be yes for a library the app never loads; then its hook waits in vain. Each library is looked up once
 * (about 5 µs a directory). Never throws.
 */
export function createAppResolver(entry: string | undefined = process.argv[1], cwd?: string): AppResolver {
  const starts = startDirectories(entry, cwd);
  const answers = new Map<string, boolean>();
  let directories: string[] | undefined;

  function find(library: string): boolean {
    if (process.versions.pnp !== undefined) return starts.some((start) => resolvesByRequire(start, library));
    directories ??= moduleDirectories(starts);
    return directories.some((directory) => existsSync(join(directory, library)));
  }

  function resolves(library: string): boolean {
    let answer = answers.get(library);
    if (answer === undefined) {
      answer = find(library);
      answers.set(library, answer);
    }
    return answer;
  }

  function load(library: string): unknown {
    let failure: unknown = new Error(`${library} is not installed`);
    for (const start of [...starts, ...(directories ?? []).map(dirname)]) {
      try {
        return createRequire(join(start, 'noop.js'))(library);
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw error;
        failure = error;
      }
    }
    throw failure;
  }

  function versionOf(library: string): string | undefined {
    directories ??= moduleDirectories(starts);
    for (const directory of directories) {
      try {
        const { version } = JSON.parse(readFileSync(join(directory, library, 'package.json'), 'utf8'));
        return typeof version === 'string' ? version : undefined;
      } catch {
        // Not there: further up, perhaps.
      }
    }
    return undefined;
  }

  return Object.assign(resolves, { load, versionOf });
}

function startDirectories(entry: string | undefined, cwd: string | undefined): string[] {
  const starts = new Set<string>();
  if (entry) starts.add(dirname(realPath(resolve(entry))));
  try {
    starts.add(realPath(cwd ?? process.cwd()));
  } catch {
    // The working directory was deleted; the entry must do.
  }
  return [...starts];
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // `node app` without the extension: the file is not there under this name, its directory is.
    return path;
  }
}

function moduleDirectories(starts: readonly string[]): string[] {
  const candidates = new Set<string>();
  for (const start of starts) {
    for (let at = start; ; at = dirname(at)) {
      candidates.add(join(at, 'node_modules'));
      candidates.add(join(at, 'node_modules', '.pnpm', 'node_modules'));
      if (dirname(at) === at) break;
    }
  }
  for (const path of (process.env.NODE_PATH ?? '').split(delimiter)) if (path) candidates.add(resolve(path));
  return [...candidates].filter((directory) => existsSync(directory));
}

function resolvesByRequire(start: string, library: string): boolean {
  try {
    createRequire(join(start, 'noop.js')).resolve(library);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
}
