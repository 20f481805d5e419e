import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DB_QUERY_TEXT, HTTP_ROUTE, OLD_DB_STATEMENT, URL_FULL, URL_PATH } from '../core/attributes.ts';
import { SPAN_KIND, type Span } from '../core/span.ts';
import { isSourceFile } from './source-file.ts';

/** A line of the project in which the text of a span stands. */
export interface Located {
  /** Relative to the project, with `/`. */
  readonly file: string;
  readonly line: number;
}

const MAX_FILES = 2_000;
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_FILE_BYTES = 512 * 1024;
/** Built and foreign code and tests, where a text stands once more. */
const NOT_OURS =
  /^(?:node_modules|bower_components|dist|build|out|coverage|vendor|tmp|tests?|__tests__|spec)$|\.(?:test|spec)\.\w+$/;
const MAX_WORDS = 24;
/** A value of a statement: masked or bound. */
const GAP = /\?|\$\d+|:\w+/;

/** What is looked for; `mount` is the rest of a route, which may stand elsewhere. */
interface Pattern {
  readonly text: RegExp;
  readonly mount?: RegExp;
}

/**
 * Where in the project the code of spans is, when no stack says so: the line with the text of a statement or the path of
 * a URL that one of them asks, else with a route, or the name of a span of the app's own; behind it the line where the
 * router of that route is mounted. Empty where it stands nowhere, or in more places than one. Reads at most 2,000 source
 * files of 16 MB in all, in the order of their names; never throws.
 */
export function locate(spans: readonly Span[], project: string): Located[] {
  const calls = spans.flatMap(callPatterns).map((text): Pattern => ({ text }));
  const patterns = [...calls.slice(0, 6), ...spans.flatMap(entryPatterns).slice(0, 6)];
  if (patterns.length === 0) return [];
  const files = sourcesOf(project);
  for (const { text, mount } of patterns) {
    const found = onlyPlace(files, text);
    if (found === undefined) continue;
    const mounted = mount === undefined ? undefined : onlyPlace(files, mount);
    return mounted === undefined ? [found] : [found, mounted];
  }
  return [];
}

function onlyPlace(files: ReturnType<typeof sourcesOf>, pattern: RegExp): Located | undefined {
  let found: Located | undefined;
  for (const { path, text } of files) {
    const at = text.search(pattern);
    if (at < 0) continue;
    if (found !== undefined) return undefined;
    found = { file: path, line: text.slice(0, at).split('\n').length };
  }
  return found;
}

function callPatterns({ kind, attributes }: Span): RegExp[] {
  const statement = attributes[DB_QUERY_TEXT] ?? attributes[OLD_DB_STATEMENT];
  if (typeof statement === 'string') return statementPattern(statement);
  const url = attributes[URL_FULL] ?? attributes['http.url'];
  return typeof url === 'string' && kind !== SPAN_KIND.server ? pathPatterns(url) : [];
}

/**
 * As a literal: the route, else the path that was asked for, whole, then without what a router may be mounted at; of what
 * the app itself began a span for, its name.
 */
function entryPatterns({ kind, name, attributes }: Span): Pattern[] {
  const path = kind === SPAN_KIND.server ? attributes[URL_PATH] : undefined;
  const own = kind === SPAN_KIND.internal ? name : undefined;
  const literal = attributes[HTTP_ROUTE] ?? path ?? own;
  if (typeof literal !== 'string' || !/\w{3}/.test(literal)) return [];
  const segments = literal.split('/').slice(1);
  const mounted = segments.slice(1).flatMap((_, index): Pattern[] => {
    const rest = `/${segments.slice(index + 1).join('/')}`;
    const mount = quoted(`/${segments.slice(0, index + 1).join('/')}`);
    return /\w{3}/.test(rest) ? [{ text: quoted(rest), mount }] : [];
  });
  return [{ text: quoted(literal) }, ...(literal.startsWith('/') ? mounted : [])];
}

function quoted(literal: string): RegExp {
  return new RegExp(`['"\`]${escaped(literal)}['"\`]`);
}

/**
 * Its words in order, whatever blanks are between them; what was masked or bound may be anything short. Up to the third
 * such gap: more of them would make the search slow on purpose of whoever wrote the statement.
 */
function statementPattern(statement: string): RegExp[] {
  const pieces = statement.slice(0, 2_000).trim().split(GAP).slice(0, 3);
  const words = pieces.map((piece) =>
    piece.trim().split(/\s+/).slice(0, MAX_WORDS).map(escaped).join('\\s+'),
  );
  return pieces.join('').trim().split(/\s+/).length < 3
    ? []
    : [new RegExp(words.join('\\s*[^;]{1,60}?'), 'i')];
}

/**
 * The segments of the path that are no values, as they stand in a literal or a template; then without the last, and the
 * last two: a word may be a value as well.
 */
function pathPatterns(url: string): RegExp[] {
  const path = /^[a-z]+:\/\/[^/?#]+(\/[^?#]*)/i.exec(url)?.[1] ?? '';
  const segments = path.split('/').slice(1);
  const fixed = segments.findIndex(
    (segment) => !/^[\w-]*[a-z][\w-]*$/i.test(segment) || /\d{2}/.test(segment),
  );
  const known = fixed < 0 ? segments : segments.slice(0, fixed);
  return [0, 1, 2].flatMap((less) => {
    const left = known.slice(0, known.length - less);
    if (left.join('').length < 4) return [];
    return new RegExp(`/${left.map(escaped).join('/')}(?![\\w-])`);
  });
}

function escaped(text: string): string {
  return text.slice(0, 200).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function sourcesOf(project: string): { path: string; text: string }[] {
  const files: { path: string; text: string }[] = [];
  let bytes = 0;
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    let entries: import('node:fs').Dirent[];
    try {
      entries = readdirSync(join(project, folder), { withFileTypes: true });
    } catch {
      continue;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !NOT_OURS.test(entry.name) && !entry.name.startsWith('.'))
        folders.push(path);
      if (!entry.isFile() || !isSourceFile(path)) continue;
      try {
        const { size } = statSync(join(project, path));
        if (size > MAX_FILE_BYTES) continue;
        bytes += size;
        if (files.length === MAX_FILES || bytes > MAX_BYTES) return files;
        files.push({ path, text: readFileSync(join(project, path), 'utf8') });
      } catch {
        // A file that goes meanwhile is not looked at.
      }
    }
  }
  return files;
}
