import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findDirectory, isOwnDirectory, makeFileName, parseFileName } from '../../src/core/layout.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'agentlog-layout-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function makeDirectory(...parts: string[]): string {
  const path = join(root, ...parts);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  return path;
}

test('layout: a file name says when, which process and which signal, and reads back the same', () => {
  const name = {
    startedAt: new Date('2026-11-21T08:40:07Z'),
    pid: 4242,
    random: '9f86d081',
    signal: 'traces',
  } as const;
  expect(makeFileName(name)).toBe('20261121T084007Z-4242-9f86d081.traces.jsonl');
  expect(parseFileName(makeFileName(name))).toEqual(name);
});

test.each([
  'notes.jsonl',
  '20269921T084007Z-1-9f86d081.traces.jsonl',
  '20261121T084007Z-1-9f86d081.traces.json',
])('layout: %s is not one of our files', (name) => expect(parseFileName(name)).toBeUndefined());

test('layout: AGENTLOG_DIR wins and may be relative', () => {
  expect(findDirectory(root, { AGENTLOG_DIR: 'elsewhere' })).toBe(join(root, 'elsewhere'));
});

test('layout: the nearest existing directory upwards is used', () => {
  const expected = makeDirectory('project', '.agentlog');
  const start = makeDirectory('project', 'packages', 'api');
  expect(findDirectory(start, {})).toBe(expected);
});

test('layout: the search does not leave the repository', () => {
  makeDirectory('.agentlog');
  makeDirectory('project', '.git');
  const start = makeDirectory('project', 'src');
  expect(findDirectory(start, {})).toBe(join(start, '.agentlog'));
});

test('layout: a directory that others may enter is passed over', () => {
  const expected = makeDirectory('.agentlog');
  const open = makeDirectory('app', '.agentlog');
  chmodSync(open, 0o750);
  expect(isOwnDirectory(open)).toBe(false);
  expect(findDirectory(join(root, 'app'), {})).toBe(expected);
});

test('layout: a symbolic link is passed over', () => {
  makeDirectory('target');
  const app = makeDirectory('app');
  makeDirectory('app', '.git');
  symlinkSync(join(root, 'target'), join(app, '.agentlog'));
  expect(isOwnDirectory(join(app, '.agentlog'))).toBe(false);
});

test('layout: with none to be found the working directory is named', () => {
  const start = makeDirectory('empty');
  makeDirectory('empty', '.git');
  expect(findDirectory(start, {})).toBe(join(start, '.agentlog'));
});
