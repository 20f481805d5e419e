import { EXPECT, OP } from './statements.ts';
import { SummaryText } from './summary-text.ts';

const MAX_DEPTH = 64;
const FROM_SEEN = 1 << 16;
const SELECT = OP.select;

/** The state of each level of parentheses, at most 64 of them; deeper ones are passed over. */
export class SummaryLevels extends SummaryText {
  /** One of `OP`: what this level is about. */
  protected op: number = OP.start;
  /** One of `EXPECT`: what its next word may be. */
  protected expect: number = EXPECT.nothing;
  /** Its SELECT has had its FROM. */
  protected fromSeen = false;
  protected depth = 0;
  /** A name that may turn out to be the target: `INSERT t VALUES`, `DELETE t WHERE`. */
  protected nameStart = 0;
  protected nameEnd = 0;
  private readonly stack = new Int32Array(MAX_DEPTH);

  /** True where the next word names what is read, written or made. */
  get expectsTarget(): boolean {
    const expect = this.expect;
    return expect === EXPECT.target || expect === EXPECT.deleteTarget || expect === EXPECT.objectName;
  }

  /** The text, or the statement, is over. */
  finish(): void {
    if (this.expect === EXPECT.deleteFrom) this.heldTarget();
  }

  close(): void {
    if (this.depth === 0) return;
    this.depth--;
    if (this.depth >= MAX_DEPTH) return;
    const saved = this.stack[this.depth] as number;
    this.op = saved & 0xff;
    this.expect = (saved >> 8) & 0xff;
    this.fromSeen = (saved & FROM_SEEN) !== 0;
  }

  protected push(op: number, expect: number): void {
    if (this.depth < MAX_DEPTH) {
      this.stack[this.depth] = this.op | (this.expect << 8) | (this.fromSeen ? FROM_SEEN : 0);
    }
    this.depth++;
    this.op = op;
    this.expect = expect;
    this.fromSeen = op === SELECT;
  }

  protected target(start: number, end: number, isCollection: boolean, next: number = EXPECT.nothing): void {
    this.expect = next;
    this.appendTarget(start, end, isCollection);
  }

  /** Keeps a name that is the target unless a FROM follows. */
  protected holdTarget(start: number, end: number): void {
    this.nameStart = start;
    this.nameEnd = end;
    this.expect = EXPECT.deleteFrom;
  }

  protected heldTarget(): void {
    this.target(this.nameStart, this.nameEnd, true);
  }

  protected withoutInto(): void {
    this.expect = EXPECT.nothing;
    if (this.nameEnd > 0) this.heldTarget();
  }
}
