import { expect, test } from 'vitest';
import type { StorySpan } from '../traces/otlp.ts';
import { evidence, run } from './run.ts';

const SPANS: StorySpan[] = [
  { id: 1, name: 'GET /', kind: 2, at: 0, ms: 700 },
  {
    id: 2,
    parent: 1,
    name: 'SELECT items',
    kind: 3,
    at: 10,
    ms: 640,
    attributes: { 'agentlog.db.signature': 'ab' },
  },
  {
    id: 3,
    parent: 1,
    name: 'SELECT users',
    kind: 3,
    at: 655,
    ms: 30,
    attributes: { 'agentlog.db.signature': 'cd' },
  },
];

test('slow-spans: a span far above the p95 of its own statement is a problem, with what is usual', () => {
  const history = new Map([
    ['ab', { count: 400, p50Ms: 4, p95Ms: 20 }],
    ['GET /', { count: 400, p50Ms: 40, p95Ms: 600 }],
  ]);
  const [finding, ...rest] = run('slow-spans', SPANS, [], history);
  expect(rest).toEqual([]);
  expect(finding).toMatchObject({
    severity: 'problem',
    facts: { span: 'SELECT items', tookMs: 640, usualMs: 4, usualP95Ms: 20, knownCount: 400 },
  });
  expect(evidence(finding)).toEqual([2]);
});

test('slow-spans: of few known spans only what is far beyond them counts', () => {
  const few = (p95Ms: number): Map<string, { count: number; p50Ms: number; p95Ms: number }> =>
    new Map([['ab', { count: 8, p50Ms: 1, p95Ms }]]);
  const severities = (p95Ms: number): unknown[] =>
    run('slow-spans', SPANS, [], few(p95Ms)).map(({ severity, facts }) => [severity, facts.usualMs]);
  expect(severities(100)).toEqual([['problem', 1]]);
  expect(severities(200)).toEqual([['note', undefined]]);
});

test('slow-spans: spans that are late because of slow spans below them are not told again', () => {
  const usual = { count: 30, p50Ms: 5, p95Ms: 10 };
  const history = new Map(['GET /', 'ab', 'cd'].map((key) => [key, usual]));
  const named = (spans: readonly StorySpan[]): unknown[] =>
    run('slow-spans', spans, [], history).map(({ facts }) => facts.span);
  expect(named(SPANS)).toEqual(['SELECT items']);
  const ownWork = SPANS.map((span) => (span.id === 1 ? { ...span, ms: 1_400 } : span));
  expect(named(ownWork)).toEqual(['GET /', 'SELECT items']);
});

test('slow-spans: what has always been so slow is not told', () => {
  const history = new Map([['ab', { count: 400, p50Ms: 600, p95Ms: 700 }]]);
  expect(run('slow-spans', SPANS, [], history)).toEqual([]);
});

test('slow-spans: without a history, or one too short to mean anything, half a second of its own is a note', () => {
  const short = new Map([['ab', { count: 3, p50Ms: 1, p95Ms: 1 }]]);
  for (const history of [undefined, short]) {
    expect(
      run('slow-spans', SPANS, [], history).map(({ severity, facts }) => [severity, facts.span]),
    ).toEqual([['note', 'SELECT items']]);
  }
});

test('slow-spans: what takes twice the median and more than all but a few is a note, as of work that grows each time', () => {
  const known = (
    p50Ms: number,
    p95Ms: number,
  ): Map<string, { count: number; p50Ms: number; p95Ms: number }> =>
    new Map([['GET /search', { count: 22, p50Ms, p95Ms }]]);
  const span: StorySpan = { id: 1, name: 'GET /search', kind: 2, at: 0, ms: 690 };
  const [finding] = run('slow-spans', [span], [], known(174, 366));
  expect(finding).toMatchObject({ severity: 'note', facts: { tookMs: 690, usualMs: 174 } });
  expect(run('slow-spans', [span], [], known(174, 700))).toEqual([]);
  expect(run('slow-spans', [span], [], known(400, 600))).toEqual([]);
});
