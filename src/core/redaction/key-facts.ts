import type { KeySense } from './keys.ts';

/** What the engine knows about a key, worked out once. */
export interface KeyFacts {
  readonly sense: KeySense;
  readonly isUrl: boolean;
  /** The key itself. */
  readonly key: string;
  /** The key as it may be written. */
  readonly name: string;
  /** Nothing about the key matters: only the value's text can hold a secret. */
  readonly isPlain: boolean;
  /** The user has allowed its values. */
  readonly isAllowed: boolean;
  /** A value that was clean; most keys have the same few values all the time. */
  clean: string;
  /** How many other values were seen since. */
  misses: number;
  /** The key that came after this one the last time: spans of one kind have the same keys in the same order. */
  next?: KeyFacts | undefined;
}

/** A key's clean value is learnt anew after so many others. */
export const MISSES_TO_LEARN = 64;

/** A key about which nothing matters. */
export const PLAIN_KEY: KeyFacts = {
  sense: undefined,
  name: '',
  isUrl: false,
  isPlain: true,
  isAllowed: false,
  key: '',
  clean: '',
  misses: MISSES_TO_LEARN - 1,
  next: undefined,
};

/** Bounded, so that keys made of ids cannot fill the memory. */
const CACHE_LIMIT = 2_000;
const MAX_KEY_LENGTH = 256;

/** Remembers the facts of the keys seen so far. */
export class KeyCache {
  readonly #facts = new Map<string, KeyFacts>();
  readonly #read: (key: string) => KeyFacts;

  constructor(read: (key: string) => KeyFacts) {
    this.#read = read;
  }

  get(key: string): KeyFacts {
    const known = this.#facts.get(key);
    if (known !== undefined) return known;
    const facts = this.#read(key);
    if (this.#facts.size < CACHE_LIMIT && key.length <= MAX_KEY_LENGTH) this.#facts.set(key, facts);
    return facts;
  }

  /** The same for the key that follows `before`; a look-up is a third of the cost where it was so the last time. */
  after(before: KeyFacts, key: string): KeyFacts {
    const guess = before.next;
    if (guess !== undefined && guess.key === key) return guess;
    const known = this.#facts.get(key);
    if (known === undefined) return this.get(key);
    before.next = known;
    return known;
  }
}
