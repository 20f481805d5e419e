import { join } from 'node:path';
import { expect, test } from 'vitest';
import { displayWidth } from '../../src/formats/terminal/width.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { Story } from '../traces/otlp.ts';
import { runCli } from './run-cli.ts';

const TRACES = join(import.meta.dirname, '../traces');
const CHECKOUT = 'c0ffee00d15ea5e0c0ffee00d15ea5e0';
/** OTLP's numbers of info, warn and error. */
const LEVELS = [9, 13, 17];

/** 40 records of one service, four of each instant, beside those of another. */
function store(): string {
  const story = new Story('ab'.repeat(16));
  const logs = Array.from({ length: 40 }, (_, index) => ({
    span: 1 + (index % 2),
    at: Math.floor(index / 4),
    severity: LEVELS[index % 3] as number,
    body: `record ${index}`,
    attributes: { index, even: index % 2 === 0 },
  }));
  const lines = [
    story.logs({ 'service.name': 'shop' }, logs),
    story.logs({ 'service.name': 'other' }, [{ at: 99, severity: 9, body: 'elsewhere' }]),
    story.spans({ 'service.name': 'shop' }, [
      { id: 1, name: 'root', at: 0, ms: 50 },
      { id: 2, parent: 1, name: 'child', at: 1, ms: 5 },
    ]),
  ];
  return temporaryDirectory({ 'a.jsonl': `${lines.join('\n')}\n` });
}

type Line = { body: string; handle: number | null; traceId: string; time: string };

async function linesOf(directory: string, ...args: string[]): Promise<Line[]> {
  const { code, stdout } = await runCli(['logs', '--json', '--source', directory, ...args]);
  expect(code).toBe(0);
  return stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

test('logs: each filter gives exactly its records, newest first, --json one a line', async () => {
  const directory = store();
  const all = await linesOf(directory, '--service', 'shop');
  expect(all).toHaveLength(40);
  expect(all.map(({ time }) => time)).toEqual(
    all
      .map(({ time }) => time)
      .sort()
      .reverse(),
  );
  const cases: [string[], (index: number) => boolean][] = [
    [['--severity', 'warn', '--service', 'shop'], (index) => index % 3 > 0],
    [['--severity', '17'], (index) => index % 3 === 2],
    [['--text', 'RECORD 7'], (index) => index % 10 === 7],
    [['--attr', 'even=true'], (index) => index % 2 === 0],
    [['--attr', 'index=11'], (index) => index === 11],
    [['--span', 'abababab00000002'], (index) => index % 2 === 1],
    [['--trace', 'abababab', '--span', '#1', '--severity', 'info'], (index) => index % 2 === 0],
  ];
  for (const [args, fits] of cases) {
    const found = (await linesOf(directory, ...args)).map(({ body }) => Number(/\d+/.exec(body)));
    const expected = [...Array(40).keys()].filter(fits);
    expect({ args, found: found.sort((a, b) => a - b) }).toEqual({ args, found: expected });
  }
});

test('logs: with --trace they carry the handles of the tree', async () => {
  const lines = await linesOf(TRACES, '--trace', 'c0ffee00');
  expect(lines.map(({ body, handle }) => ({ body, handle }))).toContainEqual({
    body: 'charge failed',
    handle: 5,
  });
  for (const { traceId } of lines) expect(traceId).toBe(CHECKOUT);
});

test('logs: pages hold every record once, in order, though many share an instant', async () => {
  const directory = store();
  const whole = (await runCli(['logs', '--source', directory])).stdout.trimEnd().split('\n');
  const paged: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const args = ['logs', '--source', directory, '--limit', '7'];
    const { stdout } = await runCli([...args, ...(cursor === '' ? [] : ['--cursor', cursor])]);
    paged.push(...stdout.split('\n').filter((line) => line.startsWith('2026-')));
    cursor = /--cursor (\S+)/.exec(stdout)?.[1];
  }
  expect(paged).toEqual(whole);
  expect(paged).toHaveLength(41);
});

test('logs: hostile text stays on its line, and no line is wider than COLUMNS', async () => {
  const { stdout } = await runCli(['logs', '--source', TRACES], { env: { COLUMNS: '77' } });
  for (const line of stdout.trimEnd().split('\n')) {
    expect(line).toMatch(/^(?:2026-|# )/);
    expect(displayWidth(line.startsWith('#') ? '' : line)).toBeLessThanOrEqual(77);
    expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
  }
});

test('logs: a secret that was stored is masked on reading', async () => {
  const line = new Story('9'.repeat(32)).logs({ 'service.name': 's' }, [
    {
      at: 0,
      severity: 9,
      body: `authorization: Bearer ${'A1b2C3d4'.repeat(4)}`,
      attributes: { password: 'hunter22' },
    },
  ]);
  const directory = temporaryDirectory({ 'a.jsonl': `${line}\n` });
  for (const form of [[], ['--json'], ['--trace', '99999999']]) {
    const { stdout } = await runCli(['logs', '--source', directory, ...form]);
    expect(stdout).toContain('REDACTED');
    expect(stdout).not.toMatch(/A1b2C3d4|hunter22/);
  }
});

test('logs: an empty answer says why', async () => {
  const none = await runCli(['logs', '--source', temporaryDirectory()]);
  expect(none).toMatchObject({ code: 0, stdout: expect.stringContaining('holds none') });
  const filtered = await runCli(['logs', '--text', 'no such word', '--source', TRACES]);
  expect(filtered.stdout).toMatch(/No log record fits; the newest one .* 2026-/);
});

test.each([
  [['--severity', 'loud'], 2, /trace, debug, info/],
  [['--span', '3'], 2, /needs --trace/],
  [['--trace', CHECKOUT, '--span', '9'], 1, /#1 to #5, and no #9/],
  [['--trace', 'f'.repeat(32)], 1, /not found/],
  [['--cursor', 'abc'], 2, /page before printed/],
  [['--limit', '-1'], 2, /whole number/],
  [['--attr', 'a~(?=x)'], 2, /regular expression/],
])('logs: %j fails with exit %i and the next step', async (args, code, message) => {
  const outcome = await runCli(['logs', '--source', TRACES, ...args]);
  expect(outcome).toMatchObject({ code, stdout: '' });
  expect(outcome.stderr).toMatch(message);
});
