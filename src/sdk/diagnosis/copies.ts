import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { attempt } from '../../core/attempt.ts';

/** A package of OpenTelemetry and every copy of it that the app could load. */
export interface Copies {
  readonly name: string;
  readonly versions: readonly string[];
}

/** State that must be there once: with two copies of one of these, hooks, contexts or resources do not meet. */
const SINGLETONS = ['api', 'core', 'instrumentation', 'resources', 'sdk-logs', 'sdk-metrics', 'sdk-trace'];

const PACKAGE_LIMIT = 50_000;

/**
 * Looks through every `node_modules` from these directories upwards, nested ones and pnpm's store included. A copy
 * is a directory of its own; two links to one directory are one copy. Never throws.
 */
export function findCopies(starts: readonly string[]): Copies[] {
  const found = new Map<string, Map<string, string>>(
    SINGLETONS.map((name) => [`@opentelemetry/${name}`, new Map()]),
  );
  const seen = new Set<string>();

  const visitPackage = (path: string, name: string): void => {
    if (seen.size >= PACKAGE_LIMIT) return;
    const real = attempt(() => realpathSync(path));
    if (real === undefined || seen.has(real)) return;
    seen.add(real);
    const copies = found.get(name);
    if (copies !== undefined) copies.set(real, versionOf(real));
    // What is behind a link has its own `node_modules` beside it, which is visited by itself.
    if (lstatSync(path).isSymbolicLink()) return;
    visitModules(join(real, 'node_modules'));
  };

  const visitModules = (directory: string): void => {
    for (const name of list(directory)) {
      const path = join(directory, name);
      if (name === '.pnpm') for (const each of list(path)) visitModules(join(path, each, 'node_modules'));
      else if (name.startsWith('@'))
        for (const each of list(path)) visitPackage(join(path, each), `${name}/${each}`);
      else if (!name.startsWith('.')) visitPackage(path, name);
    }
  };

  for (const directory of upwards(starts)) attempt(() => visitModules(join(directory, 'node_modules')));
  return [...found].map(([name, copies]) => ({ name, versions: [...copies.values()].sort() }));
}

function upwards(starts: readonly string[]): Set<string> {
  const directories = new Set<string>();
  for (const start of starts) {
    for (let at = resolve(start); ; at = dirname(at)) {
      if (existsSync(join(at, 'node_modules'))) directories.add(at);
      if (dirname(at) === at) break;
    }
  }
  return directories;
}

function versionOf(path: string): string {
  const manifest = attempt(() => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')));
  return String((manifest as { version?: unknown } | undefined)?.version ?? 'unknown');
}

function list(directory: string): string[] {
  return attempt(() => readdirSync(directory)) ?? [];
}
