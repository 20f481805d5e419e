import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runApp } from '../e2e/run-app.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { INJECTIONS } from '../traces/injections.ts';
import { Story, type StorySpan } from '../traces/otlp.ts';
import { CLI, runCli } from './run-cli.ts';

const SHOP = { 'service.name': 'shop' };

/** `tail` as a process; it has begun when the promise settles. */
async function startTail(place: string, ...args: string[]): Promise<Tail> {
  const child = spawn(process.execPath, [CLI, 'tail', '--source', place, ...args], { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const tail = new Tail(child);
  await tail.until(() => tail.stderr.includes('# following'));
  return tail;
}

class Tail {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  #wake: () => void = () => undefined;
  readonly #ended: Promise<number | null>;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (text) => {
      this.stdout += text;
      this.#wake();
    });
    child.stderr?.on('data', (text) => {
      this.stderr += text;
      this.#wake();
    });
    this.#ended = new Promise((resolve) => child.on('close', resolve));
  }

  get lines(): string[] {
    return this.stdout.split('\n').filter((line) => line !== '');
  }

  async until(holds: () => boolean): Promise<void> {
    const over = this.#ended.then((code) => {
      if (!holds()) throw new Error(`tail ended with ${code}: ${this.stderr}`);
    });
    while (!holds()) {
      await Promise.race([over, new Promise<void>((resolve) => (this.#wake = resolve))]);
    }
  }

  async end(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return this.#ended;
  }
}

let traceCount = 0;

/** A line with one span of a trace of its own. */
function request(name: string, more: Partial<StorySpan> = {}): string {
  traceCount += 1;
  const story = new Story(traceCount.toString(16).padStart(32, 'd'));
  return `${story.spans(SHOP, [{ id: 1, name, kind: 2, at: traceCount, ms: 12, ...more }])}\n`;
}

test('tail: only what is written from now on: a line a request, failure and log record; SIGINT ends it with 0', async () => {
  const directory = temporaryDirectory({ 'a.jsonl': request('before') });
  const tail = await startTail(directory);
  const story = new Story('e'.repeat(32));
  const lines = [
    story.spans(SHOP, [
      { id: 2, parent: 1, name: 'quiet step', at: 1, ms: 1 },
      { id: 3, parent: 1, name: 'failing step', at: 2, ms: 1, error: 'it broke' },
      { id: 1, name: 'GET /', kind: 2, at: 0, ms: 270, attributes: { 'http.response.status_code': 500 } },
    ]),
    story.logs(SHOP, [{ span: 1, at: 300, severity: 13, body: 'careful' }]),
  ];
  appendFileSync(join(directory, 'a.jsonl'), `${lines.join('\n')}\n`);
  await tail.until(() => tail.lines.length >= 3);
  expect(tail.lines.map((line) => line.slice(13))).toEqual([
    `err shop "failing step" 1ms ERROR "it broke" trace=${story.traceId}`,
    `req shop "GET /" 500 270ms trace=${story.traceId}`,
    `log shop WARN careful trace=${story.traceId}`.replace('careful', '"careful"'),
  ]);
  expect(await tail.end()).toBe(0);
  expect(tail.stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('tail: new files, half lines, renamed and removed ones: each line once', async () => {
  const directory = temporaryDirectory({ 'a.jsonl': '' });
  const tail = await startTail(directory);
  const path = (name: string): string => join(directory, name);
  const half = request('in two writes');
  appendFileSync(path('a.jsonl'), half.slice(0, 90));
  writeFileSync(path('b.jsonl'), request('in a new file'));
  await tail.until(() => tail.stdout.includes('in a new file'));
  expect(tail.stdout).not.toContain('in two writes');
  appendFileSync(path('a.jsonl'), half.slice(90));
  await tail.until(() => tail.stdout.includes('in two writes'));
  renameSync(path('a.jsonl'), path('c.jsonl'));
  writeFileSync(path('a.jsonl'), request('after the rotation'));
  await tail.until(() => tail.stdout.includes('after the rotation'));
  appendFileSync(path('c.jsonl'), request('just before it goes'));
  renameSync(path('c.jsonl'), path('sealed.zst'));
  rmSync(path('sealed.zst'));
  appendFileSync(path('b.jsonl'), `not OTLP\n${request('behind nonsense')}`);
  await tail.until(() => tail.lines.length >= 5);
  expect(tail.lines.map((line) => /"([^"]*)"/.exec(line)?.[1]).sort()).toEqual(
    ['in a new file', 'in two writes', 'after the rotation', 'just before it goes', 'behind nonsense'].sort(),
  );
  expect(await tail.end()).toBe(0);
});

test('tail: filters by service, errors and words; --json is flat', async () => {
  const directory = temporaryDirectory({ 'a.jsonl': '' });
  const tails = await Promise.all([
    startTail(directory, '--errors', '--json'),
    startTail(directory, '--text', 'ORDERS get'),
    startTail(directory, '--service', 'payments'),
  ]);
  const other = new Story('f'.repeat(32)).spans({ 'service.name': 'payments' }, [
    { id: 1, name: 'last one GET orders', at: 999, ms: 1, error: 'x' },
  ]);
  appendFileSync(
    join(directory, 'a.jsonl'),
    `${request('GET /orders')}${request('POST /carts', { error: 'declined' })}${other}\n`,
  );
  for (const tail of tails) await tail.until(() => tail.stdout.includes('last one'));
  const [errors, words, service] = tails.map(({ lines }) => lines);
  expect(errors?.map((line) => JSON.parse(line))).toMatchObject([
    { event_type: 'request', name: 'POST /carts', is_error: true, error_message: 'declined' },
    { event_type: 'request', service: 'payments' },
  ]);
  expect(words).toHaveLength(2);
  expect(service).toHaveLength(1);
  for (const tail of tails) expect(await tail.end()).toBe(0);
});

test('tail: hostile text stays on its line', async () => {
  const directory = temporaryDirectory({ 'a.jsonl': '' });
  const tail = await startTail(directory);
  appendFileSync(
    join(directory, 'a.jsonl'),
    INJECTIONS.map((text) => request(text, { error: text })).join(''),
  );
  await tail.until(() => tail.lines.length >= INJECTIONS.length);
  for (const line of tail.lines) {
    expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} req shop "/);
    expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
  }
  await tail.end();
});

test('tail: follows a real app from its first request', async () => {
  const directory = temporaryDirectory();
  const tail = await startTail(directory);
  await runApp('http-cjs.cjs', { env: { AGENTLOG_DIR: directory, OTEL_TRACES_EXPORTER: 'none' } });
  await tail.until(() => /req .*"GET \/hello".* 200 /.test(tail.stdout));
  expect(await tail.end()).toBe(0);
});

test('tail: a place that is missing or cannot be followed is said at once', async () => {
  const missing = await runCli(['tail', '--source', join(temporaryDirectory(), 'nowhere')]);
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toContain('@agentlog/otel/register');
  const memory = await runCli(['tail', '--source', 'memory:']);
  expect(memory).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be followed') });
});
