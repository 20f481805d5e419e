import type { Attributes, AttributeValue } from '../../core/span.ts';
import type { PageAttributes, PageValue } from './page-data.ts';

/** A longer text is cut: nobody reads it in a page. */
const TEXT_LIMIT = 16_384;
const MEMBER_LIMIT = 500;
const MAX_DEPTH = 8;

/** Attributes in their order, as JSON can hold them; what is too long or too deep is cut and says so. */
export function pageAttributes(attributes: Attributes): PageAttributes {
  return Object.entries(attributes).map(([key, value]) => [cut(key), pageValue(value)]);
}

/** Any value of telemetry as JSON can hold it. */
export function pageValue(value: AttributeValue | undefined, depth = 0): PageValue {
  if (typeof value === 'string') return cut(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return `(${value.byteLength} bytes)`;
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (depth === MAX_DEPTH) return '…';
  if (Array.isArray(value)) {
    const members = value.slice(0, MEMBER_LIMIT).map((each) => pageValue(each, depth + 1));
    if (value.length > MEMBER_LIMIT) members.push(`… +${value.length - MEMBER_LIMIT} more`);
    return members;
  }
  const entries = Object.entries(value);
  const members = entries.slice(0, MEMBER_LIMIT).map(([key, each]) => [cut(key), pageValue(each, depth + 1)]);
  if (entries.length > MEMBER_LIMIT) members.push(['…', `+${entries.length - MEMBER_LIMIT} more`]);
  return Object.fromEntries(members);
}

/** How many characters a value takes, about. */
export function weigh(value: PageValue): number {
  if (typeof value === 'string') return value.length + 4;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.entries(value).reduce((sum, [key, each]) => sum + key.length + weigh(each), 8);
}

function cut(text: string): string {
  if (text.length <= TEXT_LIMIT) return text;
  return `${text.slice(0, TEXT_LIMIT)}… +${text.length - TEXT_LIMIT} characters`;
}
