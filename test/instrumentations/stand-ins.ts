import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const SOURCE = join(import.meta.dirname, 'apps/stand-ins');

/** A directory with the apps of `apps/stand-ins/`, which find the libraries there by their real names; gone after the tests. */
export function standIns(): string {
  const directory = mkdtempSync(join(tmpdir(), 'agentlog-stand-ins-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, 'node_modules'));
  for (const { name } of readdirSync(SOURCE, { withFileTypes: true })) {
    const isApp = name.endsWith('.cjs');
    cpSync(join(SOURCE, name), join(directory, isApp ? name : `node_modules/${name}`), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules/@opentelemetry'), join(directory, 'node_modules/@opentelemetry'));
  return directory;
}
