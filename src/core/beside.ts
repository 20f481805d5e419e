/** Gives the object it is given: a class built on it adds its private field to that one. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is how a private field comes to another's object
    return object;
  }
}

/** Values beside objects of others, as a `WeakMap`. */
export interface Beside<V> {
  get(object: object): V | undefined;
  set(object: object, value: V): void;
}

/**
 * Keeps values beside objects that belong to somebody else: as a `WeakMap`, without its table.
 *
 * Each value is a private field of its object: nobody else can see or reach it, not even by listing all keys, and it
 * goes with the object. A table of what comes and goes with every span cost 16 µs a request, most of it waiting for
 * memory (src/README.md, decision 11).
 */
export function createBeside<V>(): Beside<V> {
  class Field extends Given {
    #value: V;

    constructor(object: object, value: V) {
      super(object);
      this.#value = value;
    }

    static get(object: object): V | undefined {
      return #value in object ? object.#value : undefined;
    }

    static set(object: object, value: V): void {
      if (#value in object) object.#value = value;
      else new Field(object, value);
    }
  }
  return Field;
}
