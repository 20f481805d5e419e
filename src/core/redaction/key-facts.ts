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
  /** It may name the value of another field: `name`, `path`. */
  readonly isPairName: boolean;
  /** The user has allowed its values. */
  readonly isAllowed: boolean;
  /** The value that was learnt last to be clean; most keys have one value all the time. */
  clean: string;
  /** Others that were clean, each at its place, of a key that has a few. */
  others: readonly string[];
  /** How long it is still worth to compare: grows with each value that is known, falls with each that is not. */
  trust: number;
  /** How many values were not compared since. */
  misses: number;
  /** After so many of them it is tried again; longer each time it was in vain. */
  patience: number;
  /** The key that came after this one the last time: spans of one kind have the same keys in the same order. */
  next?: KeyFacts | undefined;
}

const PLACES = 16;
const NONE: readonly string[] = new Array<string>(PLACES).fill('');
const TRUST = 12;
const MOST_TRUST = 64;
const PATIENCE = 64;
const MOST_PATIENCE = 8_192;

/** A key about which nothing matters. */
export const PLAIN_KEY: KeyFacts = {
  sense: undefined,
  name: '',
  isUrl: false,
  isPlain: true,
  isPairName: false,
  isAllowed: false,
  key: '',
  clean: '',
  others: NONE,
  trust: TRUST,
  misses: 0,
  patience: PATIENCE,
  next: undefined,
};

/** Whether a value is among the others that are known to be clean. */
export function isAmongOthers(facts: KeyFacts, value: string): boolean {
  if (facts.others[placeOf(value)] !== value) return false;
  if (facts.trust < MOST_TRUST) facts.trust += 2;
  return true;
}

/** Counts a value that is not known; whether it is worth to learn. */
export function isWorthLearning(facts: KeyFacts): boolean {
  if (facts.trust > 0) {
    facts.trust--;
    return true;
  }
  if (++facts.misses < facts.patience) return false;
  facts.misses = 0;
  facts.trust = TRUST;
  if (facts.patience < MOST_PATIENCE) facts.patience *= 2;
  return true;
}

/** Where a value is remembered: told by its length and three of its characters. */
function placeOf(value: string): number {
  const { length } = value;
  const middle = value.charCodeAt(length >> 1);
  return (
    (5 * length + value.charCodeAt(length - 1) + 3 * middle + 7 * value.charCodeAt(length >> 2)) &
    (PLACES - 1)
  );
}

/** Bounded, so that keys made of ids cannot fill the memory. */
const CACHE_LIMIT = 2_000;
const MAX_KEY_LENGTH = 256;
/** So many keys may have several values remembered. */
const MOST_VARIED = 200;

/** Remembers the facts of the keys seen so far. */
export class KeyCache {
  readonly #facts = new Map<string, KeyFacts>();
  #varied = 0;
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

  /** Remembers a value that was clean. */
  learn(facts: KeyFacts, value: string): void {
    if (facts.clean !== '' && (facts.others !== NONE || this.#varied < MOST_VARIED)) {
      if (facts.others === NONE) {
        facts.others = [...NONE];
        this.#varied++;
      }
      (facts.others as string[])[placeOf(facts.clean)] = facts.clean;
    }
    facts.clean = value;
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
