import { cutMark } from '../redaction/cut.ts';

/** Texts inside are cut to this, and if that is not enough to the next. */
const LEVELS = [4_096, 1_024, 256, 64];

/**
 * A value whose JSON is at most `limit` characters long, still with its shape: long texts are cut first, then items
 * of the middle of the outermost list are left out. Each cut says how much it took. To be used on redacted values:
 * a cut may go through anything.
 */
export function shorten(value: unknown, limit: number): unknown {
  for (const level of LEVELS) {
    const shorter = cutTexts(value, level, 0);
    if (sizeOf(shorter) <= limit) return shorter;
    if (level === LEVELS.at(-1) && Array.isArray(shorter)) return cutMiddle(shorter, limit);
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.slice(0, limit - 64) + cutMark(text);
}

export function sizeOf(value: unknown): number {
  return typeof value === 'string' ? value.length : (JSON.stringify(value)?.length ?? 0);
}

function cutTexts(value: unknown, level: number, depth: number): unknown {
  if (typeof value === 'string') return value.length <= level ? value : cut(value, level);
  if (typeof value !== 'object' || value === null || depth > 32) return value;
  if (Array.isArray(value)) return value.map((item) => cutTexts(item, level, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, cutTexts(inner, level, depth + 1)]),
  );
}

function cut(text: string, level: number): string {
  const last = text.charCodeAt(level - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? level - 1 : level) + cutMark(text);
}

/** The first and the latest say most about a conversation. */
function cutMiddle(list: readonly unknown[], limit: number): unknown[] {
  const head: unknown[] = [];
  const tail: unknown[] = [];
  let left = limit - 64;
  for (let index = 0; index < list.length; index++) {
    const isHead = index === 0;
    const item = isHead ? list[0] : list[list.length - index];
    const size = sizeOf(item) + 1;
    if (size > left) break;
    left -= size;
    if (isHead) head.push(item);
    else tail.unshift(item);
  }
  return [...head, `[CUT: ${list.length - head.length - tail.length} items]`, ...tail];
}
