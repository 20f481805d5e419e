import { AsyncLocalStorage } from 'node:async_hooks';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExportResultCode, isTracingSuppressed } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { expect, test } from 'vitest';
import {
  Destination,
  type DestinationOptions,
  FanOut,
  type Item,
} from '../../../processors/fan-out/index.ts';
import { Encoded } from '../../../src/core/otlp/encoded.ts';

const resource = resourceFromAttributes({});
const instrumentationScope = { name: 'test' };
const item = (json: string, isSampled = true, of = resource): Item =>
  Encoded.ofText(json, { resource: of, instrumentationScope, isSampled });
const text = (item: Item): string => {
  const { buffer, start, end } = item.encodedAs('json');
  return buffer.toString('utf8', start, end);
};

function destination(options: Partial<DestinationOptions<Item>> = {}) {
  const batches: string[][] = [];
  const exporter: DestinationOptions<Item>['exporter'] = {
    export(items, done) {
      batches.push(items.map(text));
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => {},
  };
  const made = new Destination<Item>({
    name: 'test',
    exporter,
    keepsUnsampled: false,
    maxQueueSize: 100,
    maxQueueBytes: 10_000,
    maxBatchSize: 10,
    delayMs: 5,
    timeoutMs: 1_000,
    ...options,
  });
  return { made, batches };
}

test('destination: items are exported in order and in batches', async () => {
  const { made, batches } = destination();
  for (let i = 0; i < 25; i++) made.accept(item(String(i)));
  await made.flush();
  expect(batches.flat()).toEqual(Array.from({ length: 25 }, (_, i) => String(i)));
  expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(10);
  expect(made.status()).toMatchObject({
    accepted: 25,
    exported: 25,
    dropped: 0,
    failed: 0,
    queued: 0,
    queuedBytes: 0,
  });
});

test('destination: a batch is bounded by bytes as well, an item of any size gets through', async () => {
  const { made, batches } = destination({ maxQueueBytes: 1e8 });
  const sizes = [700_000, 700_000, 100, 3_000_000, 100];
  for (const size of sizes) made.accept(item('x'.repeat(size)));
  await made.flush();
  expect(batches.map((batch) => batch.map((each) => each.length))).toEqual([
    [700_000],
    [700_000, 100],
    [3_000_000],
    [100],
  ]);
});

test('destination: an item waits for its batch no longer than the delay', async () => {
  const { made, batches } = destination();
  made.accept(item('a'));
  await expect.poll(() => batches).toEqual([['a']]);
});

test('destination: what the sampler dropped goes only where it is kept', async () => {
  const otlp = destination();
  const local = destination({ keepsUnsampled: true });
  const fanOut = new FanOut([otlp.made, local.made]);
  fanOut.accept(item('sampled'));
  fanOut.accept(item('not', false));
  await fanOut.flush();
  expect(otlp.batches.flat()).toEqual(['sampled']);
  expect(local.batches.flat()).toEqual(['sampled', 'not']);
});

test('destination: the queue is bounded by count and by bytes, and what is refused is counted', async () => {
  const byCount = destination({ maxQueueSize: 3, maxBatchSize: 100, delayMs: 60_000 });
  for (let i = 0; i < 5; i++) byCount.made.accept(item('x'));
  expect(byCount.made.status()).toMatchObject({ accepted: 3, dropped: 2, queued: 3 });
  const byBytes = destination({ maxQueueBytes: 25, maxBatchSize: 100, delayMs: 60_000 });
  for (let i = 0; i < 5; i++) byBytes.made.accept(item('x'.repeat(10)));
  expect(byBytes.made.status()).toMatchObject({ accepted: 2, dropped: 3, queuedBytes: 20 });
});

test.each([
  [
    'throws',
    () => {
      throw new Error('broken');
    },
  ],
  [
    'fails',
    (_: unknown, done: (result: { code: number }) => void) => done({ code: ExportResultCode.FAILED }),
  ],
  [
    'answers twice',
    (_: unknown, done: (result: { code: number }) => void) => {
      done({ code: 1 });
      done({ code: 1 });
    },
  ],
])('destination: an exporter that %s costs its own items and nothing else', async (_, broken) => {
  const bad = destination({ exporter: { export: broken, shutdown: async () => {} } as never });
  const good = destination();
  const fanOut = new FanOut([bad.made, good.made]);
  fanOut.accept(item('a'));
  await fanOut.flush();
  expect(bad.made.status()).toMatchObject({ failed: 1, exported: 0 });
  expect(good.batches).toEqual([['a']]);
});

test('destination: an exporter that never answers is given up after the time-out, and the next batch is tried', async () => {
  const seen: string[] = [];
  const { made } = destination({
    timeoutMs: 20,
    exporter: {
      export: (items) => void seen.push(...items.map(text)),
      shutdown: async () => {},
    },
  });
  made.accept(item('a'));
  await made.flush();
  made.accept(item('b'));
  await made.flush();
  expect(seen).toEqual(['a', 'b']);
  expect(made.status()).toMatchObject({ accepted: 2, exported: 0, failed: 2, queued: 0 });
});

test('destination: flush waits for what is in flight', async () => {
  let finish: (() => void) | undefined;
  const { made } = destination({
    delayMs: 1,
    exporter: {
      export: (_, done) => {
        finish = () => done({ code: ExportResultCode.SUCCESS });
      },
      shutdown: async () => {},
    },
  });
  made.accept(item('a'));
  await expect.poll(() => finish).toBeDefined();
  let isFlushed = false;
  const flushed = made.flush().then(() => {
    isFlushed = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isFlushed).toBe(false);
  finish?.();
  await flushed;
  expect(made.isIdle).toBe(true);
});

test('destination: the export waits for async resource attributes', async () => {
  let settle: (value: string) => void = () => {};
  const pending = resourceFromAttributes({
    'host.id': new Promise<string>((resolve) => {
      settle = resolve;
    }) as never,
  });
  const { made, batches } = destination();
  made.accept(item('a', true, pending));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(batches).toEqual([]);
  settle('h1');
  await made.flush();
  expect(batches).toEqual([['a']]);
});

test('destination: exports run with tracing suppressed and outside the request that caused them', async () => {
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  const storage = new AsyncLocalStorage<string>();
  let seen: unknown;
  const { made } = destination({
    exporter: {
      export: (_, done) => {
        seen = { isSuppressed: isTracingSuppressed(context.active()), store: storage.getStore() };
        done({ code: ExportResultCode.SUCCESS });
      },
      shutdown: async () => {},
    },
  });
  storage.run('of the request', () => made.accept(item('a')));
  await expect.poll(() => seen).toEqual({ isSuppressed: true, store: undefined });
  context.disable();
});

test('destination: only a synchronous exporter is drained at exit', () => {
  const later = destination({ delayMs: 60_000 });
  later.made.accept(item('a'));
  later.made.flushSync();
  expect(later.batches).toEqual([]);
  const written: string[] = [];
  const now = destination({
    delayMs: 60_000,
    exporter: {
      isSynchronous: true,
      export: (items, done) => {
        written.push(...items.map(text));
        done({ code: 0 });
      },
      shutdown: async () => {},
    },
  });
  now.made.accept(item('b'));
  now.made.flushSync();
  expect(written).toEqual(['b']);
});
