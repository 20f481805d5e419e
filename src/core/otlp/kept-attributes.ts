/** So many are kept at most in all and of one key, each of a short key and value: below 1 MB. */
const LIMIT = 4_000;
const LIMIT_PER_KEY = 32;
const MAX_LENGTH = 100;

/** An attribute that came before, and its encoded form. */
export class Kept<E> {
  readonly key: string;
  readonly value: unknown;
  readonly encoded: E;
  /** What came after it last time. */
  next: Kept<E> | undefined;

  constructor(key: string, value: unknown, encoded: E) {
    this.key = key;
    this.value = value;
    this.encoded = encoded;
  }
}

/**
 * The encoded forms of attributes that come again: most of an app say the same again and again (`db.system.name`,
 * `server.port`, a query text), and in the same order. Keeping them halves the cost of a span (src/README.md, decision 9).
 */
export class KeptAttributes<E> {
  /** Stands before the first attribute of a list. */
  readonly first: Kept<E>;
  readonly #byKey = new Map<string, Map<unknown, Kept<E>>>();
  #count = 0;

  constructor(none: E) {
    this.first = new Kept('', '', none);
  }

  /** The attribute that follows on `previous`; undefined when it is not kept. */
  after(previous: Kept<E>, key: string, value: unknown): Kept<E> | undefined {
    const { next } = previous;
    // A look at the likely one costs a tenth of the way through two tables.
    if (next !== undefined && next.key === key && next.value === value) return next;
    const known = this.#byKey.get(key)?.get(value);
    if (known !== undefined) previous.next = known;
    return known;
  }

  /** Keeps what `make` gives, if there is room for it. Not for objects: the app may change them. */
  keep(key: string, value: unknown, make: () => E): void {
    if (typeof value === 'string' && value.length > MAX_LENGTH) return;
    if (this.#count >= LIMIT || key.length > MAX_LENGTH) return;
    let ofKey = this.#byKey.get(key);
    if (ofKey === undefined) {
      ofKey = new Map();
      this.#byKey.set(key, ofKey);
    } else if (ofKey.size >= LIMIT_PER_KEY) return;
    ofKey.set(value, new Kept(key, value, make()));
    this.#count++;
  }
}
