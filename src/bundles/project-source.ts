import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { attempt } from '../core/attempt.ts';
import { sourceLocation } from '../core/source-location.ts';
import type { SourceReader } from './called-code.ts';
import { realPathOf } from './project-paths.ts';
import { isSourceFile } from './source-file.ts';

const MAX_FILE_BYTES = 1_048_576;

/** A line of a source file of the project. */
export interface SourcePlace {
  /** Relative to the project, with `/`. */
  readonly file: string;
  readonly line: number;
  /** The recorded path is not on this machine: the file is the one whose path ends alike. */
  readonly isGuessed: boolean;
}

/** The path as recorded, else its end inside the project, the longest that is there; of built code its source. */
export function findSource(
  { file, line, column }: { readonly file: string; readonly line: number; readonly column: number },
  root: string,
): SourcePlace | undefined {
  if (file.length > 1_000 || !Number.isSafeInteger(line) || line < 1) return undefined;
  const exact = inside(resolve(root, file), root);
  const parts = file.replaceAll('\\', '/').split('/').filter(Boolean);
  let guess: string | undefined;
  for (
    let skip = 0;
    exact === undefined && guess === undefined && skip < Math.min(parts.length, 20);
    skip += 1
  ) {
    // The bare name of a file says too little, unless that is all that was recorded.
    if (skip > 0 && parts.length - skip < 2 && parts.length > 2) break;
    guess = inside(join(root, ...parts.slice(skip)), root);
  }
  const path = exact ?? guess;
  if (path === undefined) return undefined;
  const written = sourceLocation(join(root, path), line, column);
  const source = inside(written.file, root);
  const isGuessed = exact === undefined;
  return source === undefined
    ? { file: path, line, isGuessed }
    : { file: source, line: written.line, isGuessed };
}

/** Relative to the root when it is a source file in it, whatever links lead there; else undefined. */
function inside(path: string, root: string): string | undefined {
  const real = realPathOf(path);
  if (real === undefined) return undefined;
  const inner = relative(root, real).split(sep).join('/');
  const isInside = inner !== '' && !inner.startsWith('../') && inner !== '..' && !isAbsolute(inner);
  return isInside && isSourceFile(inner) ? inner : undefined;
}

/** Reads source files of the project, each once. */
export function sourceReader(root: string): SourceReader {
  const texts = new Map<string, string | undefined>();
  return {
    read(file) {
      if (!texts.has(file)) texts.set(file, textOf(root, file));
      return texts.get(file);
    },
  };
}

/** Undefined where the file lies outside, is too large or cannot be read. Never throws. */
function textOf(root: string, file: string): string | undefined {
  const path = join(root, file);
  if (inside(path, root) !== file) return undefined;
  return attempt(() => {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= MAX_FILE_BYTES ? readFileSync(path, 'utf8') : undefined;
  });
}
