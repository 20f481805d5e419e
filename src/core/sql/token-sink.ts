import { codeAt } from './char-class.ts';
import type { Dialect } from './dialect.ts';
import { commentHoldsValue } from './literals.ts';
import { Paging } from './paging.ts';
import { Signature } from './signature.ts';
import { Summary } from './summary.ts';

const EQUALS = 61;

/** Where tokens go: the sanitised text, the signature, the summary, and a few flags. */
export class TokenSink {
  readonly signature: Signature = new Signature();
  readonly summary: Summary = new Summary();
  /** The statement has bind markers; strings; reads one page of a result. */
  parameterized = false;
  hasString = false;
  paged = false;
  protected text = '';
  protected dialect!: Dialect;
  /** The keyword before this token, 0 after a name; operators and values do not change it. */
  protected previous = 0;
  /** The token before this one is a value or a name, so a sign after it is an operator. */
  protected afterOperand = false;
  /** The comparison operator before this token, 0 for none. */
  protected comparison = 0;
  protected readonly paging: Paging = new Paging();
  private out = '';
  private copied = 0;

  protected reset(text: string, dialect: Dialect): void {
    this.signature.reset();
    this.summary.reset(text);
    this.paging.reset(text);
    this.parameterized = false;
    this.hasString = false;
    this.text = text;
    this.dialect = dialect;
    this.previous = 0;
    this.afterOperand = false;
    this.comparison = 0;
    this.out = '';
    this.copied = 0;
  }

  /** The sanitised text; the very same string when nothing was cut out of it. */
  protected finish(): string {
    const text = this.text;
    this.text = '';
    this.paged = this.paging.isPaged();
    this.summary.finish();
    if (this.copied === 0) return text;
    return this.copied < text.length ? this.out + text.slice(this.copied) : this.out;
  }

  /** Replaces [start, end) by `mask` in the sanitised text. */
  protected cut(start: number, end: number, mask: string): void {
    this.out += this.text.slice(this.copied, start) + mask;
    this.copied = end;
  }

  /** A literal at [start, end); returns its end, as all that follow. */
  protected literal(start: number, end: number): number {
    this.cut(start, end, '?');
    this.value();
    this.summary.other();
    return end;
  }

  protected bind(end: number): number {
    this.parameterized = true;
    this.value();
    this.summary.other();
    return end;
  }

  protected value(): void {
    this.signature.placeholder();
    this.afterOperand = true;
    if (this.comparison !== 0) {
      this.paging.compared(this.comparison);
      this.comparison = 0;
    }
  }

  protected operator(i: number, code: number): number {
    const text = this.text;
    this.afterOperand = code === 93;
    if (code >= 60 && code <= EQUALS + 1) {
      const before = i > 0 ? codeAt(text, i - 1) : 0;
      // ->, @> and #> compare nothing.
      if (before === 45 || before === 64 || before === 35) this.comparison = 0;
      else if (this.comparison === 0 || code !== EQUALS) this.comparison = code;
    }
    this.summary.other();
    if (code === 33 && codeAt(text, i + 1) === EQUALS) {
      // != is <>.
      this.signature.char(60);
      this.signature.char(62);
      return i + 2;
    }
    this.signature.char(code);
    return i + 1;
  }

  /** A comment: no token, but what it quotes or counts is masked. */
  protected comment(start: number, end: number): number {
    if (commentHoldsValue(this.text, start, end)) {
      const isBlock = codeAt(this.text, start) === 47;
      this.cut(start, end, isBlock ? '/*?*/' : '-- ?');
    }
    return end;
  }
}
