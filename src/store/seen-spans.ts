import type { Span } from '../core/span.ts';

const FIRST_SLOTS = 65_536;
/** 8 bytes each: 64 MB. */
const MAX_SLOTS = 8_388_608;
/** How many of them are in use before there are more. */
const FULL = 0.75;
const WORD_DIGITS = 8;

/**
 * Remembers spans, so that one that was exported twice is told from a new one: 11 to 22 bytes a span, for 6 million of
 * them; those that come later are all taken for new. Of two to the 64 identities two spans share one practically never.
 */
export class SeenSpans {
  #slots = new Uint32Array(FIRST_SLOTS * 2);
  #count = 0;

  /** Whether it was not there before; from now on it is. */
  isNew({ traceId, spanId }: Pick<Span, 'traceId' | 'spanId'>): boolean {
    let high = 0x2545f491;
    let low = 0x9e3779b9;
    for (const id of [traceId, spanId]) {
      for (let start = 0; start < id.length; start += WORD_DIGITS) {
        const word = Number.parseInt(id.slice(start, start + WORD_DIGITS), 16);
        high = mix(high ^ word, 0x85ebca6b);
        low = mix(low ^ word, 0xc2b2ae35);
      }
    }
    high >>>= 0;
    // Both 0 is an empty slot.
    low = low >>> 0 || 1;
    const slot = this.#find(high, low);
    if (this.#slots[slot + 1] !== 0) return false;
    if (this.#count >= MAX_SLOTS * FULL) return true;
    this.#slots[slot] = high;
    this.#slots[slot + 1] = low;
    this.#count += 1;
    if (this.#count >= (this.#slots.length / 2) * FULL) this.#grow();
    return true;
  }

  /** The slot that holds it, or the empty one where it belongs. */
  #find(high: number, low: number): number {
    const mask = this.#slots.length / 2 - 1;
    let at = high & mask;
    while (
      this.#slots[at * 2 + 1] !== 0 &&
      (this.#slots[at * 2] !== high || this.#slots[at * 2 + 1] !== low)
    ) {
      at = (at + 1) & mask;
    }
    return at * 2;
  }

  #grow(): void {
    const before = this.#slots;
    if (before.length / 2 >= MAX_SLOTS) return;
    this.#slots = new Uint32Array(before.length * 2);
    for (let at = 0; at < before.length; at += 2) {
      const [high = 0, low = 0] = [before[at], before[at + 1]];
      if (low === 0) continue;
      const slot = this.#find(high, low);
      this.#slots[slot] = high;
      this.#slots[slot + 1] = low;
    }
  }
}

/** Ids of tests and of simple writers differ in few bits, and these must not meet: all of a word goes into all of the result. */
function mix(value: number, factor: number): number {
  const once = Math.imul(value ^ (value >>> 15), factor);
  const twice = Math.imul(once ^ (once >>> 13), 0x27d4eb2f);
  return twice ^ (twice >>> 16);
}
