/**
 * A part of a configuration file that remembers what was read from it, so that what nobody read can be named.
 * Every reader returns undefined for what is absent, null or of another type.
 */
export class Section {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #used = new Set<string>();
  readonly #children = new Map<string, readonly Section[]>();

  constructor(value: unknown) {
    this.#value = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  }

  get keys(): string[] {
    return Object.keys(this.#value);
  }

  text(key: string): string | undefined {
    return this.#read(key, 'string');
  }

  number(key: string): number | undefined {
    return this.#read(key, 'number');
  }

  flag(key: string): boolean | undefined {
    return this.#read(key, 'boolean');
  }

  /** The value as it is. */
  raw(key: string): unknown {
    this.#used.add(key);
    return this.#value[key];
  }

  /** A key that is there counts as a section, also when it is null: `always_on:`. */
  section(key: string): Section | undefined {
    return this.#child(key, (value) => [new Section(value)])?.[0];
  }

  list(key: string): readonly Section[] {
    return (
      this.#child(key, (value) => (Array.isArray(value) ? value.map((each) => new Section(each)) : [])) ?? []
    );
  }

  /** Paths of the keys that nobody read, as `meter_provider.views`, in the order of the file. */
  unused(): string[] {
    return this.keys.flatMap((key) => {
      const children = this.#children.get(key);
      if (children === undefined) return this.#used.has(key) ? [] : [key];
      return children.flatMap((child) => child.unused().map((path) => `${key}.${path}`));
    });
  }

  #read<T>(key: string, type: string): T | undefined {
    this.#used.add(key);
    const value = this.#value[key];
    return typeof value === type ? (value as T) : undefined;
  }

  #child(key: string, make: (value: unknown) => readonly Section[]): readonly Section[] | undefined {
    if (!Object.hasOwn(this.#value, key) || this.#value[key] === undefined) return undefined;
    let children = this.#children.get(key);
    if (children === undefined) {
      children = make(this.#value[key]);
      this.#children.set(key, children);
    }
    return children;
  }
}
