/** A text is built for an attribute that is cut to less; what is far past that is not worth building. */
const LONGEST_TEXT = 65_536;
const MOST_ITEMS = 256;
const DEEPEST = 12;

/**
 * Content as the text of an attribute: a string as it is, anything else as JSON, with binary data as its size.
 * Bounded: long texts and lists are cut before anything is written. Undefined for nothing.
 */
export function contentText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value.slice(0, LONGEST_TEXT);
  return JSON.stringify(bounded(value, 0));
}

function bounded(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? value.slice(0, LONGEST_TEXT) : value;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return { size: value.byteLength };
  if (depth >= DEEPEST) return '[…]';
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => bounded(item, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value).slice(0, MOST_ITEMS))
    copy[key] = bounded(field, depth + 1);
  return copy;
}
