import { hex16 } from './word-hash.ts';

const MAX_DEPTH = 64;
const PLACEHOLDER_1 = 0x2545f491;
const PLACEHOLDER_2 = 0x6c078965;
const COMMA = 44;
const SEMICOLON = 59;
const GROUP_SEED_1 = 0x9e3779b9 | 0;
const GROUP_SEED_2 = 0x7f4a7c15;

/**
 * Hashes a statement token by token so that values, and how many of them, make no difference.
 *
 * Each pair of parentheses is a hash of its own. A placeholder or a group that follows an equal one after a
 * comma is dropped, so `IN (?, ?, ?)` is `IN (?)` and `VALUES (?, ?), (?, ?)` is `VALUES (?)`. No allocation.
 */
export class Signature {
  private h1 = GROUP_SEED_1;
  private h2 = GROUP_SEED_2;
  /** The last token when it may be folded with an equal one. */
  private last1 = 0;
  private last2 = 0;
  private pendingComma = false;
  private pendingSemicolon = false;
  private empty = true;
  private depth = 0;
  private readonly stack = new Int32Array(MAX_DEPTH * 5);

  reset(): void {
    this.h1 = GROUP_SEED_1;
    this.h2 = GROUP_SEED_2;
    this.last1 = 0;
    this.last2 = 0;
    this.pendingComma = false;
    this.pendingSemicolon = false;
    this.empty = true;
    this.depth = 0;
  }

  /** A literal or a bind marker. */
  placeholder(): void {
    this.fold(PLACEHOLDER_1, PLACEHOLDER_2);
  }

  /** A word or a name, by its two hashes. */
  word(t1: number, t2: number): void {
    this.settle();
    this.mix(t1, t2);
    this.last1 = 0;
    this.last2 = 0;
  }

  /** An operator or other single character. */
  char(code: number): void {
    this.word(code, code + 0x1000);
  }

  comma(): void {
    if (this.last1 !== 0 && !this.pendingComma) this.pendingComma = true;
    else this.char(COMMA);
  }

  /** Counts only when something follows. */
  semicolon(): void {
    if (!this.empty) this.pendingSemicolon = true;
  }

  open(): void {
    if (this.depth >= MAX_DEPTH) {
      this.char(40);
      this.depth++;
      return;
    }
    const at = this.depth * 5;
    this.stack[at] = this.h1;
    this.stack[at + 1] = this.h2;
    this.stack[at + 2] = this.last1;
    this.stack[at + 3] = this.last2;
    this.stack[at + 4] = this.pendingComma ? 1 : 0;
    this.depth++;
    this.h1 = GROUP_SEED_1;
    this.h2 = GROUP_SEED_2;
    this.last1 = 0;
    this.last2 = 0;
    this.pendingComma = false;
  }

  close(): void {
    if (this.depth === 0 || this.depth > MAX_DEPTH) {
      if (this.depth > 0) this.depth--;
      this.char(41);
      return;
    }
    this.settle();
    const t1 = (this.h1 ^ 0x28) | 1;
    const t2 = this.h2 ^ 0x29;
    const at = --this.depth * 5;
    this.h1 = this.stack[at] as number;
    this.h2 = this.stack[at + 1] as number;
    this.last1 = this.stack[at + 2] as number;
    this.last2 = this.stack[at + 3] as number;
    this.pendingComma = this.stack[at + 4] === 1;
    this.fold(t1, t2);
  }

  /** The signature; groups a truncated text left open are closed first. */
  hex(): string {
    while (this.depth > 0) this.close();
    const a = finalise(this.h1 ^ (this.h2 >>> 7));
    const b = finalise(Math.imul(this.h2, 0x27d4eb2f) ^ a);
    return hex16(a, b);
  }

  private fold(t1: number, t2: number): void {
    if (this.pendingComma && this.last1 === t1 && this.last2 === t2) {
      this.pendingComma = false;
      return;
    }
    this.settle();
    this.mix(t1, t2);
    this.last1 = t1;
    this.last2 = t2;
  }

  private settle(): void {
    this.empty = false;
    if (this.pendingSemicolon) {
      this.pendingSemicolon = false;
      this.mix(SEMICOLON, SEMICOLON);
    }
    if (this.pendingComma) {
      this.pendingComma = false;
      this.mix(COMMA, COMMA + 0x1000);
    }
  }

  private mix(t1: number, t2: number): void {
    const a = Math.imul(this.h1 ^ t1, 0x9e3779b1 | 0);
    this.h1 = (a << 13) | (a >>> 19);
    const b = Math.imul(this.h2 ^ t2, 0x85ebca77 | 0);
    this.h2 = (b << 17) | (b >>> 15);
  }
}

function finalise(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b | 0);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35 | 0);
  return h ^ (h >>> 16);
}
