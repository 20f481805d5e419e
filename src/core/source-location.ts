import { existsSync, readFileSync, statSync } from 'node:fs';
import { findSourceMap, SourceMap } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A larger map would hold the event loop for longer than 5 ms; such a file counts as itself. */
const MAX_MAP_BYTES = 262_144;
/** A map takes about 20 times its size once it is read. */
const MAX_ALL_MAPS_BYTES = 8 * MAX_MAP_BYTES;
const MAX_ENTRIES = 500;

const maps = new Map<string, SourceMap | undefined>();
const roots = new Map<string, string>();
let mapsBytes = 0;

/** A place in source code as it was written. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
}

/**
 * Where the code at a place of a running file was written: by Node's source map of the file, or by the one beside
 * it; else the place itself. Line and column count from 1. A file is looked at once; bounded; never throws.
 */
export function sourceLocation(file: string, line: number, column: number): SourceLocation {
  try {
    const entry = mapOf(file)?.findEntry(line - 1, column - 1);
    if (entry !== undefined && 'originalSource' in entry) {
      const source = entry.originalSource;
      const original = source.startsWith('file://') ? fileURLToPath(source) : resolve(dirname(file), source);
      return { file: original, line: entry.originalLine + 1 };
    }
  } catch {
    // A broken map maps nothing.
  }
  return { file, line };
}

/** A file relative to the nearest directory above with a package.json, with `/`; what is no absolute path stays. Never throws. */
export function projectPath(file: string): string {
  if (!isAbsolute(file)) return file;
  const directory = dirname(file);
  let root = roots.get(directory);
  if (root === undefined) {
    root = projectRoot(directory);
    if (roots.size >= MAX_ENTRIES) roots.clear();
    roots.set(directory, root);
  }
  return relative(root, file).replaceAll('\\', '/');
}

function mapOf(file: string): SourceMap | undefined {
  const known = maps.get(file);
  if (known !== undefined || maps.has(file)) return known;
  if (maps.size >= MAX_ENTRIES || mapsBytes > MAX_ALL_MAPS_BYTES) {
    maps.clear();
    mapsBytes = 0;
  }
  // Whatever fails below is not tried again.
  maps.set(file, undefined);
  const map = isAbsolute(file) ? (findSourceMap(file) ?? mapBeside(file)) : undefined;
  maps.set(file, map);
  return map;
}

function mapBeside(file: string): SourceMap | undefined {
  const mapFile = `${file}.map`;
  const sizeBytes = /\.[cm]?js$/.test(file) ? statSync(mapFile, { throwIfNoEntry: false })?.size : undefined;
  if (sizeBytes === undefined || sizeBytes > MAX_MAP_BYTES) return undefined;
  mapsBytes += sizeBytes;
  return new SourceMap(JSON.parse(readFileSync(mapFile, 'utf8')));
}

function projectRoot(directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
    if (dirname(at) === at) return directory;
  }
}
