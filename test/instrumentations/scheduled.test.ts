import { expect, test } from 'vitest';
import { runApp } from './run-app.ts';
import { standIns } from './stand-ins.ts';

const directory = standIns();

test('scheduled: each run of a job is a trace of its own, which has failed when the job has', async () => {
  const run = await runApp('scheduled.cjs', { directory });
  expect(run.errors).toBe('');
  const jobs = run.spans.filter(({ scope }) => scope === '@agentlog/otel/scheduled');
  expect(jobs.map(({ name, parentSpanId, status }) => [name, parentSpanId, status.code])).toEqual([
    ['job cleanUp', undefined, 0],
    ['job backup', undefined, 2],
    ['job 0 5 * * *', undefined, 0],
    ['job nightly', undefined, 0],
    ['job report', undefined, 2],
  ]);
  expect(jobs.map(({ events }) => events[0]?.attributes['exception.type'])).toEqual([
    undefined,
    'RangeError',
    undefined,
    undefined,
    'TypeError',
  ]);
  const work = run.spans.filter(({ name }) => name === 'work');
  expect(work.map(({ parentSpanId }) => parentSpanId)).toEqual([jobs[0]?.spanId, jobs[3]?.spanId]);
});

test('scheduled: the app goes as it does without us', async () => {
  const ours = await runApp('scheduled.cjs', { directory });
  const bare = await runApp('scheduled.cjs', { directory, bare: true });
  expect([ours.code, ours.output.trimEnd(), ours.errors]).toEqual([
    bare.code,
    bare.output.trimEnd(),
    bare.errors,
  ]);
});
