import { isCatalogName } from './catalog.ts';
import type { StatementKind } from './sql-facts.ts';
import { KIND } from './statements.ts';

const MAX_SUMMARY = 255;
const MAX_COLLECTIONS = 32;

/** What a summary is put together from: its text, the first operation, the tables, the kinds of statement seen. */
export class SummaryText {
  protected source = '';
  protected text = '';
  protected operation = '';
  /** Bits of `KIND`. */
  protected kinds = 0;
  protected isStatementEmpty = true;
  private isFull = false;
  private collections: string[] = [];
  private ctes: string[] | undefined;

  result(): { summary: string; operation: string; collections: string[]; kind: StatementKind } {
    return {
      summary: this.text,
      operation: this.operation,
      collections: this.collections,
      kind: this.kind(),
    };
  }

  protected clear(source: string): void {
    this.source = source;
    this.text = '';
    this.operation = '';
    this.kinds = 0;
    this.isFull = false;
    this.collections = [];
  }

  protected nextStatement(): void {
    this.isStatementEmpty = true;
    this.ctes = undefined;
  }

  /** Remembers the name of a common table expression, so that reading from it is no target. */
  protected cte(start: number, end: number): void {
    this.ctes ??= [];
    if (this.ctes.length < MAX_COLLECTIONS) this.ctes.push(plainName(this.source.slice(start, end)));
  }

  protected append(start: number, end: number): void {
    this.appendText(this.source.slice(start, end));
  }

  protected appendTarget(start: number, end: number, isCollection: boolean): void {
    const name = this.source.slice(start, end);
    if (this.ctes?.includes(plainName(name)) === true) return;
    this.appendText(name);
    if (isCollection && this.collections.length < MAX_COLLECTIONS && !this.collections.includes(name)) {
      this.collections.push(name);
    }
  }

  protected appendText(part: string): void {
    if (this.operation === '') this.operation = part;
    const separator = this.text === '' ? '' : this.isStatementEmpty ? '; ' : ' ';
    this.isStatementEmpty = false;
    if (this.isFull) return;
    if (this.text.length + separator.length + part.length > MAX_SUMMARY) this.isFull = true;
    else this.text += separator + part;
  }

  private kind(): StatementKind {
    const kinds = this.kinds;
    if ((kinds & KIND.write) !== 0) return 'write';
    if ((kinds & KIND.other) !== 0) return 'other';
    if ((kinds & KIND.read) !== 0) return this.readsCatalog() ? 'catalog' : 'read';
    if ((kinds & KIND.control) !== 0) return 'transaction';
    return (kinds & KIND.setting) !== 0 ? 'session' : 'other';
  }

  private readsCatalog(): boolean {
    for (const name of this.collections) if (!isCatalogName(name)) return false;
    return this.collections.length > 0;
  }
}

/** A name without quotes, in lower case: how names of common table expressions are compared. */
function plainName(name: string): string {
  const first = name.charCodeAt(0);
  const isQuoted = first === 34 || first === 91 || first === 96;
  return (isQuoted ? name.slice(1, -1) : name).toLowerCase();
}
