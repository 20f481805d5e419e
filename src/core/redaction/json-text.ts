import type { KeySense } from './keys.ts';
import type { PairRole } from './pairs.ts';

/** What the walk calls for: each string token's content, and each value that a sensitive key names. */
export interface JsonVisitor {
  /** A string, key or value, whose content lies at `[start, end)` without its quotes. */
  onString(start: number, end: number, isKey: boolean): void;
  /** A number long enough to be one of a person. */
  onLongNumber(start: number, end: number): void;
  /** What the key, its content at `[start, end)`, says about its value. */
  senseOf(start: number, end: number): KeySense;
  /** `{ "name": "DB_PASSWORD", "value": "…" }`: whether a key, its content at `[start, end)`, is the one or the other. */
  pairRole(start: number, end: number): PairRole | undefined;
  /** What an item of a list that is a string says about the next one. */
  senseAfter(beforeStart: number, beforeEnd: number, start: number, end: number): KeySense;
  /**
   * The whole value of a key that says something, a string if it says little; `isBare` when it is not a string and
   * the mask needs quotes.
   */
  onSensitive(start: number, end: number, isBare: boolean, sense: KeySense): void;
}

const MAX_DEPTH = 200;
/** Digits of the shortest card. */
const LONG_NUMBER = 13;
const SPACE = /\s*/y;
const SCALAR = /-?\d[\d.eE+-]{0,40}|true|false|null/y;

/** Whether a text may be JSON: an object or a list. */
export function looksLikeJson(text: string): boolean {
  SPACE.lastIndex = 0;
  SPACE.test(text);
  const first = text[SPACE.lastIndex];
  return first === '{' || first === '[';
}

/**
 * Walks JSON text token by token, without building values. Text that was cut off is walked as far as it goes.
 * Returns false when it is not JSON; what was visited until then is then worth nothing.
 */
export function walkJson(text: string, visitor: JsonVisitor): boolean {
  let at = 0;
  let isBroken = false;

  function skipSpace(): void {
    SPACE.lastIndex = at;
    SPACE.test(text);
    at = SPACE.lastIndex;
  }

  /** Reads a string that begins at the quote `at` stands on; returns the end of its content. */
  function readString(): number {
    at++;
    for (;;) {
      const quote = text.indexOf('"', at);
      if (quote < 0) {
        at = text.length;
        return at;
      }
      let slashes = 0;
      while (text[quote - 1 - slashes] === '\\' && quote - 1 - slashes >= at) slashes++;
      at = quote + 1;
      if (slashes % 2 === 0) return quote;
    }
  }

  function readValue(depth: number, isCovered: boolean): void {
    skipSpace();
    const first = text[at];
    if (first === '"') {
      const start = at + 1;
      const end = readString();
      if (!isCovered) visitor.onString(start, end, false);
    } else if (first === '{' || first === '[') {
      if (depth > MAX_DEPTH) isBroken = true;
      else if (first === '{') readObject(depth, isCovered);
      else readList(depth, isCovered);
    } else {
      SCALAR.lastIndex = at;
      if (SCALAR.test(text)) {
        const start = at;
        at = SCALAR.lastIndex;
        if (!isCovered && at - start >= LONG_NUMBER) visitor.onLongNumber(start, at);
      } else if (at < text.length) isBroken = true;
    }
  }

  function readObject(depth: number, isCovered: boolean): void {
    let isSecretPair = false;
    // The value may stand before its name.
    let unnamedStart = -1;
    let unnamedEnd = 0;
    let isUnnamedText = false;
    at++;
    for (;;) {
      skipSpace();
      if (at >= text.length || isBroken) return;
      if (text[at] === '}') {
        at++;
        return;
      }
      if (text[at] === ',') {
        at++;
        continue;
      }
      if (text[at] !== '"') {
        isBroken = true;
        return;
      }
      const keyStart = at + 1;
      const keyEnd = readString();
      skipSpace();
      if (at >= text.length) return;
      if (text[at] !== ':') {
        isBroken = true;
        return;
      }
      at++;
      skipSpace();
      if (!isCovered) visitor.onString(keyStart, keyEnd, true);
      const role = visitor.pairRole(keyStart, keyEnd);
      const own = isCovered ? undefined : visitor.senseOf(keyStart, keyEnd);
      const valueStart = at;
      const isText = text[at] === '"';
      const isValue = role === 'value' || (role === 'text' && isText);
      const sense = isValue && isSecretPair && !isCovered ? 'strong' : own;
      readValue(depth + 1, isCovered || sense === 'strong');
      const start = isText ? valueStart + 1 : valueStart;
      const end = isText && text[at - 1] === '"' && at - 1 > valueStart ? at - 1 : at;
      if (role === 'name' && !isSecretPair && !isCovered) {
        isSecretPair = visitor.senseOf(start, end) === 'strong';
        if (isSecretPair && unnamedStart >= 0)
          visitor.onSensitive(unnamedStart, unnamedEnd, !isUnnamedText, 'strong');
      } else if (isValue && sense === undefined) {
        unnamedStart = start;
        unnamedEnd = end;
        isUnnamedText = isText;
      }
      if (sense === undefined || sense === 'faint') continue;
      if (isText || sense === 'strong') visitor.onSensitive(start, end, !isText, sense);
    }
  }

  function readList(depth: number, isCovered: boolean): void {
    let before = -1;
    let beforeEnd = 0;
    at++;
    for (;;) {
      skipSpace();
      if (at >= text.length || isBroken) return;
      if (text[at] === ']') {
        at++;
        return;
      }
      if (text[at] === ',') {
        at++;
        continue;
      }
      const itemStart = at;
      readValue(depth + 1, isCovered);
      const isText = text[itemStart] === '"' && !isCovered;
      const sense =
        isText && before >= 0 ? visitor.senseAfter(before, beforeEnd, itemStart + 1, at - 1) : undefined;
      if (sense !== undefined) visitor.onSensitive(itemStart + 1, at - 1, false, sense);
      before = isText ? itemStart + 1 : -1;
      beforeEnd = at - 1;
    }
  }

  readValue(0, false);
  skipSpace();
  return !isBroken && at >= text.length;
}
