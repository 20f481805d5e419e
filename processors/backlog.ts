import { AsyncResource } from 'node:async_hooks';
import { caught } from '../src/core/diag.ts';
import { clock, setImmediate, setTimeout } from '../src/core/natives.ts';

/** So many items are worked off as soon as the app pauses … */
const BATCH_SIZE = 64;
/** … fewer of them this long after the first, in ms. */
const DELAY_MS = 50;
/** After so many ms of work the event loop has its turn … */
const SLICE_MS = 2;
/** … unless so much has been put off that it cannot wait, by number or by weight. */
const MAX_SIZE = 512;
const MAX_WEIGHT = 1_048_576;

/** The work belongs to no request: neither its trace nor its AsyncLocalStorage is kept alive. */
const outside = new AsyncResource('agentlog.backlog');

/**
 * Puts work off: done within 50 ms, in order, outside the request, in slices that the event loop does not feel.
 * Bounded by count and weight; never holds the process open.
 */
export class Backlog<T> {
  readonly #work: (item: T) => void;
  #items: T[] = [];
  #next = 0;
  #weight = 0;
  #plan: 'none' | 'later' | 'soon' = 'none';

  /** When `work` throws that is reported, and the next item has its turn. */
  constructor(work: (item: T) => void) {
    this.#work = work;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** `weight` is what the item keeps in memory, about one a character. */
  add(item: T, weight = 0): void {
    const size = this.#items.push(item) - this.#next;
    this.#weight += weight;
    if (size >= MAX_SIZE || this.#weight >= MAX_WEIGHT) this.catchUp();
    else if (size >= BATCH_SIZE) this.#workSoon();
    else if (this.#plan === 'none') this.#workLater();
  }

  /** Does everything now. */
  catchUp(): void {
    this.#workUntil(Number.POSITIVE_INFINITY);
  }

  #workLater(): void {
    this.#plan = 'later';
    outside.runInAsyncScope(() => setTimeout(() => this.#workSlice(), DELAY_MS).unref());
  }

  #workSoon(): void {
    if (this.#plan === 'soon') return;
    this.#plan = 'soon';
    outside.runInAsyncScope(() => setImmediate(() => this.#workSlice()).unref());
  }

  #workSlice(): void {
    this.#plan = 'none';
    this.#workUntil(clock() + SLICE_MS);
    if (!this.isEmpty) this.#workSoon();
  }

  #workUntil(deadline: number): void {
    while (this.#next < this.#items.length) {
      const item = this.#items[this.#next++] as T;
      try {
        this.#work(item);
      } catch (error) {
        caught('working off telemetry', error);
      }
      if (clock() >= deadline) break;
    }
    if (this.#next < this.#items.length) return;
    this.#items = [];
    this.#next = 0;
    this.#weight = 0;
  }
}
