import { expect, test } from 'vitest';
import { renderRow } from '../../src/formats/rows.ts';
import { traceOf } from '../analyses/run.ts';

test('rows: requests that are alike but for a value are one line with what they have in common', () => {
  const { spans } = traceOf(
    ['/pets/1', '/pets/2', '/pets/3'].map((path, index) => ({
      id: index + 1,
      name: 'GET',
      kind: 2,
      at: index,
      ms: 1,
      attributes: { 'url.path': path },
    })),
  );
  const startTimeUnixNano = spans[0]?.startTimeUnixNano ?? 0n;
  const line = renderRow({ startTimeUnixNano }, { depth: 0, spans, firstHandle: 1 }, undefined);
  expect(line).toContain('server "GET /pets/*" ×3');
});

test('rows: a span that names a model and no tokens asks no questions', () => {
  const { spans } = traceOf([
    { id: 1, name: 'invoke_agent', at: 0, ms: 1, attributes: { 'gen_ai.request.model': 'm' } },
  ]);
  const line = renderRow({ startTimeUnixNano: 0n }, { depth: 0, spans, firstHandle: 1 }, undefined);
  expect(line).toContain(' model m');
  expect(line).not.toContain('tokens');
});
