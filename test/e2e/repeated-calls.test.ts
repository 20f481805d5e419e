import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRepeats } from '../../src/core/n-plus-one/index.ts';
import type { Span } from '../../src/core/span.ts';
import { buildTrace } from '../../src/core/trace.ts';
import { readLocal, runApp, temporaryDirectory } from './run-app.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let local: ReturnType<typeof readLocal>;

beforeAll(async () => {
  directory = temporaryDirectory();
  const quiet = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };
  // What tools are called with is recorded on request only.
  const env = { ...quiet, AGENTLOG_DIR: directory.path, AGENTLOG_GENAI_CONTENT: 'tools' };
  const run = await runApp('repeated-calls.mjs', { env });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  local = readLocal(directory.path);
});

afterAll(() => directory?.[Symbol.dispose]());

/** What the write side marked on the request's root, and what the read side finds in its trace: one rule. */
function repeatsOf(name: string): { written: unknown[]; found: unknown[] } {
  const root = local.spans.find((span) => span.name === name) as Span;
  const list = (key: string) => (root.attributes[`agentlog.n_plus_one.${key}`] ?? []) as unknown[];
  const written = list('kind').map((kind, i) => [kind, list('count')[i], list('summary')[i]]);
  // Without the marks, as another SDK's spans.
  const spans = local.spans
    .filter((span) => span.traceId === root.traceId)
    .map((span) => ({ ...span, attributes: withoutMarks(span) }));
  const found = findRepeats(buildTrace(root.traceId, spans)).map((each) => [
    each.kind,
    each.count,
    each.summary,
  ]);
  return { written, found };
}

function withoutMarks({ attributes }: Span): Span['attributes'] {
  const own = Object.entries(attributes).filter(([key]) => !key.startsWith('agentlog.'));
  return Object.fromEntries(own);
}

test('HTTP: requests for one route in a loop are an N+1 on both sides; six routes are none', () => {
  const { written, found } = repeatsOf('each');
  expect(written).toEqual([['http', 6, expect.stringMatching(/^GET 127\.0\.0\.1:\d+\/users\/\*$/)]]);
  expect(found).toEqual(written);
  expect(repeatsOf('once')).toEqual({ written: [], found: [] });
});

test('tools: the same look again and again is redundant on both sides; a write between makes it worth while', () => {
  const { written, found } = repeatsOf('agent');
  expect(written).toEqual([['tool', 4, 'read_file']]);
  expect(found).toEqual(written);
  expect(repeatsOf('careful agent')).toEqual({ written: [], found: [] });
});
