import { existsSync, readFileSync, statSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Locate } from '../../src/core/exception-fingerprint.ts';
import type { StackFrame } from '../../src/core/stack.ts';

/** A larger map would hold the event loop for longer than 5 ms; such a file counts as itself. */
const MAP_LIMIT_BYTES = 262_144;
const CACHE_LIMIT = 500;

/**
 * Finds where a frame's code was written: through the source map beside the file, relative to the nearest
 * directory with a package.json. Files are looked at once each; bounded; never throws.
 */
export function createLocator(): Locate {
  const maps = new Map<string, SourceMap | undefined>();
  const roots = new Map<string, string>();
  return (frame) => {
    if (!isAbsolute(frame.file)) return frame.file;
    const map = remember(maps, frame.file, loadMap);
    const file = map === undefined ? frame.file : originalFile(map, frame);
    const root = remember(roots, dirname(file), projectRoot);
    return relative(root, file).replaceAll('\\', '/');
  };
}

function originalFile(map: SourceMap, frame: StackFrame): string {
  const entry = map.findEntry(frame.line - 1, frame.column - 1);
  return 'originalSource' in entry ? resolve(dirname(frame.file), entry.originalSource) : frame.file;
}

function loadMap(file: string): SourceMap | undefined {
  try {
    const mapFile = `${file}.map`;
    if (!/\.[cm]?js$/.test(file) || statSync(mapFile).size > MAP_LIMIT_BYTES) return undefined;
    return new SourceMap(JSON.parse(readFileSync(mapFile, 'utf8')));
  } catch {
    return undefined;
  }
}

function projectRoot(directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
    if (dirname(at) === at) return directory;
  }
}

function remember<V>(cache: Map<string, V>, key: string, make: (key: string) => V): V {
  const known = cache.get(key);
  if (known !== undefined || cache.has(key)) return known as V;
  if (cache.size >= CACHE_LIMIT) cache.clear();
  const value = make(key);
  cache.set(key, value);
  return value;
}
