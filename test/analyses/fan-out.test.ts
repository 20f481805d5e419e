import { expect, test } from 'vitest';
import type { StorySpan } from '../traces/otlp.ts';
import { evidence, run } from './run.ts';

const ROOT: StorySpan = { id: 1, name: 'GET /home', kind: 2, at: 0, ms: 300 };

function get(id: number, at: number, ms: number, host: string): StorySpan {
  const attributes = { 'http.request.method': 'GET', 'url.full': `http://${host}/` };
  return { id, parent: 1, name: 'GET', kind: 3, at, ms, attributes };
}

function query(id: number, at: number, text: string): StorySpan {
  return {
    id,
    parent: 1,
    name: 'q',
    kind: 3,
    at,
    ms: 60,
    attributes: { 'db.system.name': 'postgresql', 'db.query.text': text },
  };
}

test('fan-out: different requests one after another could run side by side', () => {
  const [finding, ...rest] = run('fan-out', [
    ROOT,
    get(2, 0, 90, 'users'),
    get(3, 95, 80, 'stock'),
    get(4, 180, 100, 'ads'),
  ]);
  expect(rest).toEqual([]);
  expect(finding).toMatchObject({ severity: 'note', facts: { saveableMs: 170, callCount: 3 } });
  expect(evidence(finding)).toEqual([2, 3, 4]);
});

test('fan-out: independent reads count, statements of a transaction and writes do not', () => {
  const reads = [
    query(2, 0, 'SELECT a FROM t'),
    query(3, 60, 'SELECT b FROM u'),
    query(4, 120, 'SELECT c FROM v'),
  ];
  expect(run('fan-out', [ROOT, ...reads])).toHaveLength(1);
  expect(run('fan-out', [ROOT, ...reads, query(5, 180, 'COMMIT')])).toEqual([]);
  const writes = [
    query(2, 0, 'INSERT INTO a VALUES ($1)'),
    query(3, 60, 'INSERT INTO b VALUES ($1)'),
    query(4, 120, 'DELETE FROM c'),
  ];
  expect(run('fan-out', [ROOT, ...writes])).toEqual([]);
});

test('fan-out: what runs side by side already, the same call again, and what saves little are none', () => {
  expect(run('fan-out', [ROOT, get(2, 0, 90, 'a'), get(3, 1, 90, 'b'), get(4, 2, 90, 'c')])).toEqual([]);
  expect(run('fan-out', [ROOT, get(2, 0, 90, 'a'), get(3, 95, 90, 'a'), get(4, 190, 90, 'a')])).toEqual([]);
  expect(run('fan-out', [ROOT, get(2, 0, 10, 'a'), get(3, 15, 10, 'b'), get(4, 30, 10, 'c')])).toEqual([]);
});
