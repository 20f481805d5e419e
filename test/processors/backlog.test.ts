import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { Backlog } from '../../processors/backlog.ts';

test('backlog: items are worked off by themselves, in their order', async () => {
  const done: number[] = [];
  const backlog = new Backlog<number>((item) => done.push(item));
  for (let i = 0; i < 10; i++) backlog.add(i);
  expect(done).toEqual([]);
  await expect.poll(() => done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(backlog.isEmpty).toBe(true);
  backlog.add(10);
  await expect.poll(() => done.at(-1)).toBe(10);
});

test('backlog: the work belongs to no request', async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const backlog = new Backlog<number>(() => seen.push(storage.getStore()));
  storage.run('of the request', () => {
    for (let i = 0; i < 100; i++) backlog.add(i);
  });
  await expect.poll(() => seen).toEqual(Array.from({ length: 100 }, () => undefined));
});

test('backlog: catching up leaves nothing, also what the work itself adds', () => {
  const done: number[] = [];
  const backlog = new Backlog<number>((item) => {
    done.push(item);
    if (item < 5) backlog.add(item + 1);
  });
  backlog.add(1);
  backlog.catchUp();
  expect(done).toEqual([1, 2, 3, 4, 5]);
  expect(backlog.isEmpty).toBe(true);
});

test('backlog: it is bounded while the app never pauses', () => {
  let held = 0;
  let most = 0;
  const backlog = new Backlog<number>(() => {
    held--;
  });
  for (let i = 0; i < 10_000; i++) {
    held++;
    backlog.add(i);
    most = Math.max(most, held);
  }
  expect(most).toBeLessThanOrEqual(512);
});

test('backlog: long work lets the event loop have its turn and is then gone on with', async () => {
  const done: number[] = [];
  const backlog = new Backlog<number>((item) => {
    const until = performance.now() + 3;
    while (performance.now() < until);
    done.push(item);
  });
  for (let i = 0; i < 4; i++) backlog.add(i);
  await expect.poll(() => done.length, { interval: 1 }).toBeGreaterThan(0);
  await expect.poll(() => done).toEqual([0, 1, 2, 3]);
});

test('backlog: what is put off is bounded by weight as well', () => {
  const done: string[] = [];
  const backlog = new Backlog<string>((item) => done.push(item));
  backlog.add('light', 1_000);
  expect(done).toEqual([]);
  backlog.add('heavy', 10_000_000);
  expect(done).toEqual(['light', 'heavy']);
  backlog.add('light again', 1_000);
  expect(done).toHaveLength(2);
});
