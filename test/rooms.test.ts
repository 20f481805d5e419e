import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const TOP = ['examples', 'instrumentations', 'processors', 'src', 'test'];
const ROOMS = ['instrumentations', 'processors', ...folders('src').map((name) => `src/${name}`)];

function folders(directory: string): string[] {
  return readdirSync(join(ROOT, directory)).filter((name) =>
    statSync(join(ROOT, directory, name)).isDirectory(),
  );
}

function typescript(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.c?ts$/.test(name))
    .map((name) => `${directory}/${name}`);
}

test('rooms: the house has the folders the map names and no others', () => {
  const known = [...TOP, '.ci', '.git', 'dist', 'node_modules', '.agentlog', 'coverage'];
  expect(folders('.').filter((name) => !known.includes(name))).toEqual([]);
  const map = readFileSync(join(ROOT, 'src/README.md'), 'utf8');
  expect(ROOMS.filter((room) => !map.includes(`\`${room.replace('src/', '')}/\``))).toEqual([]);
});

test('rooms: each has a README', () => {
  expect(ROOMS.filter((room) => !existsSync(join(ROOT, room, 'README.md')))).toEqual([]);
});

test('rooms: no file passes 300 lines', () => {
  const long = ['src', 'instrumentations', 'processors']
    .flatMap(typescript)
    .map((file) => ({ file, lines: readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > 300);
  expect(long).toEqual([]);
});

test('rooms: files are kebab-case and none is a dumping ground', () => {
  const files = ['src', 'instrumentations', 'processors'].flatMap(typescript);
  const wrong = files.filter((file) => {
    const name = file.split('/').at(-1) ?? '';
    return (
      !/^[a-z0-9]+(?:-[a-z0-9]+)*\.c?ts$/.test(name) ||
      /^(?:utils?|helpers?|common|manager|types)\./.test(name)
    );
  });
  expect(wrong).toEqual([]);
});

test('rooms: no default exports, no star exports, no enums', () => {
  const wrong = ['src', 'instrumentations', 'processors']
    .flatMap(typescript)
    .filter((file) =>
      /^export (?:default|\*)|^(?:export )?(?:const )?enum /m.test(readFileSync(join(ROOT, file), 'utf8')),
    );
  expect(wrong).toEqual([]);
});

test('rooms: examples have no package.json of their own', () => {
  const found = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' });
  expect(found.filter((name) => name.endsWith('package.json'))).toEqual([]);
});
