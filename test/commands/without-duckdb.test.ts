import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { compactStore } from '../../src/store/parquet/compact.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { Story } from '../traces/otlp.ts';
import { type Outcome, runCli } from './run-cli.ts';

const HOOK = pathToFileURL(join(import.meta.dirname, 'apps/without-duckdb.mjs')).href;
const ID = 'ab'.repeat(16);
const INSTALL = 'npm i -D @duckdb/node-api';

async function compacted(): Promise<string> {
  const line = new Story(ID).spans({ 'service.name': 'shop' }, [
    { id: 1, name: 'GET /orders', kind: 2, at: 0, ms: 9 },
  ]);
  const directory = temporaryDirectory({ '20261121T084007Z-4194305-00000001.traces.jsonl': `${line}\n` });
  await compactStore(directory);
  return directory;
}

function runWithout(...args: string[]): Promise<Outcome> {
  return runCli(args, { env: { NODE_OPTIONS: `--import ${HOOK}`, AGENTLOG_AUTO_COMPACT: 'off' } });
}

test('without DuckDB: a compacted store never looks empty, and each command names the package', async () => {
  const directory = await compacted();
  const [trace, unknown, traces, stats] = await Promise.all([
    runWithout('trace', ID, '--dir', directory),
    runWithout('trace', '9'.repeat(32), '--dir', directory),
    runWithout('traces', '--dir', directory),
    runWithout('stats', '--json', '--dir', directory),
  ]);
  expect(trace).toMatchObject({ code: 1, stderr: expect.stringContaining(INSTALL) });
  expect(trace.stderr).not.toContain('No span is there');
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining(INSTALL) });
  expect(traces.stdout).toContain(INSTALL);
  expect(traces.stdout).not.toContain('Start the app');
  expect(JSON.parse(stats.stdout)).toMatchObject({ spanCount: 1 });
  expect(stats.stdout).toMatch(/"oldestUnixNano":"?\d{19}/);
});

test('with DuckDB: an id that a compacted store does not hold is answered with those it holds', async () => {
  const directory = await compacted();
  const { code, stderr } = await runCli(['trace', '9'.repeat(32), '--dir', directory]);
  expect(code).toBe(1);
  expect(stderr).toContain(ID);
  for (const name of readdirSync(join(directory, 'parquet'))) {
    expect(statSync(join(directory, 'parquet', name)).mode & 0o777, name).toBe(0o600);
  }
});
