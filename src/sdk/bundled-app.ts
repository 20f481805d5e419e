import { readFileSync, statSync } from 'node:fs';
import { findBundled } from '../../instrumentations/index.ts';
import { caught, notice } from '../core/diag.ts';
import { clearTimeout, setTimeout } from '../core/natives.ts';

/** By then an app has loaded what it loads at its start. */
const WAIT_MS = 3_000;
/** Smaller is no bundle of a library; larger is not read. */
const MIN_BYTES = 20_000;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Says once if the entry file is a bundle with libraries inside, which no hook can reach: after a few seconds, or when
 * what it returns is called, at the end of a shorter run. One read of the entry and of its source map, and only while a library that could
 * be hooked has not been loaded. Never throws, never holds the process open.
 */
export function watchForBundle(
  unhooked: () => readonly string[],
  entry: string | undefined = process.argv[1],
): () => void {
  if (!entry) return () => {};
  let hasLooked = false;
  const look = () => {
    if (hasLooked) return;
    hasLooked = true;
    clearTimeout(timer);
    try {
      report(entry, unhooked());
    } catch (error) {
      caught('looking for a bundle', error);
    }
  };
  const timer = setTimeout(look, WAIT_MS).unref();
  return look;
}

function report(entry: string, libraries: readonly string[]): void {
  const code = read(entry);
  if (libraries.length === 0 || code.length < MIN_BYTES) return;
  const found = findBundled(code + read(`${entry}.map`), libraries);
  if (found.length === 0) return;
  notice(
    'bundled',
    `this app is a bundle with ${found.join(', ')} inside, which cannot be hooked there: only what Node itself ` +
      'provides is recorded. Leave them out of the bundle (esbuild: --packages=external).',
  );
}

function read(path: string): string {
  try {
    return statSync(path).size > MAX_BYTES ? '' : readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
