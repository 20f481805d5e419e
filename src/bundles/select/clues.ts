import { EXCEPTION_FINGERPRINT } from '../../core/attributes.ts';
import { exceptionFingerprint } from '../../core/exception-fingerprint.ts';
import { projectPath, sourceLocation } from '../../core/source-location.ts';
import { parseStack } from '../../core/stack.ts';
import type { TraceQuery } from '../../sources/source.ts';

/** Something in a pasted text that telemetry may hold too. */
export interface Clue {
  /** In our own words: `exception fingerprint`, `URL`, … */
  readonly what: string;
  /** What it was read from: from the pasted text, or a number made of it. */
  readonly text: string;
  /** How much a match says, from 1 (a common word) to 60 (the span's own id). */
  readonly weight: number;
  readonly query: TraceQuery;
}

const MAX_TEXT = 65_536;
const MAX_ERRORS = 3;
const MAX_OF_A_KIND = 5;
const MAX_WORDS = 8;

/** `TypeError: x`, `RangeError [ERR_X]: x`, after whatever a logger puts before it. */
const NAMED_ERROR =
  /(?<![\w$])([A-Z][\w$]{0,60}(?:Error|Exception|Declined|Failure|Failed|Timeout|Aborted|Refused|Exceeded))(?: \[[\w-]{1,60}\])?: (?!\w{1,60}(?:Error|Exception): )(.{1,1000})/;
/** Of any name where a frame follows. */
const THROWN = /(?<![\w$])([A-Z][\w$]{0,60})(?: \[[\w-]{1,60}\])?: (.{1,1000})/;
const STOP_WORDS = new Set(
  (
    'about after again also been being call called cannot could does doing done dont error errors every fails failed ' +
    'failing from have having here http https into issue just like more much need only other please request requests ' +
    'response returns same should some something that their them then there these they this those through ticket ' +
    'trace under user users using very want were what when where which while with without would your'
  ).split(' '),
);

/** Ids of traces named in a text, in order; none of zeros. */
export function traceIdsIn(text: string): string[] {
  return unique(text.slice(0, MAX_TEXT).match(/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/gi) ?? [])
    .map((id) => id.toLowerCase())
    .filter((id) => !/^0+$/.test(id));
}

/**
 * What of a stack trace, a log line or a ticket can be looked for: fingerprints of its errors, their types and
 * messages, ids, URLs, statuses, and of plain prose its longest words. The most telling first, at most about 30.
 * The text must have been through the redactor: what is masked in the store cannot be found by its value.
 */
export function cluesIn(pasted: string): Clue[] {
  // A stack copied out of JSON has its line breaks escaped.
  const text = pasted.slice(0, MAX_TEXT).replaceAll('\\n', '\n').replaceAll('\\"', '"');
  const errors = errorsIn(text);
  return [
    ...hexIds(text),
    ...errors.flatMap((error) => cluesOfError(error)),
    ...paths(text),
    ...identifiers(text),
    ...statuses(text),
    ...words(text, errors.length > 0),
  ].sort((a, b) => b.weight - a.weight);
}

interface PastedError {
  readonly type: string;
  readonly message: string;
  /** The lines after it, up to the next error. */
  readonly stack: string;
}

function errorsIn(text: string): PastedError[] {
  const lines = text.split(/\r?\n/);
  const heads = lines.flatMap((line, index) => {
    if (line.length > 2_000) return [];
    const isFollowed = /^\s+at /.test(lines[index + 1] ?? '');
    const match = NAMED_ERROR.exec(line) ?? (isFollowed ? THROWN.exec(line) : null);
    return match === null ? [] : [{ index, type: match[1] ?? '', message: match[2] ?? '' }];
  });
  return heads.slice(0, MAX_ERRORS).map(({ index, type, message }, at) => ({
    type,
    message,
    stack: lines.slice(index, heads[at + 1]?.index).join('\n'),
  }));
}

function cluesOfError(error: PastedError): Clue[] {
  const clues: Clue[] = [];
  const prints = fingerprintsOf(error);
  if (prints.length > 0) {
    const query = where({
      attributes: [{ key: EXCEPTION_FINGERPRINT, op: 'matches', pattern: `^(?:${prints.join('|')})$` }],
    });
    clues.push({ what: 'exception fingerprint', text: `${error.type} ${prints[0]}`, weight: 50, query });
  }
  clues.push({
    what: 'exception type',
    text: error.type,
    weight: 15,
    query: where({ exceptionType: error.type }),
  });
  const message = plainWords(error.message);
  if (message.length > 0) {
    clues.push({ what: 'message', text: error.message, weight: 25, query: { text: message.join(' ') } });
    const fixed = message.filter((word) => !/\d/.test(word));
    if (fixed.length > 0 && fixed.length < message.length) {
      clues.push({
        what: 'message without its numbers',
        text: fixed.join(' '),
        weight: 15,
        query: { text: fixed.join(' ') },
      });
    }
  }
  return clues;
}

/** The write side makes the path relative to the project it runs in; elsewhere any end of the path may be that. */
function fingerprintsOf({ type, stack }: PastedError): string[] {
  const frame = parseStack(stack).find((each) => each.isInApp);
  if (frame?.functionName === undefined) return [];
  const here = projectPath(sourceLocation(frame.file, frame.line, frame.column).file);
  const parts = frame.file.replaceAll('\\', '/').split('/').filter(Boolean);
  const ends = parts.map((_, index) => parts.slice(index).join('/')).slice(-12);
  return unique([here, ...ends.reverse()]).map((path) =>
    exceptionFingerprint({ type, stack, spanName: '' }, () => path),
  );
}

function hexIds(text: string): Clue[] {
  const ids = unique(
    (text.match(/(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])/gi) ?? []).map((id) => id.toLowerCase()),
  );
  return ids.slice(0, MAX_OF_A_KIND).flatMap((id) => [
    { what: 'span id', text: id, weight: 60, query: where({ spanId: id }) },
    {
      what: 'exception fingerprint',
      text: id,
      weight: 50,
      query: where({ exceptionFingerprint: id }),
    },
  ]);
}

function paths(text: string): Clue[] {
  const urls = [...text.matchAll(/\bhttps?:\/\/[^\s/"'<>]+(\/[^\s"'<>?#)]*)/g)].map(([, path = '']) => path);
  const targets = [...text.matchAll(/\b(?:GET|HEAD|POST|PUT|PATCH|DELETE) (\/[^\s"'<>?#)]*)/g)].map(
    ([, path = '']) => path,
  );
  return unique([...targets, ...urls])
    .map((path) => path.replace(/[.,;:]+$/, ''))
    .filter((path) => path.length > 1)
    .slice(0, MAX_OF_A_KIND)
    .map((path) => ({ what: 'path', text: path, weight: 15, query: { text: path } }));
}

/** UUIDs, order numbers, long numbers: what a ticket names and a log line may too. */
function identifiers(text: string): Clue[] {
  const uuids = text.match(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi) ?? [];
  const codes = text.match(/\b[A-Za-z]{1,10}[-_#]\d{2,}\b|\b\d{4,18}\b/g) ?? [];
  return unique([...uuids, ...codes])
    .filter((id) => !/^(?:19|20)\d\d$/.test(id))
    .slice(0, MAX_OF_A_KIND)
    .map((id) => ({ what: 'id', text: id, weight: 12, query: { text: id } }));
}

function statuses(text: string): Clue[] {
  const found = [
    ...text.matchAll(
      /\b(?:status|HTTP|code|with|answer(?:s|ed)?|returns?|a|an)\W{1,3}(?:code\W{1,3})?([45]\d\d)\b/gi,
    ),
  ];
  return unique(found.map(([, status = '']) => status))
    .slice(0, 2)
    .map((status) => ({
      what: 'HTTP status',
      text: status,
      weight: 6,
      query: where({ httpStatus: status }),
    }));
}

function words(text: string, hasErrors: boolean): Clue[] {
  if (hasErrors) return [];
  return unique(plainWords(text).map((word) => word.toLowerCase()))
    .filter((word) => word.length >= 4 && !/\d/.test(word) && !STOP_WORDS.has(word))
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .slice(0, MAX_WORDS)
    .map((word) => ({ what: 'word', text: word, weight: 3, query: { text: word } }));
}

/** Without what was masked, and without the marks around words. */
function plainWords(text: string): string[] {
  return unique(
    text
      .replace(/\S*\[REDACTED:[^\]]*\]\S*/g, ' ')
      .split(/\s+/)
      .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
      .filter((word) => word.length > 1),
  ).slice(0, 20);
}

function where(filter: NonNullable<TraceQuery['where']>): TraceQuery {
  return { where: filter };
}

function unique<T>(items: Iterable<T>): T[] {
  return [...new Set(items)];
}
