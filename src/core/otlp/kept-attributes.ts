/** So many are kept at most in all and of one key, each of a short key and value: below 1 MB. */
const LIMIT = 4_000;
const LIMIT_PER_KEY = 32;
const MAX_LENGTH = 100;

/**
 * The encoded forms of attributes that come again: most of an app say the same again and again (`db.system.name`,
 * `server.port`, a query text). Keeping them halves the cost of a span (src/README.md, decision 9).
 */
export class KeptAttributes<E> {
  readonly #byKey = new Map<string, Map<unknown, E>>();
  #count = 0;

  get(key: string, value: unknown): E | undefined {
    return this.#byKey.get(key)?.get(value);
  }

  /** Keeps what `make` gives, if there is room for it. Not for objects: the app may change them. */
  keep(key: string, value: unknown, make: () => E): void {
    if (typeof value === 'string' && value.length > MAX_LENGTH) return;
    if (this.#count >= LIMIT || key.length > MAX_LENGTH) return;
    const ofKey = this.#byKey.get(key);
    if (ofKey === undefined) this.#byKey.set(key, new Map([[value, make()]]));
    else if (ofKey.size < LIMIT_PER_KEY) ofKey.set(value, make());
    else return;
    this.#count++;
  }
}
