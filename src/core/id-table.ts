const FIRST_CAPACITY = 256;
/** Odd, and another one in every process: nobody can choose ids that meet in one place. */
const FACTOR = Math.floor(Math.random() * 2 ** 31) * 2 + 1;

/**
 * Values by id, for what comes and goes all the time: as a `Map` of strings without an order.
 *
 * A `Map` makes itself a new table every few dozen deletions; an old table points to the next one and keeps all that
 * was in it, so under load each of them drags its successors, and every span in them, into the old generation: 50 MB
 * (src/README.md, decision 11). This one is two arrays with open addressing: no garbage. It grows and never shrinks.
 */
export class IdTable<V extends object> {
  #keys: (string | undefined)[] = new Array(FIRST_CAPACITY).fill(undefined);
  #values: (V | undefined)[] = new Array(FIRST_CAPACITY).fill(undefined);
  #mask = FIRST_CAPACITY - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: string): V | undefined {
    return this.#values[this.#placeOf(id)];
  }

  has(id: string): boolean {
    return this.#keys[this.#placeOf(id)] !== undefined;
  }

  set(id: string, value: V): void {
    if (this.#size * 2 > this.#mask) this.#grow();
    const place = this.#placeOf(id);
    if (this.#keys[place] === undefined) this.#size++;
    this.#keys[place] = id;
    this.#values[place] = value;
  }

  delete(id: string): void {
    let hole = this.#placeOf(id);
    if (this.#keys[hole] === undefined) return;
    this.#size--;
    // What was pushed on by the one that goes moves back, so that it is found without a mark.
    for (let place = (hole + 1) & this.#mask; ; place = (place + 1) & this.#mask) {
      const key = this.#keys[place];
      if (key === undefined) break;
      const pushedBy = (place - this.#homeOf(key)) & this.#mask;
      if (pushedBy < ((place - hole) & this.#mask)) continue;
      this.#keys[hole] = key;
      this.#values[hole] = this.#values[place];
      hole = place;
    }
    this.#keys[hole] = undefined;
    this.#values[hole] = undefined;
  }

  /** In no particular order. */
  values(): V[] {
    return this.#values.filter((value) => value !== undefined);
  }

  clear(): void {
    this.#keys.fill(undefined);
    this.#values.fill(undefined);
    this.#size = 0;
  }

  /** Where the id is, or would be. */
  #placeOf(id: string): number {
    let place = this.#homeOf(id);
    while (this.#keys[place] !== undefined && this.#keys[place] !== id) place = (place + 1) & this.#mask;
    return place;
  }

  #homeOf(id: string): number {
    let hash = 0;
    for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), FACTOR);
    return (hash ^ (hash >>> 15)) & this.#mask;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#mask = keys.length * 2 - 1;
    this.#keys = new Array(keys.length * 2).fill(undefined);
    this.#values = new Array(keys.length * 2).fill(undefined);
    this.#size = 0;
    for (const [index, key] of keys.entries()) if (key !== undefined) this.set(key, values[index] as V);
  }
}
