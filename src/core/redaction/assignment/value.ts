import type { ScanMemo } from '../rule.ts';
import type { Separator } from './separator.ts';

/** A value beside a name. */
export interface AssignedValue {
  readonly start: number;
  readonly end: number;
  /** The quote around it, `''` for none. */
  readonly quote: string;
  /** Where the next item of a list begins, -1 for none. */
  readonly nextItem: number;
}

/** No value is read further than this. */
const REACH = 65_536;
/** `b"`, `r'`, `@"`, `L"`, backslashes in front of the quote, a bracket or call around it. */
const OPEN = /(?:\[\s{0,16}|\(|new String\(|Some\()?(?:[A-Za-z@$]{1,2}(?=["'`]))?(\\{0,8})(["'`]{3}|["'`])/y;
const NEXT_ITEM = /\s{0,16},\s{0,16}(?=\\{0,8}["'])/y;
/** A sign that ends an unquoted value when the next name follows: `password=a,user=b`, `Password=a;Server=b`. */
const NEXT_NAME = /[,;&|][ \t]{0,4}(?:[A-Za-z_][\w.-]{0,40}[=:]|$|[\s"'])/y;
const SCHEME =
  /(?:bearer|basic|digest|token|apikey|api-key|api-token|negotiate|ntlm|hawk|key|aws4-hmac-sha256|sso-key|ssws|splunk|glif|bot)[ \t]+(?=\S)/iy;
/** Schemes whose credential is one word: what follows it in the line is not part of it. */
const ONE_WORD = /^(?:bearer|basic)/i;
/** Behind a scheme, what its rule masked was all of it. */
const MARK = '[REDACTED:auth-scheme]';
const LINE_NAMES =
  /(?:authorization|cookie|passphrase|mnemonic|seed phrase)\\{0,8}["'`]?\]?[ \t]{0,8}[:=][ \t]{0,16}$/i;

/** Reads the value that begins at `from`: to its closing quote, or to the end of the word. */
export function readValue(
  text: string,
  from: number,
  separator: Separator,
  memo: ScanMemo,
): AssignedValue | undefined {
  if (separator.kind === 'path') return readSegment(text, from);
  if (separator.isNameQuoted && text.startsWith('""', from) && !/[\s,;"\])}]|^$/.test(text[from + 2] ?? ''))
    return readQuoted(text, from + 2, '', '""', false);
  OPEN.lastIndex = from;
  const open = OPEN.exec(text);
  if (open !== null)
    return readQuoted(text, OPEN.lastIndex, open[1] ?? '', open[2] ?? '', isListOf(open[0], separator));
  if (separator.kind === 'call') return undefined;
  if (separator.kind === 'element') return readElement(text, from);
  SCHEME.lastIndex = from;
  const start = SCHEME.test(text) ? SCHEME.lastIndex : from;
  const isLine =
    separator.kind === 'part' ||
    (separator.kind === 'assign' && LINE_NAMES.test(text.slice(Math.max(0, from - 48), from)));
  const isWord = ONE_WORD.test(text.slice(from, start)) || (start > from && text.startsWith(MARK, start));
  const end = isLine && !isWord ? endOfLine(text, start) : endOfWord(text, start, memo);
  return { start, end, quote: '', nextItem: -1 };
}

/** `['a', 'b']`, and `('a', 'b')` behind an IN of SQL. */
function isListOf(open: string, { kind }: Separator): boolean {
  return open.startsWith('[') || (open.startsWith('(') && kind === 'assign');
}

function readQuoted(
  text: string,
  start: number,
  slashes: string,
  quote: string,
  isList: boolean,
): AssignedValue | undefined {
  const end = closingQuote(text, start, slashes, quote);
  SCHEME.lastIndex = start;
  const schemeEnd = SCHEME.test(text) ? SCHEME.lastIndex : start;
  let nextItem = -1;
  if (isList) {
    NEXT_ITEM.lastIndex = end + slashes.length + quote.length;
    if (NEXT_ITEM.test(text)) nextItem = NEXT_ITEM.lastIndex;
  }
  return { start: Math.min(schemeEnd, end), end, quote, nextItem };
}

/** The place of the quote that closes; without one, the end of the line. */
function closingQuote(text: string, start: number, slashes: string, quote: string): number {
  const limit = Math.min(text.length, start + REACH);
  if (slashes !== '' || quote.length > 1) {
    const closing = text.indexOf(slashes + quote, start);
    if (closing >= 0 && closing <= limit) return closing;
    return endOfLine(text, start);
  }
  for (let at = start; at < limit; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === quote) return at;
    else if (char === '\n') return at;
  }
  return limit;
}

/** A part of the path of a URL. */
function readSegment(text: string, start: number): AssignedValue {
  const limit = Math.min(text.length, start + REACH);
  let end = start;
  while (end < limit && !/[\s/?#&"'`<>\\,;)\]}]/.test(text[end] as string)) end++;
  return { start, end, quote: '', nextItem: -1 };
}

function readElement(text: string, from: number): AssignedValue {
  const limit = Math.min(text.length, from + REACH);
  let end = from;
  while (end < limit && text[end] !== '<') end++;
  if (text.endsWith(']]>', end)) end -= 3;
  while (end > from && /\s/.test(text[end - 1] ?? '')) end--;
  return { start: from, end, quote: '<', nextItem: -1 };
}

/** Signs of other scripts that end a word. */
const CLOSERS: ReadonlySet<string> = new Set('」』】”，。；、）');

/** Characters that never end a word: letters, digits and a few signs. */
const PLAIN: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9_./+=:%~*!?@#$^-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

function endOfWord(text: string, start: number, memo: ScanMemo): number {
  if (start >= memo.wordStart && start < memo.wordEnd) return memo.wordEnd;
  let hasBracket = false;
  const limit = Math.min(text.length, start + REACH);
  let depth = 0;
  let at = start;
  for (; at < limit; at++) {
    if (PLAIN[text.charCodeAt(at)] === 1) continue;
    const char = text[at] as string;
    if (char <= ' ' || char === '"' || char === "'" || char === '`' || CLOSERS.has(char)) break;
    if (char === '<' && /[a-z/!]/i.test(text[at + 1] ?? '<')) break;
    if (char === '>' && /[\s<]|^$/.test(text[at + 1] ?? '')) break;
    if (char === '\\' && /["'nrt\\]/.test(text[at + 1] ?? '')) break;
    if (char === '(' || char === '[' || char === '{') {
      depth++;
      hasBracket = true;
    } else if (char === ')' || char === ']' || char === '}') {
      // `a]b` of a password; `(password=x)` ends here.
      if (--depth < 0 && !/[A-Za-z0-9]/.test(text[at + 1] ?? '')) break;
    } else if (char === ',' || char === ';' || char === '&' || char === '|') {
      NEXT_NAME.lastIndex = at;
      if (NEXT_NAME.test(text)) break;
    }
  }
  while (at > start && (text[at - 1] === ',' || text[at - 1] === ';')) at--;
  if (!hasBracket) {
    memo.wordStart = start;
    memo.wordEnd = at;
  }
  return at;
}

function endOfLine(text: string, start: number): number {
  const limit = Math.min(text.length, start + REACH);
  for (let at = start; at < limit; at++) {
    const char = text[at];
    if (char === '\n' || char === '\r' || char === '"' || char === "'" || char === '`') return at;
    if (char === '\\' && /["'nr]/.test(text[at + 1] ?? '')) return at;
  }
  return limit;
}
