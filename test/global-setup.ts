import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/** Builds once before all tests: the real processes they start load `dist/` by self-reference. */
export function setup(): void {
  execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  for (const step of ['make-prices.ts', 'make-page.ts', 'make-bundle.ts']) {
    execFileSync(process.execPath, [join(ROOT, '.ci', step)], { cwd: ROOT, stdio: 'inherit' });
  }
}
