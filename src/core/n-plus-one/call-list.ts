/** Up to this many entries are looked through one by one; most spans have one or two. */
const MAX_UNINDEXED = 8;

interface Entry<E> {
  readonly signature: string;
  readonly namespace: string;
  next: E | undefined;
}

/** Entries by signature and database, in a list of their own links: a map for each live span would cost ten times the memory. */
export class CallList<E extends Entry<E>> {
  first: E | undefined;
  size = 0;
  private index: Map<string, E> | undefined;

  get(signature: string, namespace: string): E | undefined {
    if (this.index !== undefined) return this.index.get(signature + namespace);
    for (let entry = this.first; entry !== undefined; entry = entry.next) {
      if (entry.signature === signature && entry.namespace === namespace) return entry;
    }
    return undefined;
  }

  add(entry: E): void {
    entry.next = this.first;
    this.first = entry;
    this.size++;
    if (this.index !== undefined) this.index.set(entry.signature + entry.namespace, entry);
    else if (this.size > MAX_UNINDEXED) {
      this.index = new Map();
      for (let each = this.first as E | undefined; each !== undefined; each = each.next) {
        this.index.set(each.signature + each.namespace, each);
      }
    }
  }

  /** Drops what `isStale` says; returns how many. */
  drop(isStale: (entry: E) => boolean): number {
    const before = this.size;
    const kept: E[] = [];
    for (let entry = this.first; entry !== undefined; entry = entry.next)
      if (!isStale(entry)) kept.push(entry);
    this.first = undefined;
    this.size = 0;
    this.index = undefined;
    for (const entry of kept) this.add(entry);
    return before - this.size;
  }
}
