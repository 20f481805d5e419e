import { CHAR, CHAR_CLASS, codeAt, isDigit, isWordPart, isWordStart } from './char-class.ts';

/** The end of a string that begins at `start` with `quote`: past the closing quote, or the length when it is cut off. */
export function stringEnd(text: string, start: number, quote: number, backslash: boolean): number {
  const length = text.length;
  let i = start + 1;
  while (i < length) {
    const code = codeAt(text, i);
    if (code === quote) {
      if (codeAt(text, i + 1) !== quote) return i + 1;
      i += 2;
    } else if (code === 92 && backslash) i += 2;
    else i++;
  }
  return length;
}

/** Whether a string holds a backslash before a quote, which dialects read differently. */
export function hasEscapedQuote(text: string, start: number, end: number, quote: number): boolean {
  for (let i = start + 1; i < end; i++) {
    if (codeAt(text, i) !== 92) continue;
    if (codeAt(text, i + 1) === quote) return true;
    i++;
  }
  return false;
}

/** The end of Oracle's `q'[…]'`, whose delimiter stands at `open`. */
export function alternativeQuoteEnd(text: string, open: number): number {
  const delimiter = text.charAt(open);
  const pairs = '[]{}()<>';
  const at = pairs.indexOf(delimiter);
  const close = at >= 0 && at % 2 === 0 ? pairs.charAt(at + 1) : delimiter;
  const end = text.indexOf(`${close}'`, open + 1);
  return end < 0 ? text.length : end + 2;
}

/** The end of `$tag$…$tag$` that begins at `start`, or -1 when none begins there. */
export function dollarQuoteEnd(text: string, start: number): number {
  let i = start + 1;
  if (codeAt(text, i) !== 36) {
    if (!isWordStart(codeAt(text, i))) return -1;
    while (i < text.length && i - start < 64 && codeAt(text, i) !== 36 && isWordPart(codeAt(text, i))) i++;
    if (codeAt(text, i) !== 36) return -1;
  }
  const tag = text.slice(start, i + 1);
  const end = text.indexOf(tag, i + 1);
  return end < 0 ? text.length : end + tag.length;
}

/** The end of a UUID without quotes, as Cassandra writes one, that begins at `start`; -1 when none does. */
export function uuidEnd(text: string, start: number): number {
  const end = start + 36;
  if (codeAt(text, start + 8) !== 45 || end > text.length || isWordPart(codeAt(text, end))) return -1;
  for (let i = start; i < end; i++) {
    const at = i - start;
    const code = codeAt(text, i);
    if (at === 8 || at === 13 || at === 18 || at === 23) {
      if (code !== 45) return -1;
    } else if (!isDigit(code) && !((code | 32) >= 97 && (code | 32) <= 102)) return -1;
  }
  return end;
}

/** The end of a number in any spelling: `1`, `.5`, `1e-9`, `0xFF`, `1_000`, `10s`. */
export function numberEnd(text: string, start: number): number {
  const length = text.length;
  const uuid = uuidEnd(text, start);
  if (uuid > 0) return uuid;
  const hex = codeAt(text, start) === 48 && (codeAt(text, start + 1) | 32) === 120;
  let i = start;
  while (i < length) {
    const code = codeAt(text, i);
    if (isDigit(code) || code === 46) i++;
    else if ((code === 43 || code === 45) && !hex && (codeAt(text, i - 1) | 32) === 101) {
      if (!isDigit(codeAt(text, i + 1)) || i - 1 === start) break;
      i++;
    } else if (code >= 128 ? isWordPart(code) : CHAR_CLASS[code] === CHAR.word) i++;
    else break;
  }
  return i;
}

/**
 * The end of a block comment that begins at `start`. Nested ones count when `nested` says so; with `guess` they do
 * unless that leaves the comment open.
 */
export function blockCommentEnd(text: string, start: number, nested: boolean | 'guess'): number {
  const first = text.indexOf('*/', start + 2);
  if (first < 0) return text.length;
  if (nested === false) return first + 2;
  let depth = 1;
  let i = start + 2;
  for (;;) {
    const close = text.indexOf('*/', i);
    if (close < 0) return nested === true ? text.length : first + 2;
    let open = text.indexOf('/*', i);
    while (open >= 0 && open < close) {
      depth++;
      i = open + 2;
      open = text.indexOf('/*', i);
    }
    depth--;
    i = Math.max(i, close + 2);
    if (depth === 0) return i;
  }
}

export function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

/** Whether a comment may hold a value: anything quoted, or a number of four digits. */
export function commentHoldsValue(text: string, start: number, end: number): boolean {
  let digits = 0;
  for (let i = start; i < end; i++) {
    const code = codeAt(text, i);
    if (code === 39 || code === 34) return true;
    digits = isDigit(code) ? digits + 1 : 0;
    if (digits === 4) return true;
  }
  return false;
}
