import { mayHoldMarks } from './marks.ts';

/**
 * Redaction runs between the app's own work, so what one text may cost is bounded, whatever is in it: counted in
 * looks of about a microsecond each, never by the clock, so that the same text always gives the same answer.
 */
const LIMIT = 2_500;
/** A shorter text is always scanned to its end. */
const FREE_LENGTH = 128;
/** A text that takes too much work is tried again at this part of its length. */
const SHORTER = 4;
/** A text that holds marks already may cost so much more. */
const AGAIN = 1.1;

/** The looks that are left may be cheaper than those that were taken. */
const PROJECTED = 1.5;

/** A part that spells another text is decoded, and what it says is looked at. */
export const RUN_WORK = 4;

/** A text takes more work than it may. */
export class TooMuchWork extends Error {}

/** What reading so many characters closely costs: a few expressions run over them. */
export function workOf(characters: number): number {
  return characters >> 5;
}

/** What the gate takes for so many characters. */
export function gateWorkOf(characters: number): number {
  return characters >> 8;
}

/** What undoing an encoding took that made a text so many characters shorter. */
export function decodingWorkOf(characters: number): number {
  return characters >> 5;
}

/** The units that are left for one text. */
export class Work {
  /** All that was spent so far, for the tests. */
  spent = 0;
  #left = Number.POSITIVE_INFINITY;
  #most = Number.POSITIVE_INFINITY;

  /** How many units are left. */
  get left(): number {
    return this.#left;
  }

  /** @throws TooMuchWork */
  spend(units: number): void {
    this.spent += units;
    this.#left -= units;
    if (this.#left < 0) throw new TooMuchWork();
  }

  /** Gives up at once on what will take this much at least, rather than on the way. @throws TooMuchWork */
  foresee(units: number): void {
    if (units > this.#left) throw new TooMuchWork();
  }

  /** Gives up early where `done` looks of `total` show that all of them will take far too much. @throws TooMuchWork */
  project(done: number, total: number): void {
    if ((this.#most - this.#left) * total > PROJECTED * this.#most * done) throw new TooMuchWork();
  }

  /**
   * What `scan` gives for the first `length` characters of a text, or for fewer of them when these take too much:
   * in all no more than twice the limit.
   */
  within<T>(text: string, length: number, scan: (length: number) => T): T {
    // What was redacted before has its marks in it, and shall not be cut a second time.
    let limit = mayHoldMarks(length < text.length ? text.slice(0, length) : text) ? LIMIT * AGAIN : LIMIT;
    for (let part = length; ; part = shorter(text, part)) {
      this.#most = part <= FREE_LENGTH ? Number.POSITIVE_INFINITY : limit;
      this.#left = this.#most;
      try {
        return scan(part);
      } catch (error) {
        if (!(error instanceof TooMuchWork)) throw error;
      }
      limit /= 2;
    }
  }
}

/** Never parts a surrogate pair. */
function shorter(text: string, length: number): number {
  const part = Math.floor(length / SHORTER);
  const last = text.charCodeAt(part - 1);
  return last >= 0xd800 && last <= 0xdbff ? part - 1 : part;
}
