/** A text read through one layer of encoding, with the way back. */
export interface Decoded {
  readonly text: string;
  /** Index of each decoded character in the encoded text; one more entry for the end. */
  readonly offsets: Int32Array;
}

const PERCENT = 37;
const BACKSLASH = 92;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '"': '"',
  "'": "'",
  '/': '/',
  '\\': '\\',
};

/** Undoes `%XX`; undefined when there is none. Bytes past ASCII become one character each: they are only looked at. */
export function decodePercent(text: string): Decoded | undefined {
  const first = text.indexOf('%');
  if (first < 0 || !hasPercentEscape(text, first)) return undefined;
  return decode(text, PERCENT, (at) => {
    const code = hexPair(text, at + 1);
    return code < 0 ? undefined : { char: String.fromCharCode(code), length: 3 };
  });
}

/** Undoes the escapes of JSON and of source code (`\"`, `\n`, `\u0022`, `\x22`); undefined when there is none. */
export function decodeEscapes(text: string): Decoded | undefined {
  if (!text.includes('\\')) return undefined;
  return decode(text, BACKSLASH, (at) => {
    const letter = text[at + 1];
    if (letter === 'u' || letter === 'x') {
      const high = hexPair(text, at + 2);
      if (letter === 'x') return high < 0 ? undefined : { char: String.fromCharCode(high), length: 4 };
      const low = hexPair(text, at + 4);
      return high < 0 || low < 0 ? undefined : { char: String.fromCharCode(high * 256 + low), length: 6 };
    }
    const char = letter === undefined ? undefined : SIMPLE_ESCAPES[letter];
    return char === undefined ? undefined : { char, length: 2 };
  });
}

function decode(
  text: string,
  marker: number,
  read: (at: number) => { char: string; length: number } | undefined,
): Decoded | undefined {
  const offsets = new Int32Array(text.length + 1);
  let out = '';
  let length = 0;
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const sequence = text.charCodeAt(at) === marker ? read(at) : undefined;
    offsets[length++] = at;
    if (sequence === undefined) {
      at++;
      continue;
    }
    out += text.slice(copied, at) + sequence.char;
    at += sequence.length;
    copied = at;
  }
  if (copied === 0) return undefined;
  offsets[length] = text.length;
  return { text: out + text.slice(copied), offsets: offsets.subarray(0, length + 1) };
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
