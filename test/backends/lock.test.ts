import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { withLock } from './lock.ts';

test('lock: two that want it at once run one after the other, and nothing is left behind', async () => {
  const directory = temporaryDirectory();
  let running = 0;
  const task = async (name: string): Promise<string> => {
    expect(++running).toBe(1);
    for (let turns = 0; turns < 100; turns++) await setImmediate();
    running--;
    return name;
  };
  const lock = join(directory, 'lock');
  const both = [withLock(lock, () => task('first')), withLock(lock, () => task('second'))];
  expect(await Promise.all(both)).toEqual(['first', 'second']);
  expect(readdirSync(directory)).toEqual([]);
});

test('lock: one whose owner has died is taken over', async () => {
  const directory = temporaryDirectory();
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(join(directory, 'lock'), String(pid));
  expect(await withLock(join(directory, 'lock'), async () => 'mine')).toBe('mine');
});

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'agentlog-lock-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
