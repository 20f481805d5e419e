import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { displayWidth } from '../../src/formats/terminal/width.ts';
import { compactStore } from '../../src/store/parquet/compact.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { Story } from '../traces/otlp.ts';
import { runCli } from './run-cli.ts';

const TRACES = join(import.meta.dirname, '../traces');

async function idsOf(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runCli(['traces', '--json', '--source', TRACES, ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout).traces.map(({ traceId }: { traceId: string }) => traceId.slice(0, 8));
}

test.each([
  [['--service', 'payments'], ['c0ffee00']],
  [['--route', '/orders'], ['a1f0c3d2']],
  [['--route', 'POST /orders'], []],
  [['--name', 'SELECT items'], ['a1f0c3d2']],
  [
    ['--status', '5xx', '--order', 'slowest'],
    ['510de9e4', 'c0ffee00'],
  ],
  [['--http-status', '500'], ['c0ffee00']],
  [['--attr', 'db.system.name=postgresql', '--name', 'SELECT items'], ['a1f0c3d2']],
  [['--attr', 'http.response.status_code=200', '--route', '/orders'], ['a1f0c3d2']],
  [['--attr', 'http.response.status_code="200"', '--route', '/orders'], []],
  [['--attr', 'db.query.text~FROM items', '--attr', 'db.query.text'], ['a1f0c3d2']],
  [['--text', 'cardDECLINED'], ['c0ffee00']],
  [['--min-duration', '260ms', '--max-duration', '0.28s'], ['a1f0c3d2']],
  [['--until', '1795250407124'], []],
] as const)('traces: %j gives exactly its traces', async (args, ids) => {
  const found = await idsOf(...args);
  if (args.includes('--until' as never)) expect(found).not.toContain('c0ffee00');
  else expect(found).toEqual(ids);
});

test.each([
  [['--status', 'red'], /error, ok, an HTTP status/],
  [['--order', 'oldest'], /newest, slowest, errors/],
  [['--min-duration', 'long'], /--min-duration to be a duration/],
  [['--min-duration', '2s', '--max-duration', '1s'], /at most --max-duration/],
  [['--attr', '=x'], /key=value/],
  [['--attr', 'a~('], /regular expression/],
  [['--since', '1h', '--until', '2h'], /before --until/],
  [['--until', 'never'], /--until to be an age/],
  [['--cursor', 'x'], /page before printed/],
  [['--cursor', '..AAAA'], /cursor of an earlier answer/],
  [['--json', '--csv'], /not both/],
  [['--dir', 'x'], /not both/],
])('traces: %j is wrong usage, exit 2, with what was expected', async (args, message) => {
  const { code, stdout, stderr } = await runCli(['traces', '--source', TRACES, ...args]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('traces: pages by cursor hold every trace once, also with an age, and the last one names no other', async () => {
  const pages: string[] = [];
  const ids: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const args = ['traces', '--source', TRACES, '--limit', '2', '--since', '999999d', '--order', 'slowest'];
    const { stdout } = await runCli([...args, ...(cursor === '' ? [] : ['--cursor', cursor])]);
    pages.push(stdout);
    ids.push(...[...stdout.matchAll(/^([0-9a-f]{32}) /gm)].map(([, id]) => id ?? ''));
    cursor = /--cursor (\S+)/.exec(stdout)?.[1];
  }
  expect(pages).toHaveLength(3);
  expect(new Set(ids).size).toBe(6);
  expect(ids).toHaveLength(6);
});

test('traces: a service that is not there is answered with those that are', async () => {
  const { stdout } = await runCli(['traces', '--service', 'shpo', '--source', TRACES]);
  expect(stdout).toMatch(/No trace fits --service.*Known services: .*shop/);
});

test('traces: --csv is nothing but the table, hostile names in it are harmless', async () => {
  const { stdout, stderr } = await runCli(['traces', '--csv', '--source', TRACES]);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^trace_id,start_time,duration_ms/);
  expect(lines).toHaveLength(7);
  for (const line of lines.slice(1)) expect(line).toMatch(/^[0-9a-f]{32},2026-/);
  expect(stdout).not.toMatch(/[^\P{C}\n]/u);
  expect(stderr).toContain('# 6 of 6 traces');
});

test('traces: COLUMNS fits the table, NO_COLOR and FORCE_COLOR rule the colours', async () => {
  const story = new Story('7'.repeat(32));
  const line = story.spans({ 'service.name': '店' }, [
    { id: 1, name: `注文🎉${'を一覧する'.repeat(20)}`, at: 0, ms: 1, error: 'x' },
  ]);
  const directory = temporaryDirectory({ 'a.jsonl': `${line}\n` });
  const run = async (env: Record<string, string>): Promise<string> =>
    (await runCli(['traces', '--source', directory], { env })).stdout;
  for (const columns of [40, 61, 80, 132]) {
    for (const row of (await run({ COLUMNS: String(columns) })).trimEnd().split('\n')) {
      expect(displayWidth(row)).toBeLessThanOrEqual(columns);
    }
  }
  expect(await run({ FORCE_COLOR: '1' })).toContain('\u001b[31m');
  for (const env of [{}, { FORCE_COLOR: '0' }, { FORCE_COLOR: '1', NO_COLOR: '1' }]) {
    expect(await run(env)).not.toContain('\u001b');
  }
});

test('traces: 80 columns hold service and route whole, and no status but that of the request', async () => {
  const line = new Story('7'.repeat(32)).spans({ 'service.name': 'gateway' }, [
    {
      id: 1,
      name: 'GET /profile/:id',
      kind: 2,
      at: 0,
      ms: 310,
      error: true,
      attributes: { 'http.response.status_code': 500, 'error.type': 'UpstreamTimeoutError' },
    },
    {
      id: 2,
      parent: 1,
      name: 'GET',
      kind: 3,
      at: 1,
      ms: 300,
      error: true,
      attributes: { 'error.type': '404' },
    },
  ]);
  const directory = temporaryDirectory({ 'a.jsonl': `${line}\n` });
  const row = async (env: Record<string, string>): Promise<string> =>
    (await runCli(['traces', '--source', directory], { env })).stdout.split('\n')[1] ?? '';
  expect(await row({ COLUMNS: '80' })).toMatch(/^77777777 .* 500 ERROR {2}gateway "GET \/profile\/:id"/);
  expect(await row({})).toMatch(/^7{32} .* 500 ERROR(?: UpstreamTimeoutError)? {2}gateway/);
  for (const env of [{}, { COLUMNS: '80' }]) expect(await row(env)).not.toContain('404');
});

test('traces: a secret in a stored name is masked on reading', async () => {
  const token = `Bearer ${'A1b2C3d4'.repeat(4)}`;
  const line = new Story('8'.repeat(32)).spans({ 'service.name': 's' }, [
    { id: 1, name: `authorization: ${token}`, at: 0, ms: 1 },
  ]);
  const directory = temporaryDirectory({ 'a.jsonl': `${line}\n` });
  for (const form of [[], ['--json'], ['--csv']]) {
    const { stdout } = await runCli(['traces', '--source', directory, ...form]);
    expect(stdout).not.toContain('A1b2C3d4');
    expect(stdout).toContain('REDACTED');
  }
});

test('traces: memory: is empty and says so', async () => {
  const { code, stdout } = await runCli(['traces', '--source', 'memory:']);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('No traces') });
});

test('commands: DuckDB is loaded where Parquet is, and nowhere else', async () => {
  const hook =
    "import { registerHooks } from 'node:module'; registerHooks({ load(url, context, next) {" +
    "if (/duckdb.node-api/.test(url)) process.stderr.write('DuckDB '); return next(url, context); } });";
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` };
  const name = '20261121T084007Z-4194305-9f86d081.traces.jsonl';
  const story = readFileSync(join(TRACES, 'checkout-failure.jsonl'));
  const hot = temporaryDirectory({ [name]: story });
  const compacted = temporaryDirectory({ [name]: story });
  await compactStore(compacted);
  for (const command of [['traces'], ['trace', 'c0ffee00'], ['logs'], ['events'], ['tokens']]) {
    expect((await runCli([...command, '--dir', hot], { env })).stderr).toBe('');
    const { code, stderr } = await runCli([...command, '--dir', compacted], { env });
    expect({ command, code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('DuckDB') });
  }
});

test('commands: every one that reads takes --source, --dir or neither', async () => {
  const file = join(TRACES, 'checkout-failure.jsonl');
  const directory = temporaryDirectory({ 'x.jsonl': readFileSync(file) });
  const commands = [
    ['traces'],
    ['trace', 'c0ffee00'],
    ['spans', 'c0ffee00', '1'],
    ['bundle', '--trace-id', 'c0ffee00'],
    ['logs'],
    ['events'],
  ];
  for (const command of commands) {
    const outcomes = [
      await runCli([...command, '--source', file]),
      await runCli([...command, '--source', `jsonl:${file}`]),
      await runCli([...command, '--dir', directory]),
      await runCli(command, { env: { AGENTLOG_DIR: directory } }),
    ];
    for (const { code, stdout } of outcomes) {
      expect({ command, code, isFound: /POST \/checkout|charge/.test(stdout) }).toEqual({
        command,
        code: 0,
        isFound: true,
      });
    }
    const unknown = await runCli([...command, '--source', 'gopher:x']);
    expect(unknown).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Known: jsonl') });
  }
});
