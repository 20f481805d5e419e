import { expect, test } from 'vitest';
import { criticalPathOf } from '../../src/analyses/facts/critical-path.ts';
import type { Span } from '../../src/core/span.ts';
import type { StorySpan } from '../traces/otlp.ts';
import { evidence, run, traceOf } from './run.ts';

/** Milliseconds on the path by span number. */
function pathOf(spans: readonly StorySpan[]): Record<number, number> {
  const trace = traceOf(spans);
  const path = criticalPathOf(trace, trace.roots[0] as Span);
  return Object.fromEntries(
    [...path].map(([span, nanos]) => [Number.parseInt(span.spanId.slice(8), 16), nanos / 1e6]),
  );
}

test('critical path: of calls side by side the one that ended last was waited for, and its own children', () => {
  // 1 |--------------------| 0-100
  // 2   |------|             10-50, for nothing
  // 3   |--------------|     10-90
  // 4       |----|           30-60, below 3
  expect(
    pathOf([
      { id: 1, name: 'GET /', kind: 2, at: 0, ms: 100 },
      { id: 2, parent: 1, name: 'fast', at: 10, ms: 40 },
      { id: 3, parent: 1, name: 'slow', at: 10, ms: 80 },
      { id: 4, parent: 3, name: 'query', at: 30, ms: 30 },
    ]),
  ).toEqual({ 1: 20, 3: 50, 4: 30 });
});

test('critical path: one after another all count, the gaps between them are the parent’s own', () => {
  expect(
    pathOf([
      { id: 1, name: 'GET /', at: 0, ms: 100 },
      { id: 2, parent: 1, name: 'a', at: 10, ms: 30 },
      { id: 3, parent: 1, name: 'b', at: 50, ms: 40 },
    ]),
  ).toEqual({ 1: 30, 2: 30, 3: 40 });
});

test('critical path: work that goes on after the answer was not waited for; the other side of a call was, until the caller left', () => {
  const call = { id: 1, name: 'GET /', at: 0, ms: 100 };
  expect(pathOf([call, { id: 2, parent: 1, name: 'in the background', at: 80, ms: 500 }])).toEqual({
    1: 100,
  });
  expect(pathOf([call, { id: 2, parent: 1, name: 'GET /slow', kind: 2, at: 20, ms: 500 }])).toEqual({
    1: 20,
    2: 80,
  });
  // An answer is out a moment before its handler ends.
  expect(pathOf([call, { id: 2, parent: 1, name: 'handler', at: 10, ms: 92 }])).toEqual({ 1: 10, 2: 90 });
});

test('critical path: always adds up to the root, whatever the clocks say', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let round = 0; round < 200; round += 1) {
    const spans = Array.from(
      { length: 30 },
      (_, index): StorySpan => ({
        id: index + 1,
        ...(index > 0 && { parent: 1 + random(index) }),
        name: 's',
        at: index === 0 ? 0 : random(120) - 10,
        ms: index === 0 ? 100 : random(60),
      }),
    );
    const total = Object.values(pathOf(spans)).reduce((sum, ms) => sum + ms, 0);
    expect(total).toBeCloseTo(100, 6);
  }
});

test('critical-path: says what kind of work most of the wait was, all its spans together', () => {
  const queries = Array.from({ length: 8 }, (_, index) => ({
    id: index + 2,
    parent: 1,
    name: 'SELECT items',
    kind: 3,
    at: 10 + index * 10,
    ms: 9,
  }));
  const [finding] = run('critical-path', [{ id: 1, name: 'GET /', kind: 2, at: 0, ms: 100 }, ...queries]);
  expect(finding).toMatchObject({
    severity: 'info',
    facts: { span: 'SELECT items', waitedMs: 72, sharePercent: 72, spanCount: 8, totalMs: 100 },
  });
  expect(evidence(finding)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
});

test('self-time: work side by side adds up to more than what the end waited for', () => {
  // 1 |-------------| ; four like calls side by side of 40 ms each, then one of 50 ms on its own
  const [finding, ...rest] = run('self-time', [
    { id: 1, name: 'GET /', at: 0, ms: 100 },
    ...[2, 3, 4, 5].map((id) => ({ id, parent: 1, name: 'resize', at: 0, ms: 40 })),
    { id: 6, parent: 1, name: 'join', at: 45, ms: 50 },
  ]);
  expect(rest).toEqual([]);
  expect(finding).toMatchObject({ facts: { span: 'resize', ownMs: 160 } });
  // 160 % of the request would read like a mistake.
  expect(finding?.facts).not.toHaveProperty('requestPercent');
  expect(evidence(finding)).toEqual([2, 3, 4, 5]);
});

test('self-time: says nothing where the critical path names the same work', () => {
  const spans = [
    { id: 1, name: 'render', at: 0, ms: 100 },
    { id: 2, parent: 1, name: 'a', at: 0, ms: 15 },
    { id: 3, parent: 1, name: 'b', at: 5, ms: 15 },
  ];
  expect(run('critical-path', spans)[0]).toMatchObject({ facts: { span: 'render', waitedMs: 85 } });
  expect(run('self-time', spans)).toEqual([]);
});
