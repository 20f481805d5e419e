import type { AttributeValue } from '../../src/core/span.ts';
import { MASKED } from './guarded.ts';

/** As deep as the redactor looks; a value that is allowed, or not redacted at all, may be cyclic. */
const MAX_DEPTH = 33;

/**
 * A value the app can no longer change, to be made before it is redacted: the SDK keeps lists, maps and bytes by
 * reference, the app may put a secret into its own object while the record waits in a queue, and a getter may give
 * another value to whoever reads it next. The same value when it has no parts.
 */
export function snapshot(value: AttributeValue, depth = 0): AttributeValue {
  if (typeof value !== 'object' || value === null) return isWritten(value) ? value : null;
  if (depth > MAX_DEPTH) return MASKED;
  // Not `slice`: that of a Buffer shares its memory.
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map((item) => snapshot(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, snapshot(inner, depth + 1)]));
}

/** A symbol or a function has no form in OTLP, and says more than it should to who prints it. */
function isWritten(value: unknown): boolean {
  return typeof value !== 'symbol' && typeof value !== 'function';
}

/** Attributes without a reference to anything the app can change; the same object when there was none. */
export function detached<T extends object>(attributes: T): T {
  let copy: Record<string, AttributeValue> | undefined;
  for (const key in attributes) {
    const value = attributes[key] as AttributeValue;
    if (typeof value !== 'object' || value === null) continue;
    copy ??= { ...(attributes as Record<string, AttributeValue>) };
    copy[key] = snapshot(value);
  }
  return (copy as T | undefined) ?? attributes;
}
