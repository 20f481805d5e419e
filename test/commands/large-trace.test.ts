import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../store/temporary.ts';
import { Story, type StorySpan } from '../traces/otlp.ts';
import { runCli } from './run-cli.ts';

const SERVICE = { 'service.name': 'shop' };
const HEAP = { env: { NODE_OPTIONS: '--max-old-space-size=384' } };

/** Writes `count` spans, 1,000 a line. */
function store(count: number, span: (id: number) => StorySpan): { directory: string; traceId: string } {
  const directory = temporaryDirectory();
  const story = new Story('1a2b3c4d'.repeat(4));
  for (let first = 1; first <= count; first += 1_000) {
    const spans = Array.from({ length: Math.min(1_000, count - first + 1) }, (_, index) =>
      span(first + index),
    );
    appendFileSync(join(directory, 'a.jsonl'), `${story.spans(SERVICE, spans)}\n`);
  }
  return { directory, traceId: story.traceId };
}

test('cli: a trace of 100,000 spans is bundled in 384 MB of heap, and what is cut is said', async () => {
  const { directory, traceId } = store(100_000, (id) => ({
    id,
    ...(id > 1 && { parent: 1 + Math.floor((id - 2) / 1_000) }),
    name: `operation ${id % 300}`,
    at: id / 10,
    ms: 1,
    attributes: { 'http.route': '/orders/:id', note: 'an attribute of usual length', id },
  }));
  const bundle = await runCli(['bundle', '--trace-id', traceId, '--dir', directory], HEAP);
  expect(bundle).toMatchObject({ code: 0, stderr: '' });
  expect(bundle.stdout).toContain('100000 spans');
  expect(bundle.stdout).toMatch(/\d+ spans.*: what matters least/);
  expect(bundle.stdout.length).toBeLessThan(40_000);
  const traces = await runCli(['traces', '--dir', directory], HEAP);
  expect(traces.stdout).toContain('100000');
});

test('cli: a tree of 10,000 levels is bundled', async () => {
  const { directory, traceId } = store(10_000, (id) => ({
    id,
    ...(id > 1 && { parent: id - 1 }),
    name: 'level',
    at: id / 100,
    ms: 1,
    ...(id === 10_000 && { error: 'the bottom' }),
  }));
  const bundle = await runCli(['bundle', '--trace-id', traceId, '--dir', directory], HEAP);
  expect(bundle).toMatchObject({ code: 0, stderr: '' });
  expect(bundle.stdout).toContain('#10000');
  expect(bundle.stdout).toContain('"the bottom"');
});
