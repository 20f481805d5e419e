import * as chars from './char-class.ts';
import type { Dialect } from './dialect.ts';
import { K } from './keywords.ts';
import * as literals from './literals.ts';
import { NameReader } from './name-reader.ts';

// Constants of this module fold into the code; imported ones are looked up each time.
const { CHAR, CHAR_CLASS, codeAt, isDigit, isWideSpace, isWordPart, isWordStart } = chars;
const { IN, LIKE, VALUES } = K;

/**
 * One pass over a statement: feeds the signature and the summary and builds the sanitised text.
 * Reused between statements; linear in the length of the text.
 */
export class Lexer extends NameReader {
  private nestedComments: boolean | 'guess' = false;

  /** Reads `text`; the outcome lies in the public fields. Returns the sanitised text. */
  run(text: string, dialect: Dialect): string {
    this.reset(text, dialect);
    this.nestedComments = dialect.nestedComments;
    this.isWithoutBrackets = false;
    const length = text.length;
    let i = 0;
    while (i < length) {
      const code = text.charCodeAt(i);
      const kind = code < 128 ? (CHAR_CLASS[code] as number) : isWideSpace(code) ? CHAR.space : CHAR.word;
      if (kind === CHAR.space) i++;
      else if (kind === CHAR.word) i = this.word(i);
      else if (kind === CHAR.punctuation) i = this.punctuation(i, code);
      else if (kind === CHAR.other) i = this.operator(i, code);
      else if (kind === CHAR.digit) i = this.literal(i, literals.numberEnd(text, i));
      else i = this.quote(i, code);
    }
    return this.finish();
  }

  private punctuation(i: number, code: number): number {
    switch (code) {
      case 44: // ,
        this.signature.comma();
        this.summary.comma();
        this.afterOperand = false;
        return i + 1;
      case 40: // (
        this.signature.open();
        this.summary.open(this.previous);
        this.afterOperand = false;
        return i + 1;
      case 41: // )
        this.signature.close();
        this.summary.close();
        this.afterOperand = true;
        return i + 1;
      case 59: // ;
        this.signature.semicolon();
        this.summary.semicolon();
        this.afterOperand = false;
        this.previous = 0;
        return i + 1;
      case 123: // {
      case 125: // }
        return i + 1;
      default:
        return this.marker(i, code, codeAt(this.text, i + 1));
    }
  }

  private marker(i: number, code: number, next: number): number {
    const text = this.text;
    switch (code) {
      case 36: // $
        return this.dollar(i, next);
      case 63: // ?
        if ((next === 124 || next === 38) && this.afterOperand && this.dialect.dollarQuotes)
          return this.operator(i, code);
        return this.bind(i + 1);
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
      case 35: // #
        if (this.dialect.mysqlComments) return this.comment(i, literals.lineEnd(text, i));
        return isWordStart(next) || next === 35 ? this.word(i) : this.operator(i, code);
      case 47: // /
        return next === 42 ? this.blockComment(i) : this.operator(i, code);
      default: // +
        return this.sign(i, code, next);
    }
  }

  private quote(start: number, code: number): number {
    if (code === 39) return this.string(start, code);
    if (code === 34) {
      const isTriple = this.dialect.tripleQuotes !== false && this.tripleEnd(start, code) > 0;
      return !isTriple && this.isName(start) ? this.quotedName(start) : this.string(start, code);
    }
    return this.isClosed(start, code) ? this.quotedName(start) : this.literal(start, this.text.length);
  }

  /** Whether `"…"` at `start` is a name here. */
  private isName(start: number): boolean {
    const text = this.text;
    const rule = this.dialect.doubleQuotes;
    if (!this.isClosed(start, 34)) return false;
    if (rule === 'name') return true;
    const end = literals.stringEnd(text, start, 34, false);
    if (codeAt(text, end) === 46 || (start > 0 && codeAt(text, start - 1) === 46)) return true;
    if (rule === 'string') return false;
    if (this.summary.expectsTarget) return true;
    if (this.dialect.backslash === 'guess') return false;
    // SQLite reads a quoted name that fits no column as a string, so one that is compared with is masked.
    return (
      this.comparison === 0 && this.previous !== VALUES && this.previous !== LIKE && this.previous !== IN
    );
  }

  private string(start: number, quote: number): number {
    const text = this.text;
    const rule = this.dialect.backslash;
    let end = Math.max(
      literals.stringEnd(text, start, quote, rule === 'escape'),
      this.dialect.tripleQuotes === false ? 0 : this.tripleEnd(start, quote),
    );
    if (rule === 'guess' && literals.hasEscapedQuote(text, start, end, quote)) {
      // Both readings of \' are possible: everything up to the last quote may be inside a string, and all the rest
      // where that one is escaped, too.
      const last = text.lastIndexOf(quote === 39 ? "'" : '"');
      end = codeAt(text, last - 1) === 92 ? text.length : Math.max(end, last + 1);
    }
    this.hasString = true;
    if (this.summary.quotedTarget(start, end)) {
      this.cut(start, end, '?');
      this.value();
      return end;
    }
    return this.literal(start, end);
  }

  /** A sign belongs to its number unless it stands between two values. */
  private sign(i: number, code: number, next: number): number {
    if (this.afterOperand) return this.operator(i, code);
    const text = this.text;
    let at = i + 1;
    if (next === 32) while (codeAt(text, at) === 32) at++;
    const first = codeAt(text, at);
    const isNumber = isDigit(first === 46 ? codeAt(text, at + 1) : first);
    return isNumber ? this.literal(i, literals.numberEnd(text, at)) : this.operator(i, code);
  }

  private dollar(i: number, next: number): number {
    const text = this.text;
    if (isDigit(next)) {
      let end = i + 1;
      while (isDigit(codeAt(text, end))) end++;
      const isAmount = this.dialect.money || end - i > 6 || codeAt(text, end) === 46;
      return isAmount ? this.literal(i, literals.numberEnd(text, i + 1)) : this.bind(end);
    }
    if (this.dialect.dollarQuotes) {
      const end = literals.dollarQuoteEnd(text, i);
      if (end > 0) {
        this.hasString = true;
        return this.literal(i, end);
      }
    }
    return isWordStart(next) ? this.bind(this.wordEnd(i + 1)) : this.operator(i, 36);
  }

  private colon(i: number, next: number): number {
    if (next === 58) {
      this.signature.char(58);
      this.afterOperand = false;
      return i + 2;
    }
    if (isWordStart(next)) return this.bind(this.wordEnd(i + 1));
    if (isDigit(next) && this.dialect.colonNumbers) {
      const end = literals.numberEnd(this.text, i + 1);
      if (end - i <= 4) return this.bind(end);
    }
    return this.operator(i, 58);
  }

  private at(i: number, next: number): number {
    const text = this.text;
    if (next === 64) return isWordStart(codeAt(text, i + 2)) ? this.word(i + 2) : this.operator(i, 64);
    // a <@b contains, @b binds.
    if (isWordStart(next) && (i === 0 || codeAt(text, i - 1) !== 60)) return this.bind(this.wordEnd(i + 1));
    return this.operator(i, 64);
  }

  /** `%s` and `%(name)s`, where a value may stand. */
  private percent(i: number, next: number): number {
    const text = this.text;
    if (!this.afterOperand) {
      if (next === 115 && !isWordPart(codeAt(text, i + 2))) return this.bind(i + 2);
      if (next === 40) {
        const end = this.wordEnd(i + 2);
        if (codeAt(text, end) === 41 && codeAt(text, end + 1) === 115) return this.bind(end + 2);
      }
    }
    return this.operator(i, 37);
  }

  private bracket(i: number, next: number): number {
    const rule = this.dialect.brackets;
    const before = i > 0 ? codeAt(this.text, i - 1) : 32;
    const looksLikeName = isWordStart(next) && !isWordPart(before) && before !== 93 && before !== 41;
    if ((rule === 'name' || (rule === 'guess' && looksLikeName)) && this.bracketEnd(i) > 0)
      return this.quotedName(i);
    this.afterOperand = false;
    this.signature.char(91);
    return i + 1;
  }

  private wordEnd(start: number): number {
    let i = start;
    while (i < this.text.length && isWordPart(codeAt(this.text, i))) i++;
    return i;
  }

  private isLineComment(i: number): boolean {
    if (!this.dialect.mysqlComments || i + 2 >= this.text.length) return true;
    return CHAR_CLASS[codeAt(this.text, i + 2)] === CHAR.space;
  }

  private blockComment(i: number): number {
    const text = this.text;
    if (this.dialect.mysqlComments && codeAt(text, i + 2) === 33) {
      // What stands in /*! … */ runs.
      let at = i + 3;
      while (isDigit(codeAt(text, at))) at++;
      return at;
    }
    const end = literals.blockCommentEnd(text, i, this.nestedComments);
    if (end === text.length && this.nestedComments === 'guess') this.nestedComments = false;
    return this.comment(i, end);
  }
}
