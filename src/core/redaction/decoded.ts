/** A text read through one layer of encoding, with the way back. */
export interface Decoded {
  readonly text: string;
  /** How many characters at the beginning are the same in both. */
  readonly first: number;
  /** Index of each decoded character behind those in the encoded text; one more entry for the end. */
  readonly offsets: Int32Array;
  /** How quotes are written in the encoding; as they are when left out. */
  readonly encodeQuote?: (quote: string) => string;
}

const PERCENT = 37;
const PLUS = 43;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const AMPERSAND = 38;
const SINGLE_QUOTE = 39;
const EQUALS = 61;
const BACKSLASH = 92;
const LETTER_U = 117;
const LETTER_X = 120;
/** Letter behind a backslash → what the two stand for; 0 for none. */
const SIMPLE_ESCAPES: Uint8Array = new Uint8Array(128);
for (const [letter, char] of ['n\n', 'r\r', 't\t', 'b\b', 'f\f', '""', "''", '//', '\\\\']) {
  SIMPLE_ESCAPES[(letter as string).charCodeAt(0)] = (char as string).charCodeAt(0);
}
/** A sequence that was read: its length above, its character in the lower 16 bits. */
const LENGTH_SHIFT = 16;
const NONE = 0;

/** Undoes `%XX`; undefined when there is none. Bytes that are no UTF-8 become one character each. */
export function decodePercent(text: string): Decoded | undefined {
  const first = text.indexOf('%');
  if (first < 0 || !hasPercentEscape(text, first)) return undefined;
  return decode(text, PERCENT, NONE, first, encodeURIComponent, (at) =>
    isVariable(text, at) ? NONE : character(text, at, 1),
  );
}

/** The same for a form, in which a plus is a space; undefined when the text is none or has no plus. */
export function decodeForm(text: string): Decoded | undefined {
  const plus = text.indexOf('+');
  if (plus < 0 || !isForm(text)) return undefined;
  const percent = text.indexOf('%');
  const first = percent < 0 ? plus : Math.min(plus, percent);
  return decode(text, PERCENT, PLUS, first, encodeURIComponent, (at) =>
    text.charCodeAt(at) === PLUS ? sequence(SPACE, 1) : character(text, at, 1),
  );
}

/** Whether a field has a plus in its value. One pass. */
function isForm(text: string): boolean {
  if (!text.includes('%') && !text.includes('&')) return false;
  let isValue = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === EQUALS) isValue = at > 0;
    else if (code === PLUS && isValue) return true;
    else if (code <= SPACE || code === AMPERSAND || code === DOUBLE_QUOTE || code === SINGLE_QUOTE)
      isValue = false;
  }
  return false;
}

const ENTITY = /&(?:#(\d{2,5})|#x([0-9a-f]{2,4})|(quot|apos|amp|lt|gt));/iy;
const NAMED: Readonly<Record<string, number>> = { quot: 34, apos: 39, amp: 38, lt: 60, gt: 62 };

/** Undoes the entities of HTML and XML (`&quot;`, `&#61;`); undefined when there is none. */
export function decodeEntities(text: string): Decoded | undefined {
  const first = text.indexOf('&');
  if (first < 0 || !text.includes(';', first)) return undefined;
  const encodeQuote = (quote: string): string => quote.replaceAll('"', '&quot;');
  return decode(text, AMPERSAND, NONE, first, encodeQuote, (at) => {
    ENTITY.lastIndex = at;
    const found = ENTITY.exec(text);
    if (found === null) return NONE;
    const [whole, decimal, hex, name] = found;
    const code =
      name === undefined ? Number.parseInt(decimal ?? hex ?? '', hex ? 16 : 10) : NAMED[name.toLowerCase()];
    return code === undefined || code > 0xffff ? NONE : sequence(code, whole.length);
  });
}

/** Undoes the escapes of JSON and of source code (`\"`, `\n`, `\u0022`, `\x22`); undefined when there is none. */
export function decodeEscapes(text: string): Decoded | undefined {
  const first = text.indexOf('\\');
  if (first < 0) return undefined;
  return decode(text, BACKSLASH, NONE, first, escapeQuote, (at) => {
    const letter = text.charCodeAt(at + 1);
    if (letter === LETTER_X) return character(text, at, 2);
    if (letter === LETTER_U) {
      const high = hexPair(text, at + 2);
      const low = hexPair(text, at + 4);
      return high < 0 || low < 0 ? NONE : sequence(high * 256 + low, 6);
    }
    const code = letter < 128 ? (SIMPLE_ESCAPES[letter] as number) : 0;
    return code === 0 ? NONE : sequence(code, 2);
  });
}

/** Colours of a terminal, signs without width, marks that join a letter, a soft hyphen; of bytes read as Latin-1 too. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each is meant alone
  /\u001b\[[\d;]{0,16}m|[\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]|\u00c2?\u00ad|\u00e2(?:\u0080[\u008b-\u008d]|\u0081\u00a0)|\u00ef\u00bb\u00bf/g;

/** Letters as wide as a Chinese sign, with the digits and signs of names. */
const WIDE_LETTER = /[\uff21-\uff3a\uff41-\uff5a]/;
const WIDE = /[\uff0d\uff10-\uff19\uff1d\uff21-\uff3a\uff3f\uff41-\uff5a]/g;
const FROM_WIDE = 0xfee0;

/** What all of these begin with, looked for in a fraction of the time. */
const MAY_HIDE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each is meant alone
  /[\u001b\u00ad\u00c2\u00e2\u00ef\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\uff21-\uff3a\uff41-\uff5a]/;

/** Whether a text may hold what looks other than it is. */
export function mayHide(text: string): boolean {
  return MAY_HIDE.test(text);
}

/** What reads as it looks: what nobody sees is left out, so that it parts no name, and wide letters are plain ones; undefined when there is nothing of it. */
export function decodeLooks(text: string): Decoded | undefined {
  if (!MAY_HIDE.test(text)) return undefined;
  const wide = text.search(WIDE_LETTER) < 0 ? -1 : text.search(WIDE);
  const hidden = text.search(INVISIBLE);
  const first = wide < 0 || hidden < 0 ? Math.max(wide, hidden) : Math.min(wide, hidden);
  if (first < 0) return undefined;
  const offsets = new Int32Array(text.length + 1 - first);
  let length = 0;
  let from = first;
  for (const { index, 0: sign } of text.slice(first).matchAll(INVISIBLE)) {
    for (; from < first + index; from++) offsets[length++] = from;
    from += sign.length;
  }
  for (; from <= text.length; from++) offsets[length++] = from;
  return { text: visible(text), first, offsets: offsets.subarray(0, length) };
}

/** A text as it is seen. */
export function visible(text: string): string {
  const seen = text.replace(INVISIBLE, '');
  return WIDE_LETTER.test(seen) ? seen.replace(WIDE, narrow) : seen;
}

function narrow(char: string): string {
  return String.fromCharCode(char.charCodeAt(0) - FROM_WIDE);
}

/**
 * The character whose bytes in UTF-8 are written from `at` on, each as `sign` characters (`%`, `\\x`) and two digits; a
 * byte that begins none stands for itself.
 */
function character(text: string, at: number, sign: number): number {
  const first = hexPair(text, at + sign);
  const step = sign + 2;
  const more = first < 0xc2 || first > 0xef ? 0 : first < 0xe0 ? 1 : 2;
  let code = more === 0 ? first : first & (0x3f >> more);
  for (let index = 1; index <= more; index++) {
    const next = at + index * step;
    const byte =
      text[next] === text[at] && text[next + sign - 1] === text[at + sign - 1]
        ? hexPair(text, next + sign)
        : -1;
    if (byte < 0x80 || byte > 0xbf) return sequence(first, step);
    code = (code << 6) | (byte & 0x3f);
  }
  return sequence(code, (1 + more) * step);
}

function sequence(code: number, length: number): number {
  return code < 0 ? NONE : (length << LENGTH_SHIFT) | code;
}

/** `read` gives a sequence that begins at one of two markers, or NONE; `first` is the first marker. */
function decode(
  text: string,
  marker: number,
  other: number,
  first: number,
  encodeQuote: (quote: string) => string,
  read: (at: number) => number,
): Decoded | undefined {
  const offsets = new Int32Array(text.length + 1 - first);
  const codes = new Uint16Array(text.length - first);
  let length = 0;
  let at = first;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const found = code === marker || code === other ? read(at) : NONE;
    offsets[length] = at;
    codes[length++] = found === NONE ? code : found;
    at += found === NONE ? 1 : found >> LENGTH_SHIFT;
  }
  if (length === text.length - first && other === NONE) return undefined;
  offsets[length] = text.length;
  const rest = Buffer.from(codes.buffer, 0, 2 * length).toString('utf16le');
  return { text: text.slice(0, first) + rest, first, offsets: offsets.subarray(0, length + 1), encodeQuote };
}

function escapeQuote(quote: string): string {
  return JSON.stringify(quote).slice(1, -1);
}

/** `%DB_PASSWORD%` of Windows begins as an escape does. */
const VARIABLE = /%[A-F][A-F\d][A-Z\d]*_[A-Z\d_]*%/y;

function isVariable(text: string, at: number): boolean {
  VARIABLE.lastIndex = at;
  return VARIABLE.test(text);
}

function hasPercentEscape(text: string, first: number): boolean {
  for (let at = first; at >= 0; at = text.indexOf('%', at + 1)) if (hexPair(text, at + 1) >= 0) return true;
  return false;
}

/** The byte two hex digits name, or -1. */
function hexPair(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at));
  const low = hexDigit(text.charCodeAt(at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
