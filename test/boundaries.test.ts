import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** The direction table of src/README.md: which room may import which. A door is a file directly in src/. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  // The bundle of `src/index.ts`.
  'src/register.cts': ['door'],
  'src/index.ts': ['sdk', 'core'],
  'src/cli.ts': ['commands', 'core'],
  'src/read.ts': ['bundles', 'formats', 'sources', 'analyses', 'core'],
  sdk: ['instrumentations', 'processors', 'exporters', 'core'],
  instrumentations: ['core'],
  processors: ['core'],
  exporters: ['core'],
  commands: ['bundles', 'formats', 'sources', 'analyses', 'core'],
  bundles: ['sources', 'analyses', 'core'],
  formats: ['bundles', 'sources', 'analyses', 'core'],
  sources: ['store', 'core'],
  analyses: ['core'],
  store: ['core'],
  core: [],
};

/** Single files that may import more than their room: `doctor` shows the write side's Config (DESIGN §3), four look after the store. */
const FILE_MAY_IMPORT: Record<string, readonly string[]> = {
  'src/commands/doctor.ts': ['sdk'],
  'src/commands/auto-compact.ts': ['store'],
  'src/commands/compact.ts': ['store'],
  'src/commands/prune.ts': ['store'],
  'src/commands/stats.ts': ['store'],
};

/** Rooms whose members must not import each other; their contract and registry are shared. */
const ROOMS_OF_MEMBERS = [
  'processors',
  'exporters',
  'instrumentations',
  'sources',
  'analyses',
  'formats',
  'commands',
];

interface Import {
  readonly file: string;
  readonly target: string;
}

function sourceFiles(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.c?ts$/.test(name))
    .map((name) => join(directory, name).replaceAll('\\', '/'));
}

const files = ['src', 'instrumentations', 'processors'].flatMap(sourceFiles);

/** Every relative import, static, dynamic or by `require`, as paths from the root of the repository. */
const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const specifiers = text.matchAll(/(?:from|import|import\(|require\()\s*['"](\.{1,2}\/[^'"]+)['"]/g);
  return [...specifiers].map(([, specifier = '']) => ({
    file,
    target: relative(ROOT, resolve(ROOT, dirname(file), specifier))
      .replaceAll('\\', '/')
      .replace(/\.js$/, '.ts'),
  }));
});

/** `src/core/otlp/json.ts` → `core`; a door is its own room. */
function roomOf(path: string): string {
  const [top = '', next = ''] = path.split('/');
  if (top !== 'src') return top;
  return path.split('/').length === 2 ? path : next;
}

test('boundaries: the imports were read', () => {
  expect(imports.length).toBeGreaterThan(50);
});

test('boundaries: every room imports only what the direction table allows', () => {
  const wrong = imports
    .map(({ file, target }) => ({ from: roomOf(file), to: roomOf(target), file, target }))
    .filter(({ from, to }) => from !== to && !MAY_IMPORT[from]?.includes(to))
    .filter(({ file, to }) => !FILE_MAY_IMPORT[file]?.includes(to));
  expect(wrong).toEqual([]);
});

test('boundaries: members never import each other', () => {
  const wrong = imports.filter(({ file, target }) => {
    const room = ROOMS_OF_MEMBERS.find((each) => roomOf(file) === each && roomOf(target) === each);
    if (room === undefined) return false;
    const [fromMember, toMember] = [memberOf(file, room), memberOf(target, room)];
    return fromMember !== undefined && toMember !== undefined && fromMember !== toMember;
  });
  expect(wrong).toEqual([]);
});

/** The member a file belongs to: a folder of the room. Files directly in the room are its contract, registry and shared parts. */
function memberOf(path: string, room: string): string | undefined {
  const parts = path.split('/');
  const at = parts.indexOf(room);
  return parts.length > at + 2 ? parts[at + 1] : undefined;
}

test('boundaries: only the CLI sets an exit code', () => {
  const setters = files.filter((file) =>
    /process\.exitCode\s*=|process\.exit\(/.test(readFileSync(join(ROOT, file), 'utf8')),
  );
  expect(setters).toEqual(['src/cli.ts']);
});
