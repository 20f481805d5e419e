const MAX_ENTRIES = 512;
const MAX_CHARS = 512 * 1024;
const MAX_KEY_CHARS = 16 * 1024;
/** Texts that share a probe, as statements with other literals of the same lengths do. */
const MAX_CHAIN = 4;

interface Entry<V> {
  readonly key: string;
  readonly value: V;
  next: Entry<V> | undefined;
}

/**
 * A bounded memo by text: two generations, so that what is used stays and what is not goes, without bookkeeping
 * on each hit. At most 1,024 entries and 1 Mi characters; longer texts than 16 Ki characters are not kept.
 *
 * Texts are found by a probe of a few characters and then compared: a driver hands over a new string each time, and
 * to hash all of it, as a Map of strings would, takes longer than all the rest.
 */
export class Memo<V> {
  private young = new Map<number, Entry<V>>();
  private old = new Map<number, Entry<V>>();
  private youngCount = 0;
  private youngChars = 0;

  get(key: string): V | undefined {
    const probe = probeOf(key);
    const entry = find(this.young.get(probe), key);
    if (entry !== undefined) return entry.value;
    const kept = find(this.old.get(probe), key);
    if (kept === undefined) return undefined;
    this.set(key, kept.value);
    return kept.value;
  }

  set(key: string, value: V): void {
    if (key.length > MAX_KEY_CHARS) return;
    if (this.youngCount >= MAX_ENTRIES || this.youngChars > MAX_CHARS) {
      this.old = this.young;
      this.young = new Map();
      this.youngCount = 0;
      this.youngChars = 0;
    }
    const probe = probeOf(key);
    const next = this.young.get(probe);
    this.young.set(probe, { key, value, next });
    this.youngCount++;
    this.youngChars += key.length;
    let last = next;
    for (let i = 2; i < MAX_CHAIN; i++) last = last?.next;
    if (last !== undefined) last.next = undefined;
  }
}

function find<V>(first: Entry<V> | undefined, key: string): Entry<V> | undefined {
  let entry = first;
  while (entry !== undefined && entry.key !== key) entry = entry.next;
  return entry;
}

/** A small integer from the length, the end, and characters in between. */
function probeOf(text: string): number {
  const { length } = text;
  const step = (length >> 4) + 1;
  let probe = length;
  for (let i = length - 1; i >= 0; i -= step) probe = (Math.imul(probe, 31) + text.charCodeAt(i)) | 0;
  return probe & 0x3fffffff;
}
