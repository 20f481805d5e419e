import { realpathSync } from 'node:fs';
import { attempt } from '../core/attempt.ts';
import { CODE_FILE_PATH, EXCEPTION_MESSAGE, EXCEPTION_STACKTRACE } from '../core/attributes.ts';
import type { Attributes, AttributeValue, LogRecord, Span } from '../core/span.ts';
import { buildTrace, type Trace } from '../core/trace.ts';

/** Attributes that name files, or quote a stack. */
const KEYS = [
  EXCEPTION_STACKTRACE,
  EXCEPTION_MESSAGE,
  CODE_FILE_PATH,
  'code.filepath',
  'code.stacktrace',
] as const;

/**
 * The trace with the files of this project named by their path in it, as an agent opens them and without the home
 * directory of whoever ran it: in stacks, at call sites, in the text of log records. Files elsewhere, and those of
 * another machine, stay as they are. Linear; never throws.
 */
export function withProjectPaths(trace: Trace, project: string): Trace {
  const shorten = shortener(project);
  if (shorten === undefined) return trace;
  const spans = trace.spans.map((span): Span => {
    const attributes = shortened(span.attributes, shorten);
    const events = span.events.map((event) => ({
      ...event,
      attributes: shortened(event.attributes, shorten),
    }));
    return { ...span, attributes, events };
  });
  const logs = trace.logs.map((log): LogRecord => {
    const { body } = log;
    const attributes = shortened(log.attributes, shorten);
    return { ...log, attributes, body: typeof body === 'string' ? shorten(body) : body };
  });
  return buildTrace(trace.traceId, spans, logs);
}

function shortened(attributes: Attributes, shorten: (text: string) => string): Attributes {
  const changed: [string, AttributeValue][] = KEYS.flatMap((key) => {
    const value = attributes[key];
    const short = typeof value === 'string' ? shorten(value) : value;
    return short === undefined || short === value ? [] : [[key, short]];
  });
  return changed.length === 0 ? attributes : { ...attributes, ...Object.fromEntries(changed) };
}

/** Takes the project's directory off the paths in a text, also as a `file:` URL; undefined for the root of all files. */
function shortener(project: string): ((text: string) => string) | undefined {
  const roots = [project, realPathOf(project) ?? project];
  const given = [...new Set(roots.flatMap((root) => [root, encodeURI(root)]))].filter(
    (name) => name.length > 1,
  );
  if (given.length === 0) return undefined;
  const escaped = given.map((name) => name.replaceAll(/[^\w/]/g, String.raw`\$&`));
  const names = `(?:${escaped.join('|')})[/\\\\]`;
  // What stands before it must not be more of a path.
  const path = new RegExp(`(?<![\\w./\\\\-])(?:file://${names}([^\\s:]*)|${names}(?=[\\w.@-]))`, 'g');
  return (text) => text.replaceAll(path, (_, ofUrl?: string) => decoded(ofUrl ?? ''));
}

/** As it is where it would make a line of its own. */
function decoded(path: string): string {
  try {
    const plain = decodeURIComponent(path);
    return /\p{Cc}/u.test(plain) ? path : plain;
  } catch {
    return path;
  }
}

/** With all links resolved; undefined for what is not there. */
export function realPathOf(path: string): string | undefined {
  return attempt(() => realpathSync(path));
}
