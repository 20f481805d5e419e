import { readFileSync } from 'node:fs';

/**
 * The pieces of text that o200k_base knows, each with how early it is joined, without the pieces: per bucket of a hash
 * some 16-bit entries of 12 bits of hash and 4 of rank. One in 1,500 unknown pieces is taken for known.
 */
export class TokenVocabulary {
  /** Where the entries of a bucket begin; one more for the end. */
  readonly #starts: Uint32Array;
  readonly #entries: Uint16Array;

  constructor(counts: Uint8Array, entries: Uint16Array) {
    this.#starts = new Uint32Array(BUCKETS + 1);
    for (let bucket = 0; bucket < BUCKETS; bucket += 1)
      this.#starts[bucket + 1] = (this.#starts[bucket] ?? 0) + (counts[bucket] ?? 0);
    this.#entries = entries;
  }

  /** From 0 (joined first) to 15; -1 for what is no token. */
  rankOf(bytes: Uint8Array, from: number, to: number): number {
    const hash = hashOf(bytes, from, to);
    const bucket = hash >>> 16;
    const print = hash & 0xfff;
    const end = this.#starts[bucket + 1] ?? 0;
    for (let at = this.#starts[bucket] ?? 0; at < end; at += 1) {
      const entry = this.#entries[at] ?? 0;
      if (entry >>> 4 === print) return entry & 15;
    }
    return -1;
  }
}

const BUCKETS = 65_536;

/** `counts` and `entries` of the tokens by rank, as one file. */
export function packVocabulary(tokens: readonly Uint8Array[]): Uint8Array {
  const buckets = new Map<number, number[]>();
  for (const [rank, token] of tokens.entries()) {
    const hash = hashOf(token, 0, token.length);
    const entry = ((hash & 0xfff) << 4) | stepOf(rank);
    const bucket = buckets.get(hash >>> 16);
    if (bucket === undefined) buckets.set(hash >>> 16, [entry]);
    else bucket.push(entry);
  }
  const lists = Array.from({ length: BUCKETS }, (_, bucket) => buckets.get(bucket) ?? []);
  const entries = Uint16Array.from(lists.flat());
  return Buffer.concat([Uint8Array.from(lists, ({ length }) => length), new Uint8Array(entries.buffer)]);
}

/** The ranks from 256 (bytes come before) to 200,000 in 16 steps, each a half more than the one before. */
function stepOf(rank: number): number {
  return Math.min(15, Math.max(0, Math.floor((Math.log2(rank + 1) - 8) * 1.65)));
}

/** What `.ci/make-vocabulary.ts` wrote into `dist/`, beside this file or seen from the sources; undefined without. */
export function readVocabulary(): TokenVocabulary | undefined {
  for (const folder of ['./', '../../dist/src/formats/']) {
    try {
      const file = readFileSync(new URL(`${folder}${VOCABULARY_FILE}`, import.meta.url));
      const entries = new Uint16Array(
        file.buffer.slice(file.byteOffset + BUCKETS, file.byteOffset + file.length),
      );
      return new TokenVocabulary(file.subarray(0, BUCKETS), entries);
    } catch {
      // The other place has it.
    }
  }
  return undefined;
}

export const VOCABULARY_FILE = 'token-vocabulary.bin';

/** FNV-1a with the last step of MurmurHash3, so that all bits depend on all bytes. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
