import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { inOnePiece } from '../src/core/in-one-piece.ts';

/** So many are kept at most, of this length: below 8 MB with what is found out about them. Then all begins anew. */
const MOST_STEPS = 2_048;
const MAX_LENGTH = 1_024;
/** Of attributes that are new one in so many is kept: what comes only once would fill the room. */
const ADMITTED = 8;

/** Attributes that came before: one object for all spans that have the same, so that what they mean is found out once. */
export class KnownAttributes {
  /** Texts, numbers and truth values alone. */
  readonly attributes: Readonly<Attributes>;
  /** As they are written, with these facts joined in: nothing of it had to be masked. */
  clean: { readonly facts: Attributes | undefined; readonly attributes: Attributes } | undefined;

  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }
}

/** One attribute, after those before it. */
class Step {
  readonly key: string;
  readonly value: AttributeValue | undefined;
  readonly before: Step | undefined;
  /** What came after it last time. */
  next: Step | undefined;
  others: Map<string, Map<unknown, Step>> | undefined;
  known: KnownAttributes | undefined;

  constructor(key: string, value: AttributeValue | undefined, before: Step | undefined) {
    this.key = key;
    this.value = value;
    this.before = before;
  }
}

/**
 * Recognises attributes: nearly all spans of an app have the same ones as some span before, in the same order. They
 * lie in a tree, an attribute a step. Cost: a comparison an attribute, about 0.2 µs a span; bounded memory.
 */
export class KnownAttributeTree {
  #root = new Step('', undefined, undefined);
  #stepCount = 0;
  #missCount = 0;

  /** Undefined for attributes that did not come often enough, that hold lists or maps, or long texts. */
  find(attributes: Attributes): KnownAttributes | undefined {
    let step = this.#root;
    for (const key in attributes) {
      const value = attributes[key];
      const { next } = step;
      const after =
        next !== undefined && next.value === value && next.key === key ? next : this.#after(step, key, value);
      if (after === undefined) return undefined;
      step = after;
    }
    step.known ??= new KnownAttributes(attributesTo(step));
    return step.known;
  }

  #after(step: Step, key: string, value: AttributeValue | undefined): Step | undefined {
    const found = step.others?.get(key)?.get(value) ?? this.#admit(step, key, value);
    if (found !== undefined) step.next = found;
    return found;
  }

  #admit(step: Step, key: string, value: AttributeValue | undefined): Step | undefined {
    if (typeof value === 'object' || (typeof value === 'string' && !isKeepable(value))) return undefined;
    this.#missCount = (this.#missCount + 1) % ADMITTED;
    if (this.#missCount !== 0) return undefined;
    if (++this.#stepCount > MOST_STEPS) {
      this.#root = new Step('', undefined, undefined);
      this.#stepCount = 0;
      return undefined;
    }
    const kept = typeof value === 'string' ? inOnePiece(value) : value;
    const added = new Step(key, kept, step);
    step.others ??= new Map();
    const values = step.others.get(key) ?? new Map<unknown, Step>();
    step.others.set(key, values.set(kept, added));
    return added;
  }
}

/** Half of a surrogate pair is written as another sign, so it is not the same text any more. */
function isKeepable(text: string): boolean {
  return text.length <= MAX_LENGTH && text.isWellFormed();
}

function attributesTo(step: Step): Attributes {
  const entries: [string, AttributeValue | undefined][] = [];
  for (let each = step; each.before !== undefined; each = each.before) entries.push([each.key, each.value]);
  return Object.fromEntries(entries.reverse());
}
