import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { readZip } from '../formats/read-zip.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { type CliOptions, type Outcome, runCli } from './run-cli.ts';

const STORY = join(import.meta.dirname, '../traces/checkout-failure.jsonl');
const TRACE = 'c0ffee00d15ea5e0c0ffee00d15ea5e0';
const NAME = '20261121T084008Z-c0ffee00';

function bundle(args: readonly string[], options: CliOptions): Promise<Outcome> {
  return runCli(['bundle', '--trace-id', TRACE, '--dir', STORY, '--no-source', ...args], options);
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

test('bundle: a report goes into a folder of its own in .agentlog, for its owner alone, kept out of git', async () => {
  const cwd = temporaryDirectory();
  const outcome = await bundle(['--format', 'html'], { cwd });
  const folder = join(cwd, '.agentlog/bundles', NAME);
  expect(outcome).toEqual({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining(join(folder, 'report.html')),
  });
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  expect(readFileSync(join(cwd, '.agentlog/.gitignore'), 'utf8')).toBe('*\n');
  for (const path of ['.agentlog', '.agentlog/bundles', `.agentlog/bundles/${NAME}`]) {
    expect(modeOf(join(cwd, path))).toBe(0o700);
  }
  expect(readdirSync(folder).sort()).toEqual(['manifest.json', 'report.html']);
  for (const name of readdirSync(folder)) expect(modeOf(join(folder, name))).toBe(0o600);
});

test('bundle: an archive goes beside it, and the manifest knows both', async () => {
  const cwd = temporaryDirectory();
  await bundle(['--format', 'html'], { cwd });
  expect(await bundle(['--format', 'zip'], { cwd })).toMatchObject({ code: 0, stdout: '' });
  const folder = join(cwd, '.agentlog/bundles', NAME);
  expect([...readZip(readFileSync(join(folder, 'bundle.zip'))).keys()]).toContain('report.html');
  const { files } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  expect(files.map(({ name }: { name: string }) => name)).toEqual(['report.html', 'bundle.zip']);
});

test('bundle: --out takes a file, a directory and -, for every format', async () => {
  const cwd = temporaryDirectory({ 'there/x': '' });
  expect(await bundle(['--format', 'html', '--out', 'a.html'], { cwd })).toMatchObject({
    code: 0,
    stdout: '',
  });
  expect(readFileSync(join(cwd, 'a.html'), 'utf8')).toContain('<!doctype html>');
  await bundle(['--out', 'new/'], { cwd });
  await bundle(['--format', 'json', '--out', 'there'], { cwd });
  expect(readFileSync(join(cwd, 'new', NAME, 'bundle.md'), 'utf8')).toContain(TRACE);
  expect(readdirSync(join(cwd, 'there', NAME)).sort()).toEqual(['bundle.json', 'manifest.json']);
  expect((await bundle(['--format', 'html', '--out', '-'], { cwd })).stdout).toMatch(/^<!doctype html>/);
  expect(existsSync(join(cwd, '.agentlog'))).toBe(false);
});

test('bundle: nothing is written through a link, or where others may enter', async () => {
  const cwd = temporaryDirectory({ 'elsewhere/x': '' });
  mkdirSync(join(cwd, '.agentlog'), { mode: 0o700 });
  symlinkSync(join(cwd, 'elsewhere'), join(cwd, '.agentlog/bundles'));
  const linked = await bundle(['--format', 'html'], { cwd });
  expect(linked).toMatchObject({ code: 1, stdout: '' });
  expect(linked.stderr).toContain('only you may enter');
  expect(readdirSync(join(cwd, 'elsewhere'))).toEqual(['x']);
  const open = temporaryDirectory();
  mkdirSync(join(open, '.agentlog'));
  chmodSync(join(open, '.agentlog'), 0o777);
  expect(await bundle(['--format', 'zip'], { cwd: open })).toMatchObject({ code: 1, stdout: '' });
});

test('bundles: list, show and rm tell and delete what was written, also as JSON', async () => {
  const cwd = temporaryDirectory();
  expect((await runCli(['bundles', 'list'], { cwd })).stdout).toContain('No bundles');
  expect(JSON.parse((await runCli(['bundles', 'list', '--json'], { cwd })).stdout).bundles).toEqual([]);
  await bundle(['--format', 'html'], { cwd });
  const listed = await runCli(['bundles', 'list'], { cwd });
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  expect(listed.stdout).toMatch(new RegExp(`^${NAME}  failed .* report.html\n$`));
  expect(JSON.parse((await runCli(['bundles', 'list', '--json'], { cwd })).stdout).bundles).toMatchObject([
    { name: NAME, traceId: TRACE, outcome: 'failed', files: ['manifest.json', 'report.html'] },
  ]);
  const shown = await runCli(['bundles', 'show', 'c0ffee00'], { cwd });
  expect(shown.stdout).toContain('report.html');
  expect(shown.stdout).toContain('as written');
  writeFileSync(join(cwd, '.agentlog/bundles', NAME, 'report.html'), 'changed');
  const { files } = JSON.parse((await runCli(['bundles', 'show', NAME, '--json'], { cwd })).stdout);
  expect(files).toEqual([{ name: 'report.html', sizeBytes: 7, state: 'changed' }]);
  expect(await runCli(['bundles', 'rm', NAME], { cwd })).toEqual({
    code: 0,
    stdout: `Deleted ${NAME}\n`,
    stderr: '',
  });
  expect(readdirSync(join(cwd, '.agentlog/bundles'))).toEqual([]);
});

test('bundle: an archive is imported elsewhere, checked by its manifest', async () => {
  const cwd = temporaryDirectory();
  await bundle(['--format', 'zip', '--out', 'b.zip'], { cwd });
  const elsewhere = { cwd, env: { AGENTLOG_DIR: join(cwd, 'elsewhere') } };
  expect(await runCli(['import', 'b.zip'], elsewhere)).toMatchObject({ code: 0 });
  const { stdout } = await runCli(['bundle', '--trace-id', TRACE], elsewhere);
  expect(stdout).toContain('CardDeclined');
});

test('bundles: rm deletes nothing but bundles, whatever it is asked', async () => {
  const cwd = temporaryDirectory({ 'kept/x': '', '.agentlog/bundles/notes/x': '' });
  chmodSync(join(cwd, '.agentlog'), 0o700);
  const bundles = join(cwd, '.agentlog/bundles');
  symlinkSync(join(cwd, 'kept'), join(bundles, '20261121T084008Z-11111111'));
  for (const name of [
    '..',
    '../..',
    '.',
    '/',
    'notes',
    '../../kept',
    '20261121T084008Z-11111111',
    '%2e%2e',
  ]) {
    const outcome = await runCli(['bundles', 'rm', name], { cwd });
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toContain('bundles list');
  }
  expect(await runCli(['bundles', 'rm', '--all'], { cwd })).toMatchObject({ code: 0, stdout: '' });
  expect(readdirSync(bundles).sort()).toEqual(['20261121T084008Z-11111111', 'notes']);
  expect(existsSync(join(cwd, 'kept/x'))).toBe(true);
  expect(await runCli(['bundles', 'rm'], { cwd })).toMatchObject({ code: 2, stdout: '' });
});

/** A stand-in for the program that opens files, on a path of its own, that notes what it was given. */
function withOpener(script: string): { env: NodeJS.ProcessEnv; directory: string } {
  const directory = temporaryDirectory({ 'xdg-open': `#!/bin/sh\n${script}\n` });
  chmodSync(join(directory, 'xdg-open'), 0o755);
  return { directory, env: { PATH: [directory, '/usr/bin', '/bin'].join(delimiter) } };
}

test.runIf(process.platform === 'linux')(
  'bundle: --open gives the report to the opener, never to a shell',
  async () => {
    const cwd = temporaryDirectory();
    const target = join(cwd, 'a; touch pwned; $(touch pwned).html');
    const { env, directory } = withOpener('printf "%s\\n" "$@" > "$(dirname "$0")/opened"');
    const outcome = await bundle(['--open', '--out', target], { cwd, env });
    expect(outcome).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(join(directory, 'opened'), 'utf8')).toBe(`${target}\n`);
    expect(existsSync(join(cwd, 'pwned'))).toBe(false);
  },
);

test.runIf(process.platform === 'linux')(
  'bundle: without an opener, or one that fails, the path is said',
  async () => {
    const cwd = temporaryDirectory();
    const without = await bundle(['--open'], { cwd, env: { PATH: temporaryDirectory() } });
    expect(without).toMatchObject({ code: 0, stdout: '' });
    expect(without.stderr).toMatch(/no `xdg-open` here.*Open .*report\.html in a browser/);
    const failed = await bundle(['--open'], { cwd, env: withOpener('exit 3').env });
    expect(failed.stderr).toMatch(/could not open it.*report\.html/);
  },
);

test.each([
  [['--open', '--format', 'json'], /--format html/],
  [['--open', '--out', '-'], /--format html/],
  [['--format', 'constructor'], /markdown, .*html, zip/],
])('bundle: %j is wrong usage', async (args, message) => {
  const outcome = await bundle(args, { cwd: temporaryDirectory() });
  expect(outcome).toMatchObject({ code: 2, stdout: '' });
  expect(outcome.stderr).toMatch(message);
});
