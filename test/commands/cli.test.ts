import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { Story } from '../traces/otlp.ts';
import { CLI, type Outcome, runCli } from './run-cli.ts';

const TRACES = join(import.meta.dirname, '../traces');
const CHECKOUT = 'c0ffee00d15ea5e0c0ffee00d15ea5e0';
const CHECKOUT_FILE = join(TRACES, 'checkout-failure.jsonl');

function expectFailure(outcome: Outcome, code: number, message: RegExp): void {
  expect(outcome.stdout).toBe('');
  expect(outcome.stderr).toMatch(message);
  expect(outcome.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
  expect(outcome.code).toBe(code);
}

test('cli: the program and every command have help with examples, and the version is the package’s', async () => {
  const help = await runCli(['--help']);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('Examples:');
  for (const { name, summary } of commands) {
    expect(help.stdout).toContain(name);
    const own = await runCli([name, '--help']);
    expect(own).toMatchObject({ code: 0, stderr: '' });
    expect(own.stdout).toContain('Examples:');
    expect(own.stdout.replace(/\s+/g, ' ')).toContain(summary);
    expect((await runCli(['help', name])).stdout).toBe(own.stdout);
  }
  const manifest = JSON.parse(readFileSync(join(TRACES, '../../package.json'), 'utf8'));
  expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test.each([
  [[], /Usage: agentlog-otel/],
  [['bundel'], /unknown command 'bundel'[\s\S]*bundle/],
  [['bundle'], /Which trace\?[\s\S]*--last/],
  [
    ['bundle', '--text', import.meta.filename],
    /Pipe it in: `agentlog-otel bundle --text - < .*cli\.test\.ts`/,
  ],
  [['bundle', '--last', '--error', 'x'], /got --error and --last/],
  [['bundle', '--tag', '=x'], /--tag to be key=value/],
  [['bundle', '--query', ' '], /--query to say what to look for/],
  [['bundle', 'checkout'], /32 hex digits/],
  [['bundle', CHECKOUT, '--trace-id', CHECKOUT], /got two/],
  [['bundle', CHECKOUT, '--last'], /got --trace-id and --last/],
  [['bundle', '--format', 'pdf'], /markdown, prompt, json, otlp/],
  [
    ['bundle', '--last', '--for', 'claude'],
    /--for changes nothing in --format markdown; it is for prompt, zip/,
  ],
  [['bundle', '--last', '--format', 'json', '--max-tokens', '900'], /--max-tokens changes nothing/],
  [['bundle', '--last', '--project', 'nowhere'], /--project to be a directory/],
  [['bundles', 'frob'], /bundles --help/],
  [['bundle', '--last', '--max-tokens', '12'], /at least 700/],
  [['bundle', '--last', '--for', 'constructor'], /claude, cursor, codex/],
  [['bundle', '--last', '--since', '1h', '--until', '2h'], /before --until/],
  [['bundle', '--trace-id'], /argument missing/],
  [['bundle', '--trace-id', 'xyz'], /32 hex digits/],
  [['bundle', '--trace-id', '../../etc/passwd'], /32 hex digits/],
  [['bundle', '--trace-id', CHECKOUT, '--format', 'constructor'], /markdown, prompt, json, otlp/],
  [['bundle', '--trace-id', CHECKOUT, '--frmat', 'json'], /unknown option '--frmat'[\s\S]*bundle --help/],
  [['traces', '--limit', '0'], /whole number/],
  [['traces', '--limit', '1e3'], /whole number/],
  [['traces', '--since', 'yesterday'], /30s, 15m/],
  [['traces', 'extra'], /too many arguments/],
])('cli: %j is wrong usage, exit 2, with the next step', async (args, message) => {
  expectFailure(await runCli(args, { cwd: TRACES }), 2, message);
});

test('cli: bundle prints the markdown of a trace found by a prefix', async () => {
  const outcome = await runCli(['bundle', '--trace-id', CHECKOUT.slice(0, 8), '--dir', CHECKOUT_FILE]);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  expect(outcome.stdout).toContain(`# Trace ${CHECKOUT}: FAILED`);
  expect(outcome.stdout).toContain('/srv/shop/payments.cjs:41');
});

test('cli: bundle --format json is one JSON object', async () => {
  const { stdout } = await runCli([
    'bundle',
    '--trace-id',
    CHECKOUT,
    '--dir',
    CHECKOUT_FILE,
    '--format',
    'json',
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 2, traceId: CHECKOUT, outcome: 'failed' });
});

test('cli: --out writes the whole file for its owner alone, says where, and leaves no draft', async () => {
  const directory = temporaryDirectory({ 'b.md': 'old' });
  const args = ['bundle', '--trace-id', CHECKOUT, '--dir', CHECKOUT_FILE, '--out', 'b.md'];
  const outcome = await runCli(args, { cwd: directory });
  expect(outcome).toMatchObject({ code: 0, stdout: '' });
  expect(outcome.stderr).toContain(join(directory, 'b.md'));
  expect(readFileSync(join(directory, 'b.md'), 'utf8')).toContain('# Trace');
  expect(statSync(join(directory, 'b.md')).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['b.md']);
});

test('cli: --out - is standard output', async () => {
  const { stdout } = await runCli(['bundle', '--trace-id', CHECKOUT, '--dir', CHECKOUT_FILE, '--out', '-']);
  expect(stdout).toContain('# Trace');
});

test('cli: --out that cannot be written is exit 1 and leaves nothing behind', async () => {
  const directory = temporaryDirectory({ 'folder/x': '' });
  const args = ['bundle', '--trace-id', CHECKOUT, '--dir', CHECKOUT_FILE, '--out'];
  expectFailure(await runCli([...args, '/dev/null'], { cwd: directory }), 1, /not a file/);
  expectFailure(await runCli([...args, 'no/such/b.md'], { cwd: directory }), 1, /Make the directory/);
  expect(readdirSync(directory)).toEqual(['folder']);
});

test('cli: an unknown id is exit 1 with the newest traces and the advice to wait', async () => {
  const outcome = await runCli(['bundle', '--trace-id', 'f'.repeat(32), '--dir', CHECKOUT_FILE]);
  expectFailure(
    outcome,
    1,
    new RegExp(`not found in [\\s\\S]*newest span 2026[\\s\\S]*wait 1 s[\\s\\S]*${CHECKOUT}`),
  );
  expect(outcome.stderr).not.toContain('checkout begins');
});

test('cli: an ambiguous prefix is exit 1 with the candidates', async () => {
  const twins = ['1', '2'].map((digit) => new Story(`abcdabcd${digit.repeat(24)}`));
  const lines = twins.map((twin) =>
    twin.spans({ 'service.name': 's' }, [{ id: 1, name: 'n', at: 0, ms: 1 }]),
  );
  const directory = temporaryDirectory({ 'a.jsonl': `${lines.join('\n')}\n` });
  const outcome = await runCli(['bundle', '--trace-id', 'abcdabcd', '--dir', directory]);
  expectFailure(outcome, 1, /fits 2 traces/);
  for (const twin of twins) expect(outcome.stderr).toContain(twin.traceId);
});

test('cli: a missing directory is exit 1 and says how to make one', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, '.git'));
  for (const args of [['traces'], ['bundle', '--trace-id', CHECKOUT], ['traces', '--dir', 'nowhere']]) {
    expectFailure(await runCli(args, { cwd: directory }), 1, /--import @agentlog\/otel\/register/);
  }
});

test('cli: a readable but empty directory is a report that says why, exit 0', async () => {
  const outcome = await runCli(['traces', '--dir', temporaryDirectory()]);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  expect(outcome.stdout).toContain('holds no .jsonl or .json file');
  const filtered = await runCli(['traces', '--since', '1s', '--dir', CHECKOUT_FILE]);
  expect(filtered.code).toBe(0);
  expect(filtered.stdout).toMatch(/No trace fits --since.*the newest span ended at 2026/);
  const json = await runCli(['traces', '--json', '--dir', temporaryDirectory()]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    traces: [],
    whyEmpty: expect.stringContaining('holds no'),
  });
});

test('cli: a bundle out of an empty directory is an unknown id that says nothing is there', async () => {
  const outcome = await runCli(['bundle', '--trace-id', CHECKOUT, '--dir', temporaryDirectory()]);
  expectFailure(outcome, 1, /not found in .*0 files[\s\S]*No span is there at all/);
});

test('cli: torn and corrupt lines are skipped, counted and said', async () => {
  const outcome = await runCli(['traces', '--dir', join(TRACES, 'crash.jsonl')]);
  expect(outcome.stdout).toContain('Skipped: 1 corrupt line, 1 torn last line.');
  const bundle = await runCli(['bundle', '--trace-id', 'deadc0de', '--dir', join(TRACES, 'crash.jsonl')]);
  expect(bundle.stdout).toContain('1 corrupt line, 1 torn line');
});

test('cli: what cannot be read is exit 1', async () => {
  const directory = temporaryDirectory({ 'a.jsonl': '{}\n' });
  for (const [path, mode] of [
    [directory, 0o000],
    [join(directory, 'a.jsonl'), 0o000],
  ] as const) {
    chmodSync(directory, 0o755);
    chmodSync(path, mode);
    const outcome = await runCli(['traces', '--dir', directory], { withoutOverride: true });
    expectFailure(outcome, 1, /Cannot read .*EACCES/);
  }
  chmodSync(directory, 0o700);
});

test('cli: a directory found on the way that others may enter is not used unasked', async () => {
  const directory = temporaryDirectory({ '.agentlog/a.jsonl': readFileSync(CHECKOUT_FILE) });
  mkdirSync(join(directory, '.git'));
  chmodSync(join(directory, '.agentlog'), 0o755);
  expectFailure(await runCli(['traces'], { cwd: directory }), 1, /chmod 700/);
  expect((await runCli(['traces', '--dir', '.agentlog'], { cwd: directory })).stdout).toContain(CHECKOUT);
  chmodSync(join(directory, '.agentlog'), 0o700);
  expect((await runCli(['traces'], { cwd: directory })).stdout).toContain(CHECKOUT);
});

test('cli: AGENTLOG_DIR names the directory', async () => {
  const directory = temporaryDirectory({ 'here/a.jsonl': readFileSync(CHECKOUT_FILE) });
  const outcome = await runCli(['traces'], { cwd: directory, env: { AGENTLOG_DIR: 'here' } });
  expect(outcome.stdout).toContain(CHECKOUT);
});

test('cli: traces are one row each, uncoloured when piped, with hostile names quoted', async () => {
  const outcome = await runCli(['traces', '--dir', TRACES, '--errors']);
  const rows = outcome.stdout.split('\n').filter((line) => /^[0-9a-f]{32} /.test(line));
  expect(rows).toHaveLength(4);
  expect(outcome.stdout).not.toContain('\u001b');
  expect(outcome.stdout).toContain(`${CHECKOUT}  2026-11-21T08:40:08Z`);
  expect(outcome.stdout).toContain('# 4 of 4 traces');
});

test('cli: traces --json is one object that a script can take ids from', async () => {
  const { stdout } = await runCli(['traces', '--json', '--limit', '2', '--dir', TRACES]);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ schemaVersion: 1, matchCount: 6, traceCount: 6 });
  expect(report.traces).toHaveLength(2);
  expect(report.traces[0].traceId).toMatch(/^[0-9a-f]{32}$/);
});

test('cli: a reader that closes the pipe early (| head) is no failure and no noise', async () => {
  const story = new Story('e'.repeat(32));
  const spans = Array.from({ length: 20_000 }, (_, index) => ({
    id: index + 1,
    name: `s${index}`,
    at: index,
    ms: 1,
  }));
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'a.jsonl'), `${story.spans({ 'service.name': 's' }, spans)}\n`);
  const args = [CLI, 'bundle', '--trace-id', 'e'.repeat(32), '--format', 'json', '--dir', directory];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
