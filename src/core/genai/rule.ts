import type { Attributes, AttributeValue } from '@opentelemetry/api';

/**
 * How a fact in a dialect becomes one of the conventions: from which key, to which, and how. The first rule of a
 * target whose source is there and converts wins; a target that the span has is left alone.
 */
export type Rule = readonly [
  source: string,
  target: string,
  convert?: (value: AttributeValue, attributes: Attributes) => AttributeValue | undefined,
];

/** A source that holds several facts, as JSON: what it says is used where no rule found anything. */
export type Expansion = readonly [
  source: string,
  expand: (value: Json, attributes: Attributes) => Attributes,
];

export interface Dialect {
  readonly rules: readonly Rule[];
  readonly expansions?: readonly Expansion[];
}

export type Json = Readonly<Record<string, unknown>>;

/** Longer JSON is content, whatever its key says: nothing of ours is in it. */
const MAX_JSON = 65_536;

/** A JSON map in a text; undefined for anything else. Never throws. */
export function jsonMap(value: unknown): Json | undefined {
  if (typeof value !== 'string' || !value.startsWith('{') || value.length > MAX_JSON) return undefined;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return undefined;
  }
}

export function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text as a list of one, as `finish_reasons` and `stop_sequences` want it. */
export function listed(value: AttributeValue): AttributeValue | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string' || value === '') return undefined;
  return value.split(',').map((each) => each.trim());
}

export function number(value: unknown): number | undefined {
  const found = typeof value === 'string' && /^\d{1,15}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Without the fields that are not known. */
export function known(fields: Readonly<Record<string, AttributeValue | undefined>>): Attributes {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
