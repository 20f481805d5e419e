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
  private readonly stack = new Int32Array(MAX_DEPTH);

  /** True where the next word names what is read, written or made. */
  get expectsTarget(): boolean {
    const expect = this.expect;
    return expect === EXPECT.target || expect === EXPECT.deleteTarget || expect === EXPECT.objectName;
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
}
