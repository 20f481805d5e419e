import { join } from 'node:path';
import { callFactsOf } from '../analyses/facts/call-facts.ts';
import { CODE_FILE_PATH, CODE_LINE_NUMBER } from '../core/attributes.ts';
import type { Redactor } from '../core/redaction/redactor.ts';
import type { Span } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { BundleError } from './bundle.ts';
import { calledFrom, type Definition, type SourceReader } from './called-code.ts';
import { enclosingBlock, enclosingLines } from './enclosing-lines.ts';
import { entrySpanOf } from './entry-span.ts';
import type { Hypothesis } from './hypotheses/hypothesis.ts';
import { locate } from './locate.ts';
import { realPathOf } from './project-paths.ts';
import { findSource, type SourcePlace, sourceReader } from './project-source.ts';

/** The project's own source around a place that telemetry names, a whole function where it is short, as it is on disk now, redacted. */
export interface Excerpt {
  /** Relative to the project, with `/`. */
  readonly file: string;
  /** The line that was named. */
  readonly line: number;
  /** Others among these lines that were named as well. */
  readonly alsoLines: readonly number[];
  readonly firstLine: number;
  readonly lines: readonly string[];
  /**
   * An in-app frame of an exception, where a call was made, the line in which the text of the span stands, or what the
   * code shown before calls.
   */
  readonly why: 'frame' | 'call site' | 'text' | 'called';
  readonly spanIds: readonly string[];
  /** The recorded path is not on this machine: the file is the one whose path ends alike. */
  readonly isGuessed: boolean;
}

const EXCERPT_LIMIT = 8;
/** Of them functions that the others call. */
const CALLED_LIMIT = 5;
const FRAMES_PER_ERROR = 3;
const MAX_LINE = 200;
/** Lines beside the excerpt that are looked at for secrets with it. */
const CONTEXT = 60;
/** Under the least size at which the redactor cuts a text; built code of one line is not worth a look. */
const MAX_CHUNK = 20_000;

type Shown = Excerpt & { readonly alsoLines: number[] };

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly why: Excerpt['why'];
  readonly spanIds: string[];
}

/**
 * The code around the place of the likeliest cause, the in-app frames of the errors and the call sites of the trace,
 * at most 8 pieces in this order; of call sites those of `importantSpanIds` first, then the most frequent. A cause
 * without a place gets the line in which its statement, its URL or its route stands, no cause that of the request. Then
 * up to five functions of the project that this code calls, as far as there is room. Reads
 * only source files that really (links resolved) lie inside `project`, up to 1 MiB each; a path of another machine is
 * tried from its end. Never throws.
 */
export function excerptsOf(
  trace: Trace,
  errors: readonly BundleError[],
  importantSpanIds: readonly string[],
  cause: Hypothesis | undefined,
  project: string,
  redactor: Redactor,
): Excerpt[] {
  const root = realPathOf(project);
  if (root === undefined) return [];
  const excerpts: Shown[] = [];
  const source = sourceReader(root);
  const known = placesOf(trace, errors, importantSpanIds);
  const places = [...causePlaces(trace, cause, known, root), ...known];
  for (const place of places) {
    if (excerpts.length === EXCERPT_LIMIT) break;
    const found = findSource(place, root);
    if (found === undefined) continue;
    const shown = shownAt(excerpts, found);
    if (shown === undefined) {
      const excerpt = read(source, found, place.why, place.spanIds, redactor);
      if (excerpt !== undefined) excerpts.push({ ...excerpt, alsoLines: [] });
    } else if (found.line !== shown.line && !shown.alsoLines.includes(found.line)) {
      shown.alsoLines.push(found.line);
    }
  }
  addCalled(excerpts, source, redactor);
  return excerpts;
}

/** The functions that the code shown so far calls, then those that they call, while there is room. */
function addCalled(excerpts: Shown[], source: SourceReader, redactor: Redactor): void {
  const most = Math.min(EXCERPT_LIMIT, excerpts.length + CALLED_LIMIT);
  // The list grows while it is gone through.
  for (const { file, line, alsoLines } of excerpts) {
    const lines = source.read(file)?.split('\n') ?? [];
    for (const found of [line, ...alsoLines].flatMap((each) =>
      calledFrom(file, enclosingBlock(lines, each), source),
    )) {
      if (excerpts.length >= most) return;
      if (shownAt(excerpts, found) !== undefined) continue;
      const excerpt = read(source, { ...found, isGuessed: false }, 'called', [], redactor);
      if (excerpt !== undefined) excerpts.push({ ...excerpt, alsoLines: [] });
    }
  }
}

/** The one among whose lines a place is. */
function shownAt(excerpts: readonly Shown[], { file, line }: Definition): Shown | undefined {
  return excerpts.find(
    (each) => each.file === file && line >= each.firstLine && line < each.firstLine + each.lines.length,
  );
}

function causePlaces(
  trace: Trace,
  cause: Hypothesis | undefined,
  known: readonly Place[],
  root: string,
): Place[] {
  const { at, thrownAt, statement, parentSpanId } = cause?.facts ?? {};
  const told = known.filter(({ file, line }) => `${file}:${line}` === (at ?? thrownAt)).slice(0, 1);
  // What is thrown by a line of the app itself needs no other place.
  if (at !== undefined && statement === undefined) return told;
  const entry = entrySpanOf(trace);
  const spanIds = cause?.evidence.length ? cause.evidence : entry === undefined ? [] : [entry.spanId];
  const own = textPlace(trace, spanIds, root);
  const isPlaced = at !== undefined || own.length > 0 || known.length > 0;
  const text = isPlaced ? own : nearPlace(trace, spanIds, entry, root);
  // The loop around a repeated call is where its parent is, often not where the call itself stands.
  const around = parentSpanId === undefined ? [] : textPlace(trace, [String(parentSpanId)], root);
  return at === undefined ? [...text, ...told, ...around] : [...told, ...text, ...around];
}

/** Of a span that asks nothing itself: what its siblings ask (a wait for a connection), else where the request comes in. */
function nearPlace(trace: Trace, spanIds: readonly string[], entry: Span | undefined, root: string): Place[] {
  const span = trace.byId.get(spanIds[0] ?? '');
  const parent = trace.byId.get(span?.parentSpanId ?? '');
  const siblings =
    parent === undefined || span === undefined || callFactsOf(trace, span).statement !== undefined
      ? []
      : trace.childrenOf(parent);
  const near = [...siblings, ...(entry === undefined ? [] : [entry])];
  return textPlace(
    trace,
    near.slice(0, 8).map(({ spanId }) => spanId),
    root,
    8,
  );
}

/** Where the text of spans stands; of a route also where its router is mounted. */
function textPlace(trace: Trace, spanIds: readonly string[], root: string, most = 3): Place[] {
  const spans = spanIds.slice(0, most).flatMap((id) => trace.byId.get(id) ?? []);
  return locate(spans, root).map(({ file, line }) => ({
    file: join(root, file),
    line,
    column: 1,
    why: 'text',
    spanIds: [...spanIds],
  }));
}

function placesOf(trace: Trace, errors: readonly BundleError[], important: readonly string[]): Place[] {
  const frames = errors.flatMap(({ frames, spanIds }) =>
    frames
      .filter((frame) => frame.isInApp)
      .slice(0, FRAMES_PER_ERROR)
      .map(({ file, line, column }): Place => ({ file, line, column, why: 'frame', spanIds: [...spanIds] })),
  );
  const sites = new Map<string, Place & { weight: number }>();
  const isImportant = new Set(important);
  for (const { spanId, attributes } of trace.spans) {
    const file = attributes[CODE_FILE_PATH] ?? attributes['code.filepath'];
    const line = attributes[CODE_LINE_NUMBER] ?? attributes['code.lineno'];
    if (typeof file !== 'string' || typeof line !== 'number') continue;
    const key = `${file}:${line}`;
    const site = sites.get(key) ?? { file, line, column: 1, why: 'call site', spanIds: [], weight: 0 };
    sites.set(key, site);
    site.spanIds.push(spanId);
    site.weight += isImportant.has(spanId) ? 1_000_000 : 1;
  }
  return [...frames, ...[...sites.values()].sort((a, b) => b.weight - a.weight)];
}

function read(
  source: SourceReader,
  found: SourcePlace,
  why: Excerpt['why'],
  spanIds: readonly string[],
  redactor: Redactor,
): Omit<Excerpt, 'alsoLines'> | undefined {
  const text = source.read(found.file);
  const lines = text?.split(/\r?\n/) ?? [];
  if (found.line > lines.length) return undefined;
  const { first: firstLine, last } = enclosingLines(lines, found.line);
  const shown = redacted(lines, firstLine, last, redactor);
  if (shown === undefined) return undefined;
  if (shown.at(-1) === '' && firstLine + shown.length - 1 === lines.length) shown.pop();
  return {
    ...found,
    firstLine,
    lines: shown.map((line) => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line)),
    why,
    spanIds,
  };
}

/** With the lines around them, so that a secret over several lines is seen whole; undefined where that moved lines. */
function redacted(
  lines: readonly string[],
  first: number,
  last: number,
  redactor: Redactor,
): string[] | undefined {
  const from = Math.max(0, first - 1 - CONTEXT);
  const chunk = lines.slice(from, last + CONTEXT);
  const text = chunk.join('\n');
  if (text.length > MAX_CHUNK) return undefined;
  const masked = redactor.text(text).split('\n');
  return masked.length === chunk.length ? masked.slice(first - 1 - from, last - from) : undefined;
}
