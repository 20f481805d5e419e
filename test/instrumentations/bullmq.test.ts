import { expect, test } from 'vitest';
import { type AppRun, type RecordedSpan, runApp } from './run-app.ts';
import { standIns } from './stand-ins.ts';

const directory = standIns();
const named = (run: AppRun, name: string): RecordedSpan[] => run.spans.filter((span) => span.name === name);

test('bullmq: a job is one trace with who added it, its failure is on its span, and polling makes no spans', async () => {
  const run = await runApp('jobs.cjs', { directory });
  const [request] = named(run, 'request');
  const added = named(run, 'add mails.welcome');
  const processed = named(run, 'process mails');
  expect(run.errors).toBe('');
  expect(run.spans).toHaveLength(11);
  expect(added.map(({ kind, parentSpanId }) => [kind, parentSpanId])).toEqual(
    added.map(() => [3, request?.spanId]),
  );
  expect(processed.map(({ kind, parentSpanId }) => [kind, parentSpanId])).toEqual([
    [4, added[0]?.spanId],
    [4, added[1]?.spanId],
    // What the job carries cannot be read: where the worker was made is not where the job came from.
    [4, undefined],
  ]);
  expect(named(run, 'work 1')[0]?.parentSpanId).toBe(processed[0]?.spanId);
  expect(processed[0]?.attributes).toMatchObject({
    'messaging.system': 'bullmq',
    'messaging.operation.type': 'process',
    'messaging.destination.name': 'mails',
    'messaging.message.id': '1',
    'bullmq.job.name': 'welcome',
  });
  expect(processed[1]).toMatchObject({
    status: { code: 2, message: 'no address' },
    events: [{ name: 'exception', attributes: { 'exception.type': 'TypeError' } }],
  });
  expect(JSON.stringify(processed[0])).not.toContain('address');
});

test('bullmq: the app goes as it does without us', async () => {
  const [ours, bare] = [
    await runApp('jobs.cjs', { directory }),
    await runApp('jobs.cjs', { directory, bare: true }),
  ];
  expect([ours.code, ours.errors]).toEqual([bare.code, bare.errors]);
  expect(ours.output.split('\n')[0]).toBe(bare.output.split('\n')[0]);
});
