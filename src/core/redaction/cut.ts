/** How far past the cut is scanned, so that a secret that straddles it is seen whole. */
export const CUT_MARGIN = 8_192;

/**
 * How many characters of `text` fit into `maxBytes` of UTF-8; its length when all of it does.
 * Never parts a surrogate pair.
 */
export function fittingLength(text: string, maxBytes: number): number {
  if (text.length * 3 <= maxBytes) return text.length;
  if (text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes) return text.length;
  // Nothing but ASCII up to the limit, as a rule.
  if (text.length >= maxBytes && Buffer.byteLength(text.slice(0, maxBytes)) === maxBytes) return maxBytes;
  let low = Math.floor(maxBytes / 3);
  let high = Math.min(text.length, maxBytes);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (Buffer.byteLength(text.slice(0, middle)) <= maxBytes) low = middle;
    else high = middle - 1;
  }
  const last = text.charCodeAt(low - 1);
  return last >= 0xd800 && last <= 0xdbff ? low - 1 : low;
}

/** What no form of a secret has inside. */
const BETWEEN_WORDS = /[\s,;:|"'(){}]/;

/**
 * The beginning of a text that nobody has redacted yet, at most so long, and without the word that the cut would part: by
 * half a secret nobody would know it. Empty for a text that is one word.
 */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = most;
  while (end > 0 && !BETWEEN_WORDS.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** What stands at the end of a text that was cut. */
export function cutMark(text: string): string {
  return ` [CUT: ${text.length} characters]`;
}

/** Whether a text ends in such a mark. */
export function wasCut(text: string): boolean {
  return text.endsWith(' characters]') && / \[CUT: \d{1,15} characters\]$/.test(text.slice(-40));
}
