/** Ids that are kept; a file with more says nothing of ids. One of 64 MiB has fewer spans. */
const ID_LIMIT = 250_000;
const BLOCK = 16_384;
/** The spans of a trace lie near each other: an id that was among the last ones is there already. */
const RECENT = 8_192;

/**
 * Beginnings of trace ids as numbers, mostly once each. A `Set` of them is made anew whenever it has doubled, which held
 * the event loop for 10 ms and more at 100,000 ids; here every step is the same.
 */
export class IdList {
  #blocks: Uint32Array[] = [];
  #count = 0;
  #isOver = false;
  /** Ids by their low bits, each one up so that 0 is none. */
  readonly #recent = new Float64Array(RECENT);

  add(id: number): void {
    const slot = id % RECENT;
    if (this.#recent[slot] === id + 1 || this.#isOver) return;
    this.#recent[slot] = id + 1;
    const place = this.#count % BLOCK;
    if (place === 0) this.#blocks.push(new Uint32Array(BLOCK));
    const block = this.#blocks.at(-1);
    if (block !== undefined) block[place] = id;
    this.#count += 1;
    if (this.#count <= ID_LIMIT) return;
    this.#isOver = true;
    this.#blocks = [];
  }

  /** Undefined when there were too many. */
  result(): Uint32Array | undefined {
    if (this.#isOver) return undefined;
    const ids = new Uint32Array(this.#count);
    for (const [index, block] of this.#blocks.entries()) {
      const start = index * BLOCK;
      ids.set(block.subarray(0, this.#count - start), start);
    }
    return ids;
  }
}
