import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../e2e/run-app.ts';
import { CLI, runCli } from './run-cli.ts';

const TOKEN = `npm_${'aB3dE6gH9'.repeat(4)}`;
const PASSWORD = ['hunter', '2xY'].join('');
const PEM = ['-----BEGIN PRIVATE', 'KEY-----'].join(' ');
const KEY = `${PEM}\n${'Ab1+'.repeat(16)}\n${'Cd2/'.repeat(16)}\n${PEM.replace('BEGIN', 'END')}`;
const TEXT = [
  'started',
  `password=${PASSWORD} and ${TOKEN}`,
  JSON.stringify({
    resourceSpans: [{ attributes: [{ key: 'db.password', value: { stringValue: PASSWORD } }] }],
  }),
  KEY,
  `sent ${TOKEN}`,
  '',
].join('\n');

test('redact: names line and rule of all that would be masked, never the value, and exits 1', async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, 'app.log');
  writeFileSync(file, TEXT);
  const { code, stdout, stderr } = await runCli(['redact', '--check', file]);
  expect(code).toBe(1);
  expect(stdout.split('\n')).toEqual([
    `${file}:2: credential`,
    `${file}:2: npm-token`,
    expect.stringMatching(/:3: sensitive-key$/),
    `${file}:4: private-key`,
    `${file}:8: npm-token`,
    '',
  ]);
  expect(stderr).toContain('5 values in 8 lines would be masked');
  for (const secret of [TOKEN.slice(4), PASSWORD, 'Ab1+']) expect(stdout + stderr).not.toContain(secret);
});

test('redact: standard input, counts by rule with references, JSON, and rules that are off', async () => {
  const feed = (args: readonly string[], env: Record<string, string> = {}) =>
    new Promise<{ code: number | null; stdout: string }>((done) => {
      const child = spawn(process.execPath, [CLI, 'redact', '--check', '-', ...args], {
        env: { PATH: process.env.PATH, ...env },
      });
      let stdout = '';
      child.stdout.on('data', (data) => {
        stdout += data;
      });
      child.on('close', (code) => done({ code, stdout }));
      child.stdin.end(TEXT);
    });
  const explained = await feed(['--explain']);
  expect(explained.code).toBe(1);
  expect(explained.stdout).toMatch(
    /^ +2 {2}npm-token +npm access token\n +leaves npm_\[REDACTED:npm-token\] {2}https:\/\/docs\.npmjs\.com/m,
  );
  const lines = (await feed(['--json'])).stdout.trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ masked: 5 });
  expect(JSON.parse(lines[0] ?? '')).toEqual({ file: 'stdin', line: 2, rule: 'credential', count: 1 });
  const without = await feed(['--explain'], { AGENTLOG_REDACTION_DISABLE: 'npm-token' });
  expect(without.stdout).not.toContain('npm-token');
});

test('redact: nothing to mask exits 0; a file that is not there is named', async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, 'clean.log');
  writeFileSync(file, `all is well\n${'word '.repeat(600_000)}\nend`);
  expect(await runCli(['redact', '--check', file])).toMatchObject({ code: 0, stdout: '' });
  const missing = await runCli(['redact', '--check', `${file}.no`]);
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toContain('There is no file');
});

test('redact: without a file, --explain says what every rule finds, leaves and where it is described', async () => {
  const { code, stdout } = await runCli(['redact', '--explain', '--json']);
  expect(code).toBe(0);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.find(({ rule }) => rule === 'npm-token')).toEqual({
    rule: 'npm-token',
    description: 'npm access token',
    state: 'on',
    leaves: ['npm_[REDACTED:npm-token]'],
    reference: expect.stringMatching(/^https:/),
  });
  expect(rows.find(({ rule }) => rule === 'email').state).toBe('optional');
  expect((await runCli(['redact', '--explain'])).stdout).toMatch(/^ +on {2}stripe-key +Stripe/m);
  expect((await runCli(['redact'])).code).toBe(2);
});

test('redact and bundle: rules of a file count, an unknown id and a broken rule are said once', async () => {
  using directory = temporaryDirectory();
  const rules = join(directory.path, 'rules.json');
  writeFileSync(
    rules,
    JSON.stringify([
      { id: 'acme', literals: ['ACME-'], pattern: 'ACME-(\\d{4}-[A-Z]{4})', description: 'ticket of ACME' },
      { id: 'broken', literals: ['boom'], pattern: 'boom(a+)+' },
    ]),
  );
  const file = join(directory.path, 'app.log');
  writeFileSync(file, 'ticket ACME-1234-WXYZ open\n');
  const env = { AGENTLOG_REDACTION_RULES: rules, AGENTLOG_REDACTION_DISABLE: 'githup-token' };
  const { code, stdout, stderr } = await runCli(['redact', '--check', file, '--explain'], { env });
  expect(code).toBe(1);
  expect(stdout).toMatch(/1 {2}acme +ticket of ACME/);
  expect(stderr.match(/githup-token/g)).toHaveLength(1);
  expect(stderr).toContain('did you mean github-token');
  expect(stderr.match(/rule "broken" is left out: its pattern repeats a repeat/g)).toHaveLength(1);
});
