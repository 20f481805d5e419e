import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ExportResultCode } from '@opentelemetry/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeFileName } from '../../src/core/layout.ts';
import { JsonlExporter, type JsonlOptions } from '../../src/exporters/jsonl/index.ts';
import { temporaryDirectory } from '../e2e/run-app.ts';

vi.mock('../../src/core/natives.ts', () => import('../late-natives.ts'));

let home: ReturnType<typeof temporaryDirectory>;
let options: JsonlOptions;

beforeEach(() => {
  home = temporaryDirectory();
  const directory = join(home.path, '.agentlog');
  options = { directory, fileMaxBytes: 1_000, dirMaxBytes: 1e6, dirMaxAgeDays: 14 };
});

afterEach(() => {
  vi.useRealTimers();
  home[Symbol.dispose]();
});

const exporter = () =>
  new JsonlExporter<string>('traces', (items) => Buffer.from(`${items.join(',')}\n`), options);

function write(to: JsonlExporter<string>, ...items: string[]): number {
  let code = -1;
  to.export(items, (result) => {
    code = result.code;
  });
  return code;
}

const names = () =>
  readdirSync(options.directory)
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
const content = () => names().map((name) => readFileSync(join(options.directory, name), 'utf8'));

test('jsonl: nothing is made before the first write', () => {
  exporter();
  expect(existsSync(options.directory)).toBe(false);
});

test('jsonl: a batch is a line, complete when export returns', () => {
  const file = exporter();
  expect(write(file, 'a', 'b')).toBe(ExportResultCode.SUCCESS);
  expect(write(file, 'c')).toBe(ExportResultCode.SUCCESS);
  expect(content()).toEqual(['a,b\nc\n']);
});

test('jsonl: two writers never share a file', () => {
  write(exporter(), 'a');
  write(exporter(), 'b');
  expect(content().sort()).toEqual(['a\n', 'b\n']);
});

test('jsonl: a file that reaches its size is followed by a new one', () => {
  const file = exporter();
  for (let i = 0; i < 5; i++) write(file, 'x'.repeat(600));
  expect(
    content()
      .map((text) => text.length)
      .sort(),
  ).toEqual([1_202, 1_202, 601]);
});

test('jsonl: the directory stays below its cap, the oldest closed files go first', () => {
  mkdirSync(options.directory, { mode: 0o700 });
  const dead = 99_999_999;
  const old = [1, 2, 3].map((day) => {
    const startedAt = new Date(Date.UTC(2026, 0, day));
    const name = makeFileName({ startedAt, pid: dead, random: `0000000${day}`, signal: 'traces' });
    writeFileSync(join(options.directory, name), 'x'.repeat(1_000));
    return name;
  });
  options = { ...options, dirMaxBytes: 2_500 };
  write(exporter(), 'new');
  expect(names().slice(0, 2)).toEqual(old.slice(1));
  expect(content().at(-1)).toBe('new\n');
});

test('jsonl: files past their age are removed, a living writer’s and strangers’ never', () => {
  mkdirSync(options.directory, { mode: 0o700 });
  const startedAt = new Date(Date.UTC(2020, 0, 1));
  const mine = makeFileName({ startedAt, pid: process.pid, random: '0000000a', signal: 'traces' });
  const dead = makeFileName({ startedAt, pid: 99_999_999, random: '0000000b', signal: 'traces' });
  for (const name of [mine, dead, 'notes.txt']) {
    writeFileSync(join(options.directory, name), 'x');
    utimesSync(join(options.directory, name), startedAt, startedAt);
  }
  write(exporter(), 'new');
  expect(readdirSync(options.directory)).toEqual(expect.arrayContaining([mine, 'notes.txt']));
  expect(readdirSync(options.directory)).not.toContain(dead);
});

test('jsonl: of files begun in one second the last one sorts last: readers take it for the open one', () => {
  const file = exporter();
  for (let number = 0; number < 12; number += 1) write(file, `${number}`.padEnd(1_000, 'x'));
  expect(content().map((text) => Number.parseInt(text, 10))).toEqual(
    Array.from({ length: 12 }, (_, index) => index),
  );
});

test('jsonl: a file deleted under the writer is made again', () => {
  const file = exporter();
  write(file, 'a');
  rmSync(options.directory, { recursive: true });
  expect(write(file, 'b')).toBe(ExportResultCode.SUCCESS);
  expect(content()).toEqual(['b\n']);
});

test('jsonl: a directory that cannot be used fails the batch, and works again when the cause is gone', () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  writeFileSync(options.directory, 'a file in the way');
  const file = exporter();
  expect(write(file, 'a')).toBe(ExportResultCode.FAILED);
  rmSync(options.directory);
  expect(write(file, 'b')).toBe(ExportResultCode.FAILED);
  vi.advanceTimersByTime(6_000);
  expect(write(file, 'c')).toBe(ExportResultCode.SUCCESS);
  expect(content()).toEqual(['c\n']);
});

test('jsonl: a symbolic link in place of the directory is refused', () => {
  const elsewhere = join(home.path, 'elsewhere');
  mkdirSync(elsewhere, { mode: 0o700 });
  symlinkSync(elsewhere, options.directory);
  expect(write(exporter(), 'a')).toBe(ExportResultCode.FAILED);
  expect(readdirSync(elsewhere)).toEqual([]);
});

test('jsonl: a clock that is put back neither delays the next try nor disorders the files', () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  const file = exporter();
  write(file, 'x'.repeat(1_000));
  vi.setSystemTime(Date.now() - 86_400_000);
  write(file, 'y'.repeat(1_000));
  expect(content().map((text) => text[0])).toEqual(['x', 'y']);
  rmSync(options.directory, { recursive: true });
  writeFileSync(options.directory, 'a file in the way');
  expect(write(file, 'a')).toBe(ExportResultCode.FAILED);
  rmSync(options.directory);
  vi.setSystemTime(Date.now() - 86_400_000);
  vi.advanceTimersByTime(6_000);
  expect(write(file, 'z')).toBe(ExportResultCode.SUCCESS);
});
