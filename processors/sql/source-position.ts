import { readFileSync, statSync } from 'node:fs';
import { findSourceMap, SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CallSite } from '../../src/core/n-plus-one/index.ts';

/** A larger map would hold the event loop for longer than 5 ms; such a file counts as itself. */
const MAX_MAP_BYTES = 262_144;
const MAX_FILES = 200;

const maps = new Map<string, SourceMap | undefined>();
/** One site stands for all repeats of a call. */
const known = new WeakMap<CallSite, SourcePosition>();

export interface SourcePosition {
  readonly file: string;
  readonly line: number;
}

/** Where the code of a call site was written: through Node's source map of the file, or the one beside it. Never throws. */
export function sourcePosition(site: CallSite): SourcePosition {
  let position = known.get(site);
  if (position === undefined) {
    position = locate(site);
    known.set(site, position);
  }
  return position;
}

function locate(site: CallSite): SourcePosition {
  try {
    let map = maps.get(site.file);
    if (map === undefined && !maps.has(site.file)) {
      map = findSourceMap(site.file) ?? mapBeside(site.file);
      if (maps.size < MAX_FILES) maps.set(site.file, map);
    }
    const entry = map?.findEntry(site.line - 1, site.column - 1);
    if (entry !== undefined && 'originalSource' in entry) {
      const source = entry.originalSource;
      const file = source.startsWith('file://') ? fileURLToPath(source) : resolve(dirname(site.file), source);
      return { file, line: entry.originalLine + 1 };
    }
  } catch {
    // A broken map maps nothing.
  }
  return { file: site.file, line: site.line };
}

function mapBeside(file: string): SourceMap | undefined {
  const mapFile = `${file}.map`;
  const size = /\.[cm]?js$/.test(file) ? statSync(mapFile, { throwIfNoEntry: false })?.size : undefined;
  if (size === undefined || size > MAX_MAP_BYTES) return undefined;
  return new SourceMap(JSON.parse(readFileSync(mapFile, 'utf8')));
}
