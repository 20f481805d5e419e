import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { APPS, ROOT, runApp } from './run-app.ts';

const OLD = '20.19.5';
const exec = promisify(execFile);
let node: string;

/** npm's `node` package at an old version, installed once per machine. */
beforeAll(async () => {
  const cache = join(process.env.AGENTLOG_CACHE ?? join(homedir(), '.cache/agentlog-otel'), `node-${OLD}`);
  node = join(cache, 'node_modules/node/bin/node');
  if (existsSync(node)) return;
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
  const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  await exec('npm', ['install', '--no-save', `node@${OLD}`], { cwd: cache, env: { ...process.env, PATH } });
}, 180_000);

test.each(['--import', '--require'])(
  'register: %s on a Node that is too old prints one line and lets the app run',
  async (flag) => {
    const run = await runApp(join(APPS, 'http-cjs.cjs'), {
      node,
      nodeArgs: [flag, '@agentlog/otel/register'],
      cwd: ROOT,
    });
    expect(run).toMatchObject({ code: 0, stdout: '200\n' });
    expect(run.stderr).toBe(
      `agentlog-otel: Node ${OLD} is too old, 22.15 or newer is needed; the app runs without recording.\n`,
    );
  },
);
