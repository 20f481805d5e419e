import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replayStore } from '../../src/commands/replay/replay-store.ts';
import { makeFileName } from '../../src/core/layout.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { logsRequest, spansRequest } from '../../src/core/otlp/requests.ts';
import type { LogRecord, Span } from '../../src/core/span.ts';
import { compactStore } from '../../src/store/parquet/compact.ts';
import { randomTelemetry } from '../sources/random-telemetry.ts';
import { startStub } from '../sources/recorded.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { type Outcome, runCli } from './run-cli.ts';

const { spans, logs } = randomTelemetry(7, 60);

interface Taken {
  readonly url: string;
  readonly spans: Span[];
  readonly logs: LogRecord[];
  readonly paths: string[];
  readonly headers: unknown[];
}

/** A receiver that answers what `answer` says; undefined takes the request. */
async function startReceiver(
  answer: (count: number, path: string) => number | undefined = () => undefined,
): Promise<Taken> {
  const taken: Taken = { url: '', spans: [], logs: [], paths: [], headers: [] };
  const { url } = await startStub((target, request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      taken.paths.push(target.pathname);
      taken.headers.push(request.headers);
      const status = answer(taken.paths.length, target.pathname) ?? 200;
      if (status === 200) {
        const decoded = decodeLine(Buffer.concat(chunks).toString());
        taken.spans.push(...decoded.spans);
        taken.logs.push(...decoded.logs);
      }
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
    return undefined;
  });
  return Object.assign(taken, { url });
}

function storeOf(lines: { spans?: Span[]; logs?: LogRecord[] }): string {
  const file = (signal: 'traces' | 'logs'): string =>
    makeFileName({ startedAt: new Date(1_795_250_400_000), pid: 4_194_305, random: 'abcdef01', signal });
  const text = <T>(items: T[], request: (some: T[]) => object): string =>
    Array.from(
      { length: Math.ceil(items.length / 7) },
      (_, at) => `${JSON.stringify(request(items.slice(at * 7, at * 7 + 7)))}\n`,
    ).join('');
  return temporaryDirectory({
    [file('traces')]: text(lines.spans ?? spans, spansRequest),
    [file('logs')]: text(lines.logs ?? logs, logsRequest),
  });
}

/** The CLI with a place of its own for what it remembers. */
function run(
  args: readonly string[],
  state: string = temporaryDirectory(),
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  return runCli(args, { env: { XDG_STATE_HOME: state, ...env } });
}

function keysOf(all: readonly Span[]): string[] {
  return all.map((span) => `${span.traceId} ${span.spanId} ${span.startTimeUnixNano} ${span.name}`).sort();
}

test('replay: everything on disk arrives, each once, from files and Parquet alike', async () => {
  const directory = storeOf({ spans: spans.slice(0, 100) });
  await compactStore(directory);
  writeFileSync(join(directory, 'later.jsonl'), `${JSON.stringify(spansRequest(spans.slice(100)))}\n`);
  const receiver = await startReceiver();
  const state = temporaryDirectory();
  const outcome = await run(['replay', '--to', receiver.url, '--dir', directory], state);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  expect(outcome.stdout).toBe(
    `Sent ${spans.length} spans and ${logs.length} log records to otlp:${receiver.url}.\n`,
  );
  expect(keysOf(receiver.spans)).toEqual(keysOf(spans));
  expect(receiver.logs).toHaveLength(logs.length);
  expect(readdirSync(join(state, 'agentlog-otel'))).toEqual([]);
});

test('replay: an interrupted run goes on where it was, and what was confirmed is not sent again', async () => {
  const many = Array.from({ length: 30 }, () => spans).flat();
  const directory = storeOf({ spans: many });
  const state = temporaryDirectory();
  let isBroken = true;
  const receiver = await startReceiver((count) => (isBroken && count >= 4 ? 400 : undefined));
  const args = ['replay', '--to', receiver.url, '--dir', directory];
  const first = await run(args, state);
  expect(first).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/refused a request \(400\).*remembered/),
  });
  expect(readdirSync(join(state, 'agentlog-otel'))).toHaveLength(1);
  const before = receiver.spans.length + receiver.logs.length;
  expect(before).toBeGreaterThan(0);
  isBroken = false;
  const second = await run(args, state);
  expect(second).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`(${before} records were sent before`),
  });
  expect(keysOf(receiver.spans)).toEqual(keysOf(many));
  expect(receiver.logs).toHaveLength(logs.length);
});

test('replay: an age means the same instant when an interrupted run goes on', async () => {
  const directory = storeOf({ spans: Array.from({ length: 10 }, () => spans).flat(), logs: [] });
  const times = spans.map((span) => span.startTimeUnixNano).sort();
  const [first = 0n, later = 0n] = [times[Math.floor(times.length / 4)], times[Math.floor(times.length / 2)]];
  let isBroken = true;
  const receiver = await startReceiver((count) => (isBroken && count >= 2 ? 400 : undefined));
  const env = { XDG_STATE_HOME: temporaryDirectory() };
  const attempt = (sinceUnixNano: bigint) =>
    replayStore({
      path: directory,
      to: receiver.url,
      selection: { sinceUnixNano },
      runKey: [receiver.url, '1h'],
      recordsPerSecond: undefined,
      shiftToNow: false,
      restart: false,
      redaction: {},
      env,
      now: Date.now(),
      say: () => undefined,
    });
  await expect(attempt(first)).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
  isBroken = false;
  await attempt(later);
  const wanted = spans.filter((span) => span.startTimeUnixNano >= first);
  expect(keysOf(receiver.spans)).toEqual(keysOf(Array.from({ length: 10 }, () => wanted).flat()));
});

test('replay: --trace-id, --since and --until choose, --shift-to-now moves all by the same', async () => {
  const directory = storeOf({});
  const receiver = await startReceiver();
  const traceId = spans[0]?.traceId ?? '';
  await run(['replay', '--to', receiver.url, '--dir', directory, '--trace-id', traceId]);
  expect(keysOf(receiver.spans)).toEqual(keysOf(spans.filter((span) => span.traceId === traceId)));
  receiver.spans.length = 0;
  const middle = 1_795_254_000_000_000_000n;
  await run(['replay', '--to', receiver.url, '--dir', directory, '--since', String(middle)]);
  expect(keysOf(receiver.spans)).toEqual(keysOf(spans.filter((span) => span.startTimeUnixNano >= middle)));
  receiver.spans.length = 0;
  const startedAt = Date.now();
  await run(['replay', '--to', receiver.url, '--dir', directory, '--shift-to-now']);
  const shifts = new Set<bigint>();
  for (const span of receiver.spans) {
    const original = spans.find((each) => each.spanId === span.spanId) as Span;
    shifts.add(span.startTimeUnixNano - original.startTimeUnixNano);
    shifts.add(span.endTimeUnixNano - original.endTimeUnixNano);
  }
  expect(shifts.size).toBe(1);
  const newest = receiver.spans.reduce((max, { endTimeUnixNano: end }) => (end > max ? end : max), 0n);
  expect(Number(newest / 1_000_000n)).toBeGreaterThan(startedAt - 600_000);
  expect(Number(newest / 1_000_000n)).toBeLessThanOrEqual(Date.now());
});

test('replay: a receiver that takes no log records gets the spans', async () => {
  const receiver = await startReceiver((_, path) => (path === '/v1/logs' ? 404 : undefined));
  const outcome = await run(['replay', '--to', receiver.url, '--dir', storeOf({})]);
  expect(outcome).toMatchObject({ code: 0, stderr: expect.stringContaining('takes no log records (404)') });
  expect(receiver.spans).toHaveLength(spans.length);
  expect(receiver.paths.filter((path) => path === '/v1/logs')).toHaveLength(1);
});

test('replay: a secret that came into the store by another way does not leave it', async () => {
  const secret = ['sk', 'live', 'a1B2c3D4e5F6'.repeat(2)].join('_');
  const [span] = spans as [Span];
  const directory = storeOf({
    spans: [{ ...span, attributes: { 'app.note': `password=${secret}` } }],
    logs: [],
  });
  const receiver = await startReceiver();
  await run(['replay', '--to', receiver.url, '--dir', directory]);
  expect(receiver.spans).toHaveLength(1);
  expect(JSON.stringify(receiver.spans[0]?.attributes)).not.toContain(secret);
});

test('replay: headers of the environment go along; --rate is kept to', async () => {
  const receiver = await startReceiver();
  const env = { OTEL_EXPORTER_OTLP_HEADERS: 'x-key=abc' };
  const args = [
    'replay',
    '--to',
    receiver.url,
    '--dir',
    storeOf({ spans: spans.slice(0, 6), logs: [] }),
    '--rate',
    '3',
  ];
  expect((await run(args, undefined, env)).code).toBe(0);
  expect(receiver.headers).toEqual([expect.objectContaining({ 'x-key': 'abc' }), expect.anything()]);
});

test('replay: what cannot be done is said with the next step', async () => {
  const directory = storeOf({});
  const cases: [string[], number, RegExp][] = [
    [[], 2, /--to/],
    [['--to', 'localhost:4318'], 2, /http:\/\/localhost:4318/],
    [['--to', 'http://127.0.0.1:9', '--rate', '0'], 2, /--rate/],
    [['--to', 'http://127.0.0.1:9', '--trace-id', 'xyz'], 2, /trace id/],
    [['--to', 'http://127.0.0.1:9'], 1, /nothing listens on port 9.*4318/],
  ];
  for (const [args, code, message] of cases) {
    const outcome = await run(['replay', '--dir', directory, ...args]);
    expect(outcome).toMatchObject({ code, stderr: expect.stringMatching(message) });
  }
});
