import * as chars from './char-class.ts';
import { K, keywordOf, keywordSet } from './keywords.ts';
import { alternativeQuoteEnd, stringEnd, uuidEnd } from './literals.ts';
import { TokenSink } from './token-sink.ts';
import * as hashes from './word-hash.ts';

// Constants of this module fold into the code; imported ones are looked up each time.
const { CHAR, CHAR_CLASS, FOLDED, codeAt, isWideSpace, isWordStart } = chars;
const { WORD_PRIME_1, WORD_PRIME_2, WORD_SEED_1, WORD_SEED_2 } = hashes;
const { BY, IDENTIFIED, IS, NOT, NULL, PASSWORD } = K;

/** Longer names in brackets, and ones with more than this many `]]`, are none. */
const MAX_BRACKETED = 130;
const MAX_ESCAPED = 4;
/** Keywords that are values. */
const CONSTANT = keywordSet('NULL', 'TRUE', 'FALSE');
const OPERAND = keywordSet('NULL', 'TRUE', 'FALSE', 'END');
/** Words in front of a quote that belong to the string: N'…', E'…', X'…', q'…', _utf8'…'. */
const STRING_PREFIX = /^(?:n|e|b|x|r|q|nq|u|br|rb|_\w+)$/i;
/** Statements, and kinds of object, whose unquoted word after PASSWORD is one. */
// biome-ignore format: one list of words
const TAKES_PASSWORD = keywordSet(
  'CONNECT', 'VALIDATE', 'CHECK', 'EXPORT', 'IMPORT', 'RECOVER', 'BACKUP', 'RESTORE',
);
const HAS_PASSWORD = keywordSet('USER', 'ROLE', 'LOGIN', 'DATABASE', 'SYSTEM', 'CREDENTIAL');

/** Reads keywords and names in all their spellings. */
export class NameReader extends TokenSink {
  /** No `]` follows, so no bracket begins a name any more. */
  protected isWithoutBrackets = false;

  /** A keyword, or a name with all its dotted parts, that begins at `start`; returns its end. */
  protected word(start: number): number {
    const text = this.text;
    const length = text.length;
    let h1 = WORD_SEED_1;
    let h2 = WORD_SEED_2;
    let i = start;
    while (i < length) {
      const code = text.charCodeAt(i);
      const c = code < 128 ? (FOLDED[code] as number) : isWideSpace(code) ? 0 : code;
      if (c === 0) break;
      h1 = Math.imul(h1 ^ c, WORD_PRIME_1);
      h2 = Math.imul(h2 ^ c, WORD_PRIME_2);
      i++;
    }
    const after = codeAt(text, i);
    if (after === 45 && i - start === 8) {
      const end = uuidEnd(text, start);
      if (end > 0) return this.literal(start, end);
    }
    if ((after === 39 || after === 38) && this.isPrefix(start, i)) return this.prefixed(start, i);
    if (after === 46 || after === 64) {
      const next = this.joined(i, after);
      if (next > 0) {
        this.signature.word(h1, h2);
        return this.name(start, this.moreParts(next, after));
      }
    }
    const kw = keywordOf(h1, h2);
    if (kw === 0) {
      this.signature.word(h1, h2);
      return this.name(start, i);
    }
    return this.keyword(kw, start, i, h1, h2);
  }

  /** A name whose first part is quoted or in brackets. */
  protected quotedName(start: number): number {
    let i = this.quotedPart(start);
    const after = codeAt(this.text, i);
    const next = after === 46 || after === 64 ? this.joined(i, after) : -1;
    if (next > 0) i = this.moreParts(next, after);
    return this.name(start, i);
  }

  /** Whether the quoted name at `start` has its end. */
  protected isClosed(start: number, quote: number): boolean {
    const end = stringEnd(this.text, start, quote, false);
    return end < this.text.length || (end - start > 1 && codeAt(this.text, end - 1) === quote);
  }

  /** The end of the string in three quotes at `start`, which may be cut off; 0 when it is none. */
  protected tripleEnd(start: number, quote: number): number {
    const text = this.text;
    if (codeAt(text, start + 1) !== quote || codeAt(text, start + 2) !== quote) return 0;
    // '''' is everywhere else a string of one quote.
    const isOneQuote = codeAt(text, start + 3) === quote && codeAt(text, start + 4) !== quote;
    if (isOneQuote && this.dialect.tripleQuotes === 'guess') return 0;
    const end = text.indexOf(quote === 34 ? '"""' : "'''", start + 3);
    return end < 0 ? text.length : end + 3;
  }

  /** The end of the name in brackets at `start`, 0 when it is none. */
  protected bracketEnd(start: number): number {
    if (this.isWithoutBrackets) return 0;
    const text = this.text;
    let i = text.indexOf(']', start + 1);
    for (let escaped = 0; i >= 0 && codeAt(text, i + 1) === 93; escaped++) {
      if (escaped === MAX_ESCAPED) return 0;
      i = text.indexOf(']', i + 2);
    }
    if (i < 0) this.isWithoutBrackets = true;
    return i < 0 || i - start > MAX_BRACKETED ? 0 : i + 1;
  }

  private keyword(kw: number, start: number, end: number, h1: number, h2: number): number {
    const previous = this.previous;
    this.previous = kw;
    if (CONSTANT[kw] === 1 && previous !== IS && previous !== NOT) {
      // The conventions count booleans among the literals; NULL is none.
      if (kw !== NULL) this.cut(start, end, '?');
      this.value();
      return end;
    }
    this.comparison = 0;
    this.afterOperand = OPERAND[kw] === 1;
    this.signature.word(h1, h2);
    this.paging.keyword(kw, previous);
    const secret = kw === PASSWORD || (kw === BY && previous === IDENTIFIED) ? this.password(kw, end) : 0;
    this.summary.word(kw, start, end, previous);
    if (secret === 0) return end;
    return this.literal(secret, kw === BY ? this.statementEnd(secret) : this.secretEnd(secret));
  }

  private name(start: number, end: number): number {
    this.comparison = 0;
    this.afterOperand = true;
    this.paging.name(start, end);
    this.summary.word(0, start, end, this.previous);
    this.previous = 0;
    return end;
  }

  /** Where the next part of a name begins, or -1: `a.b`, `"a"."b"`, `db..t`, `t@link`. */
  private joined(at: number, separator: number): number {
    const text = this.text;
    let i = at + 1;
    if (separator === 46 && codeAt(text, i) === 46) i++;
    const next = codeAt(text, i);
    if (isWordStart(next)) return i;
    if (separator === 64) return -1;
    if (next === 34 || next === 96) return this.isClosed(i, next) ? i : -1;
    return next === 91 && this.dialect.brackets !== 'array' && this.bracketEnd(i) > 0 ? i : -1;
  }

  private moreParts(start: number, separator: number): number {
    const text = this.text;
    let i = start;
    let by = separator;
    for (;;) {
      this.signature.char(by);
      const code = codeAt(text, i);
      i = isWordStart(code) ? this.plainPart(i) : this.quotedPart(i);
      by = codeAt(text, i);
      const next = by === 46 || by === 64 ? this.joined(i, by) : -1;
      if (next < 0) return i;
      i = next;
    }
  }

  private plainPart(start: number): number {
    const text = this.text;
    let h1 = WORD_SEED_1;
    let h2 = WORD_SEED_2;
    let i = start;
    while (i < text.length) {
      const code = text.charCodeAt(i);
      const c = code < 128 ? (FOLDED[code] as number) : isWideSpace(code) ? 0 : code;
      if (c === 0) break;
      h1 = Math.imul(h1 ^ c, WORD_PRIME_1);
      h2 = Math.imul(h2 ^ c, WORD_PRIME_2);
      i++;
    }
    this.signature.word(h1, h2);
    return i;
  }

  private quotedPart(start: number): number {
    const text = this.text;
    const quote = codeAt(text, start);
    const end = quote === 91 ? this.bracketEnd(start) : stringEnd(text, start, quote, false);
    let h1 = WORD_SEED_1;
    let h2 = WORD_SEED_2;
    let isPlain = true;
    for (let i = start + 1; i < end - 1; i++) {
      const c = text.charCodeAt(i);
      if (c >= 128 || FOLDED[c] !== c) isPlain = false;
      h1 = Math.imul(h1 ^ c, WORD_PRIME_1);
      h2 = Math.imul(h2 ^ c, WORD_PRIME_2);
    }
    // A quoted name that needs no quotes is the same name without them.
    this.signature.word(isPlain ? h1 : h1 ^ 0x5a5a, h2);
    return end;
  }

  private isPrefix(start: number, end: number): boolean {
    const text = this.text;
    if (codeAt(text, end) === 39) return STRING_PREFIX.test(text.slice(start, Math.min(end, start + 32)));
    return end - start === 1 && (codeAt(text, start) | 32) === 117 && codeAt(text, end + 1) === 39;
  }

  /** A string with something in front of it, as N'…' or U&'…'. */
  private prefixed(start: number, end: number): number {
    const text = this.text;
    const at = codeAt(text, end) === 38 ? end + 1 : end;
    const last = codeAt(text, end - 1) | 32;
    this.hasString = true;
    if (last === 113) return this.literal(start, alternativeQuoteEnd(text, at + 1));
    const escapes = last === 101 || this.dialect.backslash === 'escape';
    const triple = this.dialect.tripleQuotes === false ? 0 : this.tripleEnd(at, 39);
    return this.literal(start, Math.max(triple, stringEnd(text, at, 39, escapes)));
  }

  /** Where an unquoted password begins, 0 for none: SAP HANA and Oracle take one. */
  private password(kw: number, end: number): number {
    const { summary, text } = this;
    if (kw === PASSWORD) {
      if (summary.expectsTarget) return 0;
      if (TAKES_PASSWORD[summary.command] !== 1 && HAS_PASSWORD[summary.objectType] !== 1) return 0;
    }
    let i = end;
    while (i < text.length && CHAR_CLASS[codeAt(text, i)] === CHAR.space) i++;
    return i < text.length ? i : 0;
  }

  private statementEnd(start: number): number {
    const end = this.text.indexOf(';', start);
    return end < 0 ? this.text.length : end;
  }

  private secretEnd(start: number): number {
    const text = this.text;
    const quote = codeAt(text, start);
    if (quote === 34 || quote === 39) return stringEnd(text, start, quote, false);
    let i = start;
    while (i < text.length && CHAR_CLASS[codeAt(text, i)] !== CHAR.space && codeAt(text, i) !== 59) i++;
    return i;
  }
}
