import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What lies in the bundle, by package or by place below the root, and its file there (`.ci/make-bundle.ts`). */
declare const BUNDLED: Readonly<Record<string, string>> | undefined;

const require = createRequire(import.meta.url);
const root = new URL('../../', import.meta.url).href;
const bundled = typeof BUNDLED === 'undefined' ? {} : BUNDLED;

/**
 * Loads a package or a file of ours synchronously and lazily, as the same instance that a static import would give.
 *
 * A plain `require` would pick the package's CommonJS build: a second copy of everything it shares with us.
 * @throws what resolving or loading throws.
 */
export function loadSync<T>(specifier: string): T {
  const file = bundled[specifier.startsWith(root) ? specifier.slice(root.length) : specifier];
  const url = file === undefined ? import.meta.resolve(specifier) : new URL(`door/${file}`, root);
  return require(fileURLToPath(url)) as T;
}
