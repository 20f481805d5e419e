import { expect, test } from 'vitest';
import type { StorySpan } from '../traces/otlp.ts';
import { evidence, run } from './run.ts';

const ROOT: StorySpan = { id: 1, name: 'POST /checkout', kind: 2, at: 0, ms: 500 };

function post(id: number, at: number, more: Partial<StorySpan> = {}): StorySpan {
  return {
    id,
    parent: 1,
    name: 'POST',
    kind: 3,
    at,
    ms: 20,
    attributes: {
      'http.request.method': 'POST',
      'url.full': 'http://pay.internal/charge',
      'error.type': '503',
    },
    ...more,
  };
}

test('retry-storm: a call that failed and was made again until it gave up is a problem', () => {
  const [finding, ...rest] = run('retry-storm', [
    ROOT,
    ...[2, 3, 4].map((id) => post(id, id * 100, { error: 'unavailable' })),
  ]);
  expect(rest).toEqual([]);
  expect(finding).toMatchObject({
    severity: 'problem',
    title: 'One call was made 3 times and failed to the last.',
    facts: { attemptCount: 3, failureCount: 3, totalMs: 220, betweenMs: 160, errorType: '503' },
  });
  expect(evidence(finding)).toEqual([2, 3, 4]);
});

test('retry-storm: attempts are found below the spans that a retry library puts around each', () => {
  const [finding] = run('retry-storm', [
    ROOT,
    ...[10, 20, 30].flatMap((id) => [
      { id, parent: 1, name: 'attempt', at: id * 10, ms: 30 },
      post(id + 1, id * 10, { parent: id, ...(id < 30 && { error: 'unavailable' }) }),
    ]),
  ]);
  expect(finding).toMatchObject({
    severity: 'note',
    title: 'One call was made 3 times until it went through.',
  });
  expect(evidence(finding)).toEqual([11, 21, 31]);
});

test('retry-storm: calls that went through, calls side by side, one retry and other addresses are none', () => {
  expect(run('retry-storm', [ROOT, post(2, 0), post(3, 30), post(4, 60)])).toEqual([]);
  expect(run('retry-storm', [ROOT, ...[2, 3, 4].map((id) => post(id, 10 + id, { error: 'x' }))])).toEqual([]);
  expect(run('retry-storm', [ROOT, post(2, 0, { error: 'x' }), post(3, 30)])).toEqual([]);
  const elsewhere = [2, 3, 4].map((id) =>
    post(id, id * 30, {
      error: 'x',
      attributes: { 'http.request.method': 'POST', 'url.full': `http://pay.internal/${id}` },
    }),
  );
  expect(run('retry-storm', [ROOT, ...elsewhere])).toEqual([]);
});

test('retry-storm: what is called after an attempt went through is a new call, not its retry', () => {
  const failing = (id: number): StorySpan => post(id, id * 30, { error: 'x' });
  const [finding, ...rest] = run('retry-storm', [
    ROOT,
    ...[failing(2), failing(3), post(4, 120), failing(5), failing(6), post(7, 210)],
  ]);
  expect(finding?.facts.attemptCount).toBe(3);
  expect(rest.map(({ facts }) => facts.attemptCount)).toEqual([3]);
});
