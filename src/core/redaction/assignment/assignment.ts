import { type KeySense, senseOfKey } from '../keys.ts';
import { isMark } from '../marks.ts';
import type { Match, Rule, ScanMemo } from '../rule.ts';
import { workOf } from '../work.ts';
import { aliasedValue } from './aliased.ts';
import { cellsBelow } from './columns.ts';
import { pairedValues } from './paired.ts';
import { passphraseEnd } from './passphrase.ts';
import { isPlausible } from './plausible.ts';
import { PARTICLES, readElement, readSeparator, type Separator } from './separator.ts';
import { readValue } from './value.ts';

export const ASSIGNMENT_ID = 'credential';

/** `API key: x`, `with api key x`, `<dt>API key</dt>`: the words before the last belong to the name. */
const NAMED_BY_WORDS: ReadonlySet<Separator['kind']> = new Set(['assign', 'space', 'element']);
/** Fields of one object. */
const PAIRED: Separator = { kind: 'assign', end: 0, isNameQuoted: true, isColon: true, isTight: false };
/** An identifier is read this far to the left of the word in it; of its words the last ones count. */
const NAME_REACH = 48;
const MAX_WORD = 20;
/** The attributes of an element are read so far. */
const TAG_REACH = 200;
const SPACE = 32;
/** `token.ts:12:5` of a stack trace. */
const SOURCE_FILE = /\.(?:[cm]?[jt]sx?|py|go|java|rb|php|rs|cs|kt|swift|vue|cpp?|h)$/;

/** `arn:aws:secretsmanager:…:secret:prod/db` says where a secret lies. */
const ARN = /\barn:aws[\w-]{0,12}:secretsmanager:[\w-]{0,24}:\d{0,12}:$/;

/**
 * A credential set beside its name in any text: `password=…`, `"client_secret": "…"`, `--token …`, `setPassword("…")`,
 * `<password>…</password>`. `at` is where the word stands. Only the value is the match; the name stays.
 */
export function findAssignment(
  text: string,
  at: number,
  memo: ScanMemo,
  ruleId: string = ASSIGNMENT_ID,
  senseOf: (name: string) => KeySense = senseOfName,
): Match[] | undefined {
  if (at < memo.nameEnd) return undefined;
  memo.nameEnd = rawEndOfName(text, at);
  const nameEnd = endOfName(text, at, memo.nameEnd);
  const nameStart = startOfName(text, at);
  const elsewhere = aliasedValue(text, nameStart) ?? cellsBelow(text, nameStart, nameEnd, memo);
  if (
    elsewhere !== undefined &&
    senseOf(wordsBefore(text, nameStart) + text.slice(nameStart, nameEnd)) === 'strong'
  )
    return elsewhere.map((place) => ({ ...place, ruleId }));
  const paired = pairedValues(text, nameStart, nameEnd, memo);
  if (paired !== undefined && senseOf(text.slice(nameStart, nameEnd)) === 'strong')
    return paired
      .filter((value) => isPlausible(text, value, PAIRED, 'strong', text.slice(nameStart, nameEnd)))
      .map(({ start, end }) => ({ start, end, ruleId }));
  const inTag = isInTag(text, nameStart);
  if (inTag) memo.work += workOf(TAG_REACH);
  const read = (inTag ? readElement(text, nameEnd) : undefined) ?? readSeparator(text, nameEnd);
  if (read === undefined) return undefined;
  const name = text.slice(Math.max(nameStart, nameEnd - 2 * NAME_REACH), nameEnd);
  let sense = senseOf(name);
  // `id/pw bob/x`
  if (sense === 'weak' && text[nameStart - 1] === '/' && /^(?:pw|pass)$/i.test(name)) sense = 'strong';
  if (sense !== 'strong' && NAMED_BY_WORDS.has(read.kind))
    sense = senseOf(wordsBefore(text, nameStart) + name);
  if (sense === undefined || (sense !== 'strong' && read.kind === 'quoted')) return undefined;
  const isNamed = isFlag(text, nameStart) || (read.kind === 'space' && isNetrc(text, nameStart));
  const separator = { ...read, isFlag: isNamed };
  if (!isAllowedHere(text, nameStart, separator) || SOURCE_FILE.test(name)) return undefined;
  if (separator.isTight && name === 'secret' && ARN.test(text.slice(Math.max(0, nameStart - 80), nameStart)))
    return undefined;
  const matches: Match[] = [];
  for (let from = separator.end; matches.length < 64; ) {
    const value = readValue(text, from, separator, memo);
    if (value === undefined) break;
    memo.work += workOf(value.end - from);
    if (isMark(text, value.start, value.end)) break;
    const phraseEnd = sense === 'strong' ? passphraseEnd(text, nameStart, name, value, separator) : -1;
    if (phraseEnd > 0) {
      matches.push({ start: value.start, end: phraseEnd, ruleId });
    } else if (value.end > value.start && isPlausible(text, value, separator, sense, name)) {
      matches.push({ start: value.start, end: value.end, ruleId });
    }
    if (value.nextItem < 0) break;
    from = value.nextItem;
  }
  return matches.length === 0 ? undefined : matches;
}

/** The same few names come again and again. */
const SENSES = new Map<string, KeySense>();
const MAX_SENSES = 1_000;

function senseOfName(name: string): KeySense {
  if (SENSES.has(name)) return SENSES.get(name);
  const sense = senseOfKey(name);
  if (SENSES.size < MAX_SENSES) SENSES.set(Buffer.from(name).toString(), sense);
  return sense;
}

/** A rule over assignments to names of the caller's choice. Each such name holds one of `literals`. */
export function assignmentRule(
  id: string,
  literals: readonly string[],
  senseOf: (name: string) => KeySense,
): Rule {
  return {
    id,
    kind: 'assignment',
    literals,
    find: (text, at, _literal, memo) => {
      const own = { ...memo, nameEnd: 0 };
      const found = findAssignment(text, at, own, id, senseOf);
      memo.work = own.work;
      return found;
    },
    reference: 'the user',
    examples: () => [],
  };
}

function rawEndOfName(text: string, at: number): number {
  let end = at;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    // `密码是x`: what says that it is one is no part of the name.
    if (
      !isNameChar(code) ||
      (code > 0xff && PARTICLES.has(text[end] as string) && !isOther(text.charCodeAt(end + 1)))
    )
      break;
  }
  return end;
}

/** A sentence may end in the word: the full stop is no part of the name. */
function endOfName(text: string, at: number, rawEnd: number): number {
  let end = rawEnd;
  while (end > at && (text[end - 1] === '.' || text[end - 1] === '-')) end--;
  return end;
}

function startOfName(text: string, at: number): number {
  let start = at;
  const floor = Math.max(0, at - NAME_REACH);
  while (start > floor && isNameChar(text.charCodeAt(start - 1))) start--;
  // `\npassword`: the n belongs to an escape.
  if (text[start - 1] === '\\' && start < at && /[nrt]/.test(text[start] ?? '')) start++;
  return start;
}

/** `API Key: …`, `client secret = …`: the two words before belong to the name. */
function wordsBefore(text: string, nameStart: number): string {
  let start = nameStart;
  for (let word = 0; word < 2; word++) {
    if (text.charCodeAt(start - 1) !== SPACE) break;
    let at = start - 1;
    while (at > 0 && start - at <= MAX_WORD && isLetter(text.charCodeAt(at - 1))) at--;
    if (at === start - 1) break;
    start = at;
  }
  return text.slice(start, nameStart);
}

function isLetter(code: number): boolean {
  const lower = code | 32;
  return (lower >= 97 && lower <= 122) || isOther(code);
}

/** Some separators mean an assignment only beside a certain kind of name. */
function isAllowedHere(text: string, nameStart: number, separator: Separator): boolean {
  const { kind } = separator;
  if (kind === 'element') return isInTag(text, nameStart) || separator.isNameQuoted;
  // A parser tells what it found.
  if (kind === 'quoted') return !PARSER.test(text.slice(Math.max(0, nameStart - 12), nameStart));
  if (kind === 'part') return FIELD_NAME.test(text.slice(Math.max(0, nameStart - 8), nameStart));
  if (kind === 'assign' && PARSED_TOKEN.test(text.slice(Math.max(0, nameStart - 12), nameStart + 6)))
    return false;
  return kind !== 'path' || text[nameStart - 1] === '/';
}

/** `Unexpected token "x"` */
const PARSER = /(?:unexpected|expected|illegal) $/i;
/** `Unexpected token: got 'x'` */
const PARSED_TOKEN = /(?:unexpected|illegal) token:$/i;
/** `name="` */
const FIELD_NAME = /name=\\{0,4}["']$/;
const NAMESPACE = /<[\w-]{1,24}:$/;

/** `<password`, `<wsse:password`; `//<user>:<password>@host` is a template. */
function isInTag(text: string, nameStart: number): boolean {
  const before = text[nameStart - 1];
  if (before === '<') return text[nameStart - 2] !== ':';
  return before === ':' && NAMESPACE.test(text.slice(Math.max(0, nameStart - 26), nameStart));
}

function isFlag(text: string, nameStart: number): boolean {
  return text[nameStart] === '-' && /^[\s"'`([]?$/.test(text[nameStart - 1] ?? '');
}

/** `machine … login bob password …` of .netrc files. */
function isNetrc(text: string, nameStart: number): boolean {
  const before = text.slice(Math.max(0, nameStart - 120), nameStart);
  return before.includes('login') && /\blogin\s{1,8}\S{1,80}\s{1,8}$/.test(before);
}

/** Of other scripts, with the marks that belong to a letter. */
const LETTER = /[\p{L}\p{M}]/u;

function isNameChar(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45 ||
    code === 46 ||
    isOther(code)
  );
}

/** A letter past ASCII. Three of Latin-1 may be the first byte of a sign in UTF-8. */
function isOther(code: number): boolean {
  if (code <= 0xff)
    return code >= 0xc0 && code !== 0xc2 && code !== 0xd7 && code !== 0xe2 && code !== 0xef && code !== 0xf7;
  return LETTER.test(String.fromCharCode(code));
}
