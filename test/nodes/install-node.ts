import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** Path of Node at an exact version: npm's `node` package, installed once per machine outside the repository. */
export async function installNode(version: string): Promise<string> {
  const cache = process.env.AGENTLOG_CACHE ?? join(homedir(), '.cache/agentlog-otel');
  const place = join(cache, `node-${version}`);
  const node = join(place, 'node_modules/node/bin/node');
  if (existsSync(node)) return node;
  mkdirSync(cache, { recursive: true });
  // Whole or not at all: two test files may install the same version at once.
  const draft = mkdtempSync(join(cache, 'installing-'));
  writeFileSync(join(draft, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
  const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  await exec('npm', ['install', '--no-save', `node@${version}`], {
    cwd: draft,
    env: { ...process.env, PATH },
  });
  try {
    rmSync(place, { recursive: true, force: true });
    renameSync(draft, place);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(node)) throw error;
  }
  return node;
}
