import { posix } from 'node:path';
import type { LineRange } from './enclosing-lines.ts';

/** Where a function is defined that some lines call. */
export interface Definition {
  /** Relative to the project, with `/`. */
  readonly file: string;
  readonly line: number;
}

/** Reads source files of the project. */
export interface SourceReader {
  /** The text of a source file; undefined where it may not or cannot be read. */
  read(file: string): string | undefined;
}

const MAX_NAMES = 24;
const MAX_DEFINITIONS = 8;
const IMPORT =
  /\bimport\s+(?:([A-Za-z_$][\w$]*)\s*,?\s*)?(?:\{([^}]{0,2000})\}|\*\s*as\s+([A-Za-z_$][\w$]*))?\s*from\s*['"](\.{1,2}\/[^'"\n]{1,300})['"]/g;
const REQUIRE =
  /\b(?:const|let|var)\s+(?:([A-Za-z_$][\w$]*)|\{([^}]{0,2000})\})\s*=\s*(?:await\s+import|require)\(\s*['"](\.{1,2}\/[^'"\n]{1,300})['"]\s*\)/g;
const CREATED = /\b(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=\s*(?:await\s+)?new\s+([A-Za-z_$][\w$]*)\s*\(/g;
const CALL = /(?<![\w$.])(?:new\s+)?([A-Za-z_$][\w$]*)((?:\??\.[A-Za-z_$][\w$]*){0,3})\s*\(/g;
const WORKER = /\b(?:new\s+Worker|fork)\(\s*(?:new\s+URL\(\s*)?['"](\.{1,2}\/[^'"\n]{1,300})['"]/g;
const ENDINGS = [
  '',
  '.ts',
  '.mts',
  '.cts',
  '.tsx',
  '.js',
  '.mjs',
  '.cjs',
  '.jsx',
  '/index.ts',
  '/index.js',
  '/index.mjs',
];

interface Imported {
  readonly file: string;
  /** As the other file names it; empty for all of it, or its default. */
  readonly name: string;
}

/**
 * The functions of the project that some lines of a file call, in the order of the calls, at most eight: those
 * imported by a relative path, methods of what is imported or made from an imported class, and those of the same file
 * outside these lines; then the workers that the file starts. By the look of the text, not by parsing it: what it does not find it leaves out. Never throws.
 */
export function calledFrom(file: string, { first, last }: LineRange, source: SourceReader): Definition[] {
  const text = source.read(file);
  if (text === undefined) return [];
  const imports = importsOf(file, text, source);
  const classes = new Map([...text.matchAll(CREATED)].map(([, name = '', from = '']) => [name, from]));
  const shown = text
    .split('\n')
    .slice(first - 1, last)
    .join('\n');
  const found = new Map<string, Definition>();
  const names = new Set<string>();
  for (const [whole, root = '', path = ''] of shown.matchAll(CALL)) {
    if (names.size >= MAX_NAMES || found.size >= MAX_DEFINITIONS) break;
    if (names.has(whole)) continue;
    names.add(whole);
    const method = path.split('.').at(-1) ?? '';
    const from = imports.get(root) ?? imports.get(classes.get(root) ?? '');
    const definition =
      from === undefined
        ? here(file, text, method === '' ? root : '', first, last)
        : definitionIn(from.file, source, [method, from.name, root]);
    if (definition !== undefined) found.set(`${definition.file}:${definition.line}`, definition);
  }
  for (const [, path = ''] of text.matchAll(WORKER)) {
    const worker = resolve(file, path, source);
    if (worker !== undefined) found.set(worker, { file: worker, line: 1 });
  }
  return [...found.values()];
}

function here(file: string, text: string, name: string, first: number, last: number): Definition | undefined {
  const line = name === '' ? undefined : lineOf(text, name, false);
  return line === undefined || (line >= first && line <= last) ? undefined : { file, line };
}

function definitionIn(file: string, source: SourceReader, names: readonly string[]): Definition | undefined {
  const text = source.read(file);
  if (text === undefined) return undefined;
  for (const [index, name] of names.entries()) {
    const line = name === '' ? undefined : lineOf(text, name, index === 0);
    if (line !== undefined) return { file, line };
  }
  const at = text.search(/^(?:export default\b|module\.exports\s*=)/m);
  return at < 0 ? undefined : { file, line: lineAt(text, at) };
}

function lineOf(text: string, name: string, isMethod: boolean): number | undefined {
  const escaped = name.replace(/\$/g, '\\$');
  const method = `|^[ \\t]*(?:(?:public|private|protected|static|async|get|set)[ \\t]+){0,3}${escaped}[ \\t]*(?:\\([^;{}\\n]{0,200}\\{|[:=][ \\t]*(?:async[ \\t]*)?(?:function|\\())`;
  const form = new RegExp(
    `\\bfunction[ \\t]*\\*?[ \\t]*${escaped}[ \\t]*[(<]|\\b(?:const|let|var)[ \\t]+${escaped}[ \\t]*[:=]|\\bclass[ \\t]+${escaped}\\b${isMethod ? method : ''}`,
    'm',
  );
  const at = text.search(form);
  return at < 0 ? undefined : lineAt(text, at);
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

function importsOf(file: string, text: string, source: SourceReader): Map<string, Imported> {
  const imports = new Map<string, Imported>();
  const add = (all: string | undefined, named: string | undefined, path: string): void => {
    const found = resolve(file, path, source);
    if (found === undefined) return;
    if (all !== undefined) imports.set(all, { file: found, name: '' });
    for (const each of (named ?? '').split(',')) {
      const [name = '', local = name] = each
        .replace(/\btype\s/, '')
        .trim()
        .split(/\s*(?:\bas\b|:)\s*/);
      if (name !== '') imports.set(local, { file: found, name });
    }
  };
  for (const [, own, named, all, path = ''] of text.matchAll(IMPORT)) {
    add(own, named, path);
    if (all !== undefined) add(all, undefined, path);
  }
  for (const [, all, named, path = ''] of text.matchAll(REQUIRE)) add(all, named, path);
  return imports;
}

/** `./mail.js` may stand for `mail.ts`. */
function resolve(file: string, path: string, source: SourceReader): string | undefined {
  const plain = posix.join(posix.dirname(file), path);
  const stem = plain.replace(/\.[cm]?js$/, '');
  const candidates = [
    ...ENDINGS.map((ending) => plain + ending),
    ...(stem === plain ? [] : ENDINGS.map((ending) => stem + ending)),
  ];
  return candidates.find((each) => source.read(each) !== undefined);
}
