import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/**
 * Loads a package synchronously and lazily, as the same instance that a static import would give.
 *
 * A plain `require` would pick the package's CommonJS build: a second copy of everything it shares with us.
 * @throws what resolving or loading throws.
 */
export function loadSync<T>(specifier: string): T {
  return require(fileURLToPath(import.meta.resolve(specifier))) as T;
}
