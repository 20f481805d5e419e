const MAX_ENTRIES = 512;
const MAX_CHARS = 512 * 1024;
const MAX_KEY_CHARS = 16 * 1024;

/**
 * A bounded memo by text: two generations, so that what is used stays and what is not goes, without bookkeeping
 * on each hit. At most 1,024 entries and 1 Mi characters; longer texts than 16 Ki characters are not kept.
 */
export class Memo<V> {
  private young = new Map<string, V>();
  private old = new Map<string, V>();
  private youngChars = 0;

  get(key: string): V | undefined {
    const value = this.young.get(key);
    if (value !== undefined) return value;
    const kept = this.old.get(key);
    if (kept !== undefined) this.set(key, kept);
    return kept;
  }

  set(key: string, value: V): void {
    if (key.length > MAX_KEY_CHARS) return;
    if (this.young.size >= MAX_ENTRIES || this.youngChars > MAX_CHARS) {
      this.old = this.young;
      this.young = new Map();
      this.youngChars = 0;
    }
    this.young.set(key, value);
    this.youngChars += key.length;
  }
}
