/**
 * The one place where text from telemetry becomes text to read. Whoever can send the app a request writes part
 * of it, so it stays on its line, inside quotes, with nothing in it that a terminal, a Markdown reader or a model
 * would take for more than data (DESIGN §5).
 */

const DEFAULT_LIMIT = 200;

/**
 * What is escaped: control and format characters (ANSI, bidi, zero-width, tags), unassigned and private ones,
 * lone surrogates, line and paragraph separators, whatever else is invisible (variation selectors, fillers); quotes
 * and backslashes; runs of backticks or tildes that could close a fence; `<` where a tag could begin.
 */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}"\\]|`{3,}|~{3,}|<(?=[a-zA-Z/!?|])/gu;

const SHORT_ESCAPES: Record<string, string> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '"': '\\"',
  '\\': '\\\\',
};

/** Plain names need no quotes: they hold nothing but letters, digits and a few marks inside. */
const PLAIN = /^[A-Za-z0-9_](?:[\w./@:+-]*\w)?$/;

const PLAIN_PATH = /^[\w./@\\](?:[\w./@:+\\-]*\w)?$/;

/** Text in double quotes, on one line, escaped; cut after `limit` characters with the number of those left out. */
export function quoted(text: string, limit: number = DEFAULT_LIMIT): string {
  return `"${escaped(text, limit)}"`;
}

/** A name as it is when it is plain and at most 80 characters long, else in quotes. */
export function named(text: string): string {
  return text.length <= 80 && PLAIN.test(text) ? text : quoted(text);
}

/** A path with line and column: without quotes when it holds nothing but the characters of plain paths. */
export function placed(text: string): string {
  return text.length <= 300 && PLAIN_PATH.test(text) ? text : quoted(text, 300);
}

const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Text whole and without quotes, for a cell of its own: on one line, with nothing in it that cannot be seen. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, escapeCharacters);
}

/**
 * A line of source behind its line number. It is the reader's own code, so quotes and angle brackets stay; what is
 * invisible, closes a fence or looks like one of the tags around a prompt's parts does not.
 */
export function sourceText(line: string): string {
  return line.replace(SOURCE_UNSAFE, (match) => (match === '\t' ? '  ' : escapedAll(match)));
}

const SOURCE_UNSAFE =
  /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|`{3,}|~{3,}|<(?=\/?(?:incident|task|script|style)\b|!--)/giu;

/** Any attribute value as one short piece of text. */
export function valued(value: unknown, limit: number = DEFAULT_LIMIT): string {
  if (typeof value === 'string') return value.length <= limit ? named(value) : quoted(value, limit);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  return structured(value, 0);
}

/** `{msg="checkout failed" status=502}`: fewer escapes than JSON inside quotes; two levels, six members each. */
function structured(value: unknown, depth: number): string {
  if (typeof value === 'string') return value.length <= 60 ? named(value) : quoted(value, 60);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return valued(value);
  if (depth === 2) return '…';
  const isList = Array.isArray(value);
  const members = Object.entries(value);
  const shown = members
    .slice(0, 6)
    .map(([key, each]) => `${isList ? '' : `${named(key)}=`}${structured(each, depth + 1)}`);
  if (members.length > shown.length) shown.push(`+${members.length - shown.length} more`);
  return isList ? `[${shown.join(' ')}]` : `{${shown.join(' ')}}`;
}

/** JSON text in which nothing can end a fence, begin a tag or hide: the same value, more escapes. */
export function escapeJson(json: string): string {
  return json.replace(JSON_UNSAFE, (match) =>
    [...match]
      .map((each) => Array.from({ length: each.length }, (_, at) => unit(each, at)).join(''))
      .join(''),
  );
}

const JSON_UNSAFE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}`<]|~{3,}/gu;

function unit(text: string, index: number): string {
  return `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`;
}

function escaped(text: string, limit: number): string {
  const isCut = text.length > limit;
  const kept = isCut ? text.slice(0, limit) : text;
  const safe = kept.replace(UNSAFE, escapeCharacters);
  return isCut ? `${safe}… +${text.length - limit} characters` : safe;
}

function escapeCharacters(match: string): string {
  return (
    SHORT_ESCAPES[match] ?? [...match].map((each) => `\\u{${each.codePointAt(0)?.toString(16)}}`).join('')
  );
}

function escapedAll(text: string): string {
  return [...text].map((each) => `\\u{${each.codePointAt(0)?.toString(16)}}`).join('');
}
