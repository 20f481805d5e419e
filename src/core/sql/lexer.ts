import { CHAR, CHAR_CLASS, isDigit, isWideSpace, isWordPart, isWordStart } from './char-class.ts';
import type { Dialect } from './dialect.ts';
import { K, keywordOf, keywordSet } from './keywords.ts';
import * as literals from './literals.ts';
import { Paging } from './paging.ts';
import { Signature } from './signature.ts';
import { Summary } from './summary.ts';
import { WORD_PRIME_1, WORD_PRIME_2, WORD_SEED_1, WORD_SEED_2 } from './word-hash.ts';

/** Keywords after which a sign is no sign but an operator. */
const OPERAND = keywordSet('NULL', 'TRUE', 'FALSE', 'END');
/** Words in front of a quote that belong to the string: N'…', E'…', X'…', q'…', u&'…'. */
const STRING_PREFIX = /^(?:n|e|b|x|r|q|nq|u|br|rb|_\w+)$/i;
/** Statements whose unquoted word after PASSWORD is one. */
const TAKES_PASSWORD = keywordSet(
  'CONNECT',
  'VALIDATE',
  'CHECK',
  'EXPORT',
  'IMPORT',
  'RECOVER',
  'BACKUP',
  'RESTORE',
);
const HAS_PASSWORD = keywordSet('USER', 'ROLE', 'LOGIN', 'DATABASE', 'SYSTEM', 'CREDENTIAL');

/**
 * One pass over a statement: feeds the signature and the summary and builds the sanitised text.
 * Reused between statements; linear in the length of the text.
 */
export class Lexer {
  readonly signature: Signature = new Signature();
  readonly summary: Summary = new Summary();
  parameterized = false;
  hasString = false;
  paged = false;
  private text = '';
  private out = '';
  private copied = 0;
  private dialect!: Dialect;
  /** The word before this token, 0 after a name; not reset by operators. */
  private previous = 0;
  private operand = false;
  private nested: boolean | 'guess' = false;
  private noBracketAfter = false;
  /** The comparison operator before this token, 0 for none. */
  private comparison = 0;
  private readonly paging: Paging = new Paging();

  /** Reads `text`; the outcome lies in `signature`, `summary` and the public fields. Returns the sanitised text. */
  run(text: string, dialect: Dialect): string {
    this.start(text, dialect);
    const length = text.length;
    let i = 0;
    while (i < length) {
      const code = text.charCodeAt(i);
      const kind = code < 128 ? (CHAR_CLASS[code] as number) : isWideSpace(code) ? CHAR.space : CHAR.word;
      if (kind === CHAR.space) i++;
      else if (kind === CHAR.word) i = this.word(i, false);
      else if (kind === CHAR.digit) i = this.literal(i, literals.numberEnd(text, i));
      else if (kind === CHAR.quote) i = this.quote(i, code);
      else if (kind === CHAR.punctuation) i = this.punctuation(i, code);
      else i = this.operator(i, code);
    }
    return this.finish();
  }

  private start(text: string, dialect: Dialect): void {
    this.signature.reset();
    this.summary.reset(text);
    this.text = text;
    this.out = '';
    this.copied = 0;
    this.dialect = dialect;
    this.parameterized = this.hasString = false;
    this.previous = 0;
    this.operand = false;
    this.nested = dialect.nestedComments;
    this.noBracketAfter = false;
    this.comparison = 0;
    this.paging.reset(text);
  }

  private finish(): string {
    const text = this.text;
    this.text = '';
    this.paged = this.paging.isPaged();
    if (this.copied === 0) return text;
    return this.copied < text.length ? this.out + text.slice(this.copied) : this.out;
  }

  /** Replaces [start, end) by `mask` in the sanitised text. */
  private cut(start: number, end: number, mask: string): void {
    this.out += this.text.slice(this.copied, start) + mask;
    this.copied = end;
  }

  private literal(start: number, end: number): number {
    if (start >= this.copied) this.cut(start, end, '?');
    this.value();
    this.summary.other();
    return end;
  }

  private bind(end: number): number {
    this.parameterized = true;
    this.value();
    this.summary.other();
    return end;
  }

  private value(): void {
    this.signature.placeholder();
    this.operand = true;
    if (this.comparison !== 0) {
      this.paging.compared(this.comparison);
      this.comparison = 0;
    }
  }

  /** A name with its parts, or a keyword. `quoted`: the first part begins with a quote or bracket. */
  private word(start: number, quoted: boolean): number {
    const text = this.text;
    const length = text.length;
    let i = start;
    let kw = 0;
    let parts = 0;
    for (;;) {
      const code = text.charCodeAt(i);
      if (quoted) i = this.quotedPart(i, code);
      else {
        let h1 = WORD_SEED_1;
        let h2 = WORD_SEED_2;
        const from = i;
        while (i < length) {
          let c = text.charCodeAt(i);
          if (c < 128) {
            const kind = CHAR_CLASS[c];
            if (kind !== CHAR.word && kind !== CHAR.digit && c !== 36 && c !== 35) break;
            if (c >= 65 && c <= 90) c += 32;
          } else if (isWideSpace(c)) break;
          h1 = Math.imul(h1 ^ c, WORD_PRIME_1);
          h2 = Math.imul(h2 ^ c, WORD_PRIME_2);
          i++;
        }
        if (parts === 0) {
          if (i < length && this.isPrefix(from, i)) return this.prefixed(from, i);
          kw = keywordOf(h1, h2);
          if (
            (kw === K.NULL || kw === K.TRUE || kw === K.FALSE) &&
            this.previous !== K.IS &&
            this.previous !== K.NOT
          ) {
            this.value();
            this.previous = kw;
            return i;
          }
        }
        this.signature.word(h1, h2);
      }
      parts++;
      const next = this.joined(i);
      if (next < 0) break;
      kw = 0;
      this.signature.char(text.charCodeAt(i));
      i = next;
      const c = text.charCodeAt(i);
      quoted = !(c >= 128 || CHAR_CLASS[c] === CHAR.word);
    }
    return this.named(kw, start, i);
  }

  /** Where the next part of a dotted name begins, or -1: `a.b`, `"a"."b"`, `db..t`, `t@link`. */
  private joined(at: number): number {
    const text = this.text;
    const code = text.charCodeAt(at);
    if (code !== 46 && code !== 64) return -1;
    let i = at + 1;
    if (code === 46 && text.charCodeAt(i) === 46) i++;
    const next = text.charCodeAt(i);
    if (isWordStart(next)) return i;
    if (code === 64) return -1;
    if (next === 34 || next === 96) return this.isClosed(i, next) ? i : -1;
    return next === 91 && this.dialect.brackets !== 'array' && this.bracketEnd(i) > 0 ? i : -1;
  }

  private quotedPart(start: number, code: number): number {
    const text = this.text;
    const end = code === 91 ? this.bracketEnd(start) : literals.stringEnd(text, start, code, false);
    let h1 = WORD_SEED_1;
    let h2 = WORD_SEED_2;
    let simple = true;
    for (let i = start + 1; i < end - 1; i++) {
      const c = text.charCodeAt(i);
      if (!((c >= 97 && c <= 122) || c === 95 || (c >= 48 && c <= 57))) simple = false;
      h1 = Math.imul(h1 ^ c, WORD_PRIME_1);
      h2 = Math.imul(h2 ^ c, WORD_PRIME_2);
    }
    // A quoted name that needs no quotes is the same name without them.
    this.signature.word(simple ? h1 : h1 ^ 0x5a5a, h2);
    return end;
  }

  private named(kw: number, start: number, end: number): number {
    this.comparison = 0;
    if (kw === 0) {
      this.operand = true;
      this.paging.name(start, end);
    } else {
      this.operand = OPERAND[kw] === 1;
      this.paging.keyword(kw, this.previous);
      if (kw === K.PASSWORD || kw === K.BY) {
        const secret = this.password(kw, end);
        if (secret > 0) {
          this.summary.word(kw, start, end, this.previous);
          this.previous = kw;
          return this.literal(secret, kw === K.BY ? this.statementEnd(secret) : this.wordEnd(secret));
        }
      }
    }
    this.summary.word(kw, start, end, this.previous);
    this.previous = kw;
    return end;
  }

  /** Where an unquoted password begins, or 0. */
  private password(kw: number, end: number): number {
    if (kw === K.BY) {
      if (this.previous !== K.IDENTIFIED) return 0;
    } else if (this.summary.expectsTarget) return 0;
    else if (TAKES_PASSWORD[this.summary.command] !== 1 && HAS_PASSWORD[this.summary.objectType] !== 1)
      return 0;
    let i = end;
    while (i < this.text.length && CHAR_CLASS[this.text.charCodeAt(i)] === CHAR.space) i++;
    return i < this.text.length ? i : 0;
  }

  private statementEnd(start: number): number {
    const end = this.text.indexOf(';', start);
    return end < 0 ? this.text.length : end;
  }

  private wordEnd(start: number): number {
    const code = this.text.charCodeAt(start);
    if (code === 34 || code === 39) return literals.stringEnd(this.text, start, code, false);
    let i = start;
    while (
      i < this.text.length &&
      CHAR_CLASS[this.text.charCodeAt(i)] !== CHAR.space &&
      this.text.charCodeAt(i) !== 59
    )
      i++;
    return i;
  }

  private isPrefix(start: number, end: number): boolean {
    const next = this.text.charCodeAt(end);
    if (next === 39) return STRING_PREFIX.test(this.text.slice(start, Math.min(end, start + 32)));
    return (
      next === 38 &&
      end - start === 1 &&
      (this.text.charCodeAt(start) | 32) === 117 &&
      this.text.charCodeAt(end + 1) === 39
    );
  }

  /** A string with something in front of it, as N'…'. */
  private prefixed(start: number, end: number): number {
    const at = this.text.charCodeAt(end) === 38 ? end + 1 : end;
    const last = this.text.charCodeAt(end - 1) | 32;
    this.hasString = true;
    if (last === 113) return this.literal(start, literals.alternativeQuoteEnd(this.text, at + 1));
    const escapes = last === 101 || this.dialect.backslash === 'escape';
    return this.literal(start, literals.stringEnd(this.text, at, 39, escapes));
  }

  private quote(start: number, code: number): number {
    if (code === 39) return this.string(start, code);
    const text = this.text;
    if (code === 96) {
      return this.isClosed(start, code) ? this.word(start, true) : this.literal(start, text.length);
    }
    return this.isName(start) ? this.word(start, true) : this.string(start, code);
  }

  /** Whether the quoted name at `start` has its end. */
  private isClosed(start: number, quote: number): boolean {
    const end = literals.stringEnd(this.text, start, quote, false);
    return end < this.text.length || (end - start > 1 && this.text.charCodeAt(end - 1) === quote);
  }

  /** Whether `"…"` at `start` is a name here. */
  private isName(start: number): boolean {
    const text = this.text;
    const rule = this.dialect.doubleQuotes;
    if (!this.isClosed(start, 34)) return false;
    if (rule === 'name') return true;
    const end = literals.stringEnd(text, start, 34, false);
    const dotted = text.charCodeAt(end) === 46 || text.charCodeAt(start - 1) === 46;
    if (dotted || this.summary.expectsTarget) return rule === 'guess' || dotted;
    if (rule === 'string' || this.dialect.backslash === 'guess') return false;
    // SQLite reads a quoted name that fits no column as a string, so one that is compared with is masked.
    return (
      this.comparison === 0 &&
      !(this.previous === K.VALUES || this.previous === K.LIKE || this.previous === K.IN)
    );
  }

  private string(start: number, quote: number): number {
    const text = this.text;
    const rule = this.dialect.backslash;
    let end = literals.stringEnd(text, start, quote, rule === 'escape');
    if (rule === 'guess' && literals.hasEscapedQuote(text, start, end, quote)) {
      // Both readings of \' are possible: everything up to the last quote may be inside a string.
      end = Math.max(end, text.lastIndexOf(text.charAt(start)) + 1);
    }
    this.hasString = true;
    if (quote === 39 && this.summary.quotedTarget(start, end)) {
      this.cut(start, end, '?');
      this.value();
      return end;
    }
    return this.literal(start, end);
  }

  private bracketEnd(start: number): number {
    if (this.noBracketAfter) return 0;
    const text = this.text;
    let i = text.indexOf(']', start + 1);
    while (i >= 0 && text.charCodeAt(i + 1) === 93) i = text.indexOf(']', i + 2);
    if (i < 0) this.noBracketAfter = true;
    if (i < 0 || i - start > 130) return 0;
    return i + 1;
  }

  private punctuation(i: number, code: number): number {
    const text = this.text;
    const next = text.charCodeAt(i + 1);
    switch (code) {
      case 40: // (
        this.signature.open();
        this.summary.open(this.previous);
        this.operand = false;
        return i + 1;
      case 41: // )
        this.signature.close();
        this.summary.close();
        this.operand = true;
        return i + 1;
      case 44: // ,
        this.signature.comma();
        this.summary.comma();
        this.operand = false;
        return i + 1;
      case 59: // ;
        this.signature.semicolon();
        this.summary.semicolon();
        this.operand = false;
        this.previous = 0;
        return i + 1;
      case 63: // ?
        if ((next === 124 || next === 38) && this.operand && this.dialect.dollarQuotes)
          return this.operator(i, code);
        return this.bind(i + 1);
      case 36: // $
        return this.dollar(i, next);
      case 58: // :
        return this.colon(i, next);
      case 64: // @
        return this.at(i, next);
      case 37: // %
        return this.percent(i, next);
      case 91: // [
        return this.bracket(i, next);
      case 46: // .
        return isDigit(next) ? this.literal(i, literals.numberEnd(text, i)) : this.operator(i, code);
      case 45: // -
        if (next === 45 && this.isLineComment(i)) return this.comment(i, literals.lineEnd(text, i));
        return this.sign(i, code, next);
      case 43: // +
        return this.sign(i, code, next);
      case 35: // #
        if (this.dialect.mysqlComments) return this.comment(i, literals.lineEnd(text, i));
        return isWordStart(next) || next === 35 ? this.word(i, false) : this.operator(i, code);
      case 47: // /
        return next === 42 ? this.blockComment(i) : this.operator(i, code);
      default: // { }
        return i + 1;
    }
  }

  private operator(i: number, code: number): number {
    this.operand = code === 93;
    if (code >= 60 && code <= 62) {
      if (this.comparison === 0 || code !== 61) this.comparison = code;
      const before = i > 0 ? this.text.charCodeAt(i - 1) : 0;
      // ->, @>, #>, <@ and >> compare nothing.
      if (before === 45 || before === 64 || before === 35) this.comparison = 0;
    }
    // != and <> are one operator.
    if (code === 33 && this.text.charCodeAt(i + 1) === 61) {
      this.signature.char(60);
      this.signature.char(62);
      return i + 2;
    }
    this.signature.char(code);
    this.summary.other();
    return i + 1;
  }

  private sign(i: number, code: number, next: number): number {
    if (!this.operand) {
      const digit = next === 46 ? this.text.charCodeAt(i + 2) : next;
      if (isDigit(digit)) return this.literal(i, literals.numberEnd(this.text, i + 1));
    }
    return this.operator(i, code);
  }

  private dollar(i: number, next: number): number {
    const text = this.text;
    if (isDigit(next)) {
      let end = i + 1;
      while (isDigit(text.charCodeAt(end))) end++;
      const number = this.dialect.money || end - i > 6 || text.charCodeAt(end) === 46;
      return number ? this.literal(i, literals.numberEnd(text, i + 1)) : this.bind(end);
    }
    if (this.dialect.dollarQuotes) {
      const end = literals.dollarQuoteEnd(text, i);
      if (end > 0) {
        this.hasString = true;
        return this.literal(i, end);
      }
    }
    return isWordStart(next) ? this.bind(this.nameEndAt(i + 1)) : this.operator(i, 36);
  }

  private colon(i: number, next: number): number {
    if (next === 58) {
      this.signature.char(58);
      this.operand = false;
      return i + 2;
    }
    if (isWordStart(next)) return this.bind(this.nameEndAt(i + 1));
    if (isDigit(next) && this.dialect.colonNumbers) {
      const end = literals.numberEnd(this.text, i + 1);
      if (end - i <= 4) return this.bind(end);
    }
    return this.operator(i, 58);
  }

  private at(i: number, next: number): number {
    if (next === 64) {
      if (!isWordStart(this.text.charCodeAt(i + 2))) return this.operator(i, 64);
      return this.word(i + 2, false);
    }
    const before = i > 0 ? this.text.charCodeAt(i - 1) : 0;
    if (isWordStart(next) && before !== 60) return this.bind(this.nameEndAt(i + 1));
    return this.operator(i, 64);
  }

  /** `%s` and `%(name)s`, where a value may stand. */
  private percent(i: number, next: number): number {
    const text = this.text;
    if (!this.operand) {
      if (next === 115 && !isWordPart(text.charCodeAt(i + 2))) return this.bind(i + 2);
      if (next === 40) {
        const end = this.nameEndAt(i + 2);
        if (text.charCodeAt(end) === 41 && text.charCodeAt(end + 1) === 115) return this.bind(end + 2);
      }
    }
    return this.operator(i, 37);
  }

  private bracket(i: number, next: number): number {
    const rule = this.dialect.brackets;
    const before = i > 0 ? this.text.charCodeAt(i - 1) : 32;
    const looksLikeName = isWordStart(next) && !isWordPart(before) && before !== 93 && before !== 41;
    if (rule === 'name' || (rule === 'guess' && looksLikeName)) {
      if (this.bracketEnd(i) > 0) return this.word(i, true);
    }
    this.operand = false;
    this.signature.char(91);
    return i + 1;
  }

  private nameEndAt(start: number): number {
    let i = start;
    while (i < this.text.length && isWordPart(this.text.charCodeAt(i))) i++;
    return i;
  }

  private isLineComment(i: number): boolean {
    if (!this.dialect.mysqlComments) return true;
    const after = this.text.charCodeAt(i + 2);
    return i + 2 >= this.text.length || CHAR_CLASS[after] === CHAR.space;
  }

  private blockComment(i: number): number {
    const text = this.text;
    if (this.dialect.mysqlComments && text.charCodeAt(i + 2) === 33) {
      let at = i + 3;
      while (isDigit(text.charCodeAt(at))) at++;
      return at;
    }
    const end = literals.blockCommentEnd(text, i, this.nested);
    if (end === text.length && this.nested === 'guess') this.nested = false;
    return this.comment(i, end);
  }

  private comment(start: number, end: number): number {
    if (literals.commentHoldsValue(this.text, start, end)) {
      const block = this.text.charCodeAt(start) === 47;
      this.cut(start, end, block ? '/*?*/' : '-- ?');
    }
    return end;
  }
}
