import { beforeAll, expect, test } from 'vitest';
import { type ExitRow, exitMarkdown, exitTable, SPANS } from './exit-table.ts';
import { startReceiver } from './receiver.ts';
import { printed, REGISTER, readLocal, runApp, temporaryDirectory } from './run-app.ts';

let rows: ExitRow[];

beforeAll(async () => {
  rows = await exitTable();
}, 120_000);

const row = (event: string): ExitRow => rows.find((each) => each.event === event) as ExitRow;

test('exit: however the process ends, its exit code is the one it has without us', () => {
  expect(rows.map(({ event, ours }) => [event, ours.exit])).toEqual(
    rows.map(({ event, bareExit }) => [event, bareExit]),
  );
  expect(rows.map(({ bareExit }) => bareExit)).toEqual([
    '0',
    '143 (SIGTERM)',
    '130 (SIGINT)',
    '0',
    '0',
    '3',
    '1',
    '1',
    '1',
    '134 (SIGABRT)',
    '137 (SIGKILL)',
    '134 (SIGABRT)',
  ]);
});

test('exit: however the process ends, every span older than 100 ms is on disk', () => {
  expect(rows.map(({ event, ours }) => [event, ours.onDisk])).toEqual(
    rows.map(({ event }) => [event, SPANS]),
  );
});

test('exit: where the process is given time, every span is at the collector', () => {
  const delivered = rows.filter(({ ours }) => ours.atCollector === SPANS).map(({ event }) => event);
  expect(delivered).toEqual([
    'clean end',
    'SIGTERM',
    'SIGINT',
    'SIGTERM, own listener',
    'SIGINT, own listener',
  ]);
});

test('exit: the stock distribution never delivers more, and swallows SIGTERM', () => {
  for (const { ours, stock } of rows) expect(stock.atCollector).toBeLessThanOrEqual(ours.atCollector);
  expect(row('SIGTERM').stock.exit).toBe('never exits');
  expect(row('SIGINT').stock.atCollector).toBe(0);
});

test('exit: the table of the README has a line for every event', () => {
  expect(exitMarkdown(rows).split('\n')).toHaveLength(rows.length + 2);
  expect(exitMarkdown(rows)).toContain(
    '| SIGTERM | 5 of 5 | 5 of 5 | 143 (SIGTERM) | 5 of 5 | **never exits** | 143 (SIGTERM) |',
  );
});

/** Ends an app by SIGTERM; where its spans are afterwards, and how it ended. */
async function terminated(end: string, env: Record<string, string> = {}, register = REGISTER) {
  await using receiver = await startReceiver();
  using directory = temporaryDirectory();
  const path = `${directory.path}/.agentlog`;
  const run = await runApp('exits.mjs', {
    nodeArgs: register,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, AGENTLOG_DIR: path, APP_END: end, ...env },
    async during(child) {
      await printed(child, 'ready');
      child.kill('SIGTERM');
    },
  });
  const { code, signal, stderr } = run;
  return {
    code,
    signal,
    stderr,
    onDisk: readLocal(path).spans.length,
    atCollector: receiver.spans.length,
  };
}

const COMPLETE = { stderr: '', onDisk: SPANS, atCollector: SPANS };

test('exit: a listener that was added for one signal still decides itself', async () => {
  expect(await terminated('own listener, once')).toEqual({ ...COMPLETE, code: 0, signal: null });
});

test('exit: the same when our own listener came later than the app’s, as with preset()', async () => {
  const preset = ['--import', './test/apps/late-preset.mjs'];
  expect(await terminated('own listener, once', {}, preset)).toEqual({ ...COMPLETE, code: 0, signal: null });
});

test('exit: signal-exit, which waits for all others to leave, does not keep the app alive', async () => {
  expect(await terminated('signal-exit')).toEqual({ ...COMPLETE, code: null, signal: 'SIGTERM' });
});
