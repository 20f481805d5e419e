import { K, keywordSet } from './keywords.ts';

const { BY, DESC, FETCH, LIMIT, OFFSET, ORDER, TOP } = K;
const RELEVANT = keywordSet('BY', 'DESC', 'FETCH', 'LIMIT', 'OFFSET', 'TOP');

/**
 * Whether a statement reads one page of a longer result, as far as its tokens tell: OFFSET under an ORDER BY with no
 * `column = value`, or a range on the very column it is ordered by, in the direction of the order.
 */
export class Paging {
  private text = '';
  private nameStart = 0;
  private nameEnd = 0;
  private rangeStart = 0;
  private rangeEnd = 0;
  private rangeOperator = 0;
  private orderStart = 0;
  private orderEnd = 0;
  private descending = false;
  private ordered = false;
  private offset = false;
  private limited = false;
  private equality = false;

  reset(text: string): void {
    this.text = text;
    this.nameEnd = this.rangeEnd = this.orderEnd = 0;
    this.ordered = this.descending = this.offset = this.limited = this.equality = false;
  }

  name(start: number, end: number): void {
    this.nameStart = start;
    this.nameEnd = end;
    if (this.ordered && this.orderEnd === 0) {
      this.orderStart = start;
      this.orderEnd = end;
    }
  }

  keyword(kw: number, previous: number): void {
    if (RELEVANT[kw] === 0) return;
    if (kw === BY) this.ordered ||= previous === ORDER;
    else if (kw === OFFSET) this.offset = true;
    else if (kw === LIMIT || kw === FETCH || kw === TOP) this.limited = true;
    else if (kw === DESC) this.descending ||= this.orderEnd > 0 && this.nameEnd === this.orderEnd;
  }

  /** A value was compared with the last name. */
  compared(operator: number): void {
    if (operator === 61) this.equality = true;
    else {
      this.rangeStart = this.nameStart;
      this.rangeEnd = this.nameEnd;
      this.rangeOperator = operator;
    }
  }

  isPaged(): boolean {
    if (!this.ordered) return false;
    if (this.offset && !this.equality) return true;
    if (!this.limited || this.rangeEnd === 0 || this.orderEnd === 0) return false;
    if (this.descending !== (this.rangeOperator === 60)) return false;
    return (
      lastPart(this.text, this.rangeStart, this.rangeEnd) ===
      lastPart(this.text, this.orderStart, this.orderEnd)
    );
  }
}

/** The column of a dotted name, without quotes. */
function lastPart(text: string, start: number, end: number): string {
  const name = text.slice(start, end);
  return name.slice(name.lastIndexOf('.') + 1).replace(/["`[\]]/g, '');
}
