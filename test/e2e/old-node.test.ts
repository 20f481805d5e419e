import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { installNode } from '../nodes/install-node.ts';
import { APPS, ROOT, runApp } from './run-app.ts';

const OLD = '20.19.5';
let node: string;

beforeAll(async () => {
  node = await installNode(OLD);
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
