import { expect, test } from 'vitest';
import type { StorySpan } from '../traces/otlp.ts';
import { evidence, run } from './run.ts';

test('timeout-cascade: the deepest span that gave up is the place, and what it called went on', () => {
  // 1 POST /checkout ✗504 ─ 2 POST ✗timeout ─ 3 POST /charge ✗504 ─ 4 GET ✗ETIMEDOUT ─ 5 GET /score (went on)
  const [finding, ...rest] = run('timeout-cascade', [
    {
      id: 1,
      name: 'POST /checkout',
      kind: 2,
      at: 0,
      ms: 2_000,
      error: true,
      attributes: { 'http.response.status_code': 504 },
    },
    {
      id: 2,
      parent: 1,
      name: 'POST',
      kind: 3,
      at: 5,
      ms: 1_990,
      error: 'The operation timed out',
      attributes: { 'error.type': 'TimeoutError' },
    },
    {
      id: 3,
      parent: 2,
      name: 'POST /charge',
      kind: 2,
      at: 10,
      ms: 1_980,
      error: true,
      attributes: { 'http.response.status_code': 504 },
    },
    {
      id: 4,
      parent: 3,
      name: 'GET',
      kind: 3,
      at: 20,
      ms: 1_900,
      error: true,
      attributes: { 'error.type': 'UND_ERR_HEADERS_TIMEOUT' },
    },
    { id: 5, parent: 4, name: 'GET /score', kind: 2, at: 25, ms: 4_000 },
  ]);
  expect(rest).toEqual([]);
  expect(finding).toMatchObject({
    severity: 'problem',
    title:
      'A span gave up waiting, and 3 spans above failed with it; what it had called went on for nothing.',
    facts: { span: 'GET', waitedMs: 1_900, calleeMs: 4_000, overrunMs: 2_105 },
  });
  expect(evidence(finding)).toEqual([4, 5, 3, 2, 1]);
});

test('timeout-cascade: a time-out that was handled is a note', () => {
  const findings = run('timeout-cascade', [
    { id: 1, name: 'GET /', kind: 2, at: 0, ms: 100 },
    {
      id: 2,
      parent: 1,
      name: 'GET',
      kind: 3,
      at: 1,
      ms: 50,
      error: true,
      attributes: { 'error.type': 'TimeoutError' },
    },
  ]);
  expect(findings.map(({ severity, title }) => [severity, title])).toEqual([
    ['note', 'A span gave up waiting.'],
  ]);
});

test('timeout-cascade: other failures, and a healthy span that speaks of time-outs, are none', () => {
  expect(
    run('timeout-cascade', [
      { id: 1, name: 'set timeout', kind: 2, at: 0, ms: 100, attributes: { 'error.type': 'TimeoutError' } },
      {
        id: 2,
        parent: 1,
        name: 'GET',
        kind: 3,
        at: 1,
        ms: 50,
        error: 'refused',
        attributes: { 'error.type': 'ECONNREFUSED' },
      },
    ]),
  ).toEqual([]);
});

test('timeout-cascade: a request answered with 504 while nothing that it calls gave up waited for what nobody records', () => {
  const status = { 'http.response.status_code': 504, 'error.type': '504' };
  const entry: StorySpan = {
    id: 1,
    name: 'POST /render',
    kind: 2,
    at: 0,
    ms: 3_000,
    error: true,
    attributes: status,
  };
  const handler: StorySpan = { id: 2, parent: 1, name: 'request handler', at: 1, ms: 3_004 };
  expect(run('timeout-cascade', [entry, handler])).toEqual([]);
  const call: StorySpan = {
    id: 3,
    parent: 2,
    name: 'POST',
    kind: 3,
    at: 2,
    ms: 2_900,
    error: true,
    attributes: status,
  };
  expect(evidence(run('timeout-cascade', [entry, handler, call])[0])).toEqual([3, 1]);
});
