import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeBundle } from '../../src/bundles/index.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { otlp, otlpLogs, otlpTraces } from '../../src/formats/otlp.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { MemorySource } from '../../src/sources/memory.ts';

const TRACES = join(import.meta.dirname, '../traces');

test.each([
  ['checkout-failure', 'c0ffee00'],
  ['crash', 'deadc0de'],
  ['llm-route', '11a3b5c7'],
])('formats: %s as OTLP comes back as the very same spans and log records', async (story, prefix) => {
  const bundle = await makeBundle(new JsonlSource(join(TRACES, `${story}.jsonl`)), prefix);
  const decoded = otlp
    .render(bundle)
    .trimEnd()
    .split('\n')
    .map((line) => decodeLine(line));
  const spans = decoded.flatMap((line) => line.spans);
  const logs = decoded.flatMap((line) => line.logs);
  expect(new Set(spans)).toEqual(new Set(bundle.trace.spans));
  expect(new Set(logs)).toEqual(new Set(bundle.trace.logs));
  const again = await makeBundle(new MemorySource(spans, logs), prefix);
  expect(otlp.render(again)).toBe(otlp.render(bundle));
});

test('formats: OTLP has one signal a line, and a large trace is several requests', async () => {
  const bundle = await makeBundle(new JsonlSource(join(TRACES, 'checkout-failure.jsonl')), 'c0ffee00');
  const [span] = bundle.trace.spans;
  if (span === undefined) throw new Error('no span');
  const many = Array.from({ length: 1_200 }, (_, n) => ({
    ...span,
    spanId: n.toString(16).padStart(16, '1'),
  }));
  const large = { ...bundle, tree: [{ depth: 0, spans: many, firstHandle: 1 }] };
  const lines = otlpTraces(large).trimEnd().split('\n');
  expect(lines.map((line) => decodeLine(line).spans.length)).toEqual([500, 500, 200]);
  for (const line of lines) expect(Object.keys(JSON.parse(line))).toEqual(['resourceSpans']);
  expect(Object.keys(JSON.parse(otlpLogs(bundle)))).toEqual(['resourceLogs']);
});
