import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../cache-directory.ts';

const exec = promisify(execFile);

/** Path of Node at an exact version: npm's `node` package. */
export function installNode(version: string): Promise<string> {
  return installPackage('node', version, 'bin/node');
}

/** Where {@link installPackage} has a file, or will have it. */
export function packagePath(name: string, version: string, file: string): string {
  return join(cacheDirectory(), `${name}-${version}`, 'node_modules', name, file);
}

/** Path of a file of a package at an exact version, installed once per machine outside the repository. */
export async function installPackage(name: string, version: string, file: string): Promise<string> {
  const cache = cacheDirectory();
  const place = join(cache, `${name}-${version}`);
  const installed = packagePath(name, version, file);
  if (existsSync(installed)) return installed;
  mkdirSync(cache, { recursive: true });
  // Whole or not at all: two test files may install the same version at once.
  const draft = mkdtempSync(join(cache, 'installing-'));
  writeFileSync(
    join(draft, 'package.json'),
    JSON.stringify({ private: true, allowScripts: { [name]: true } }),
  );
  const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  await exec('npm', ['install', '--no-save', `${name}@${version}`], {
    cwd: draft,
    env: { ...process.env, PATH },
  });
  try {
    rmSync(place, { recursive: true, force: true });
    renameSync(draft, place);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(installed)) throw error;
  }
  return installed;
}
