import { isUtf8 } from 'node:buffer';
import type { AttributeValue } from '../span.ts';
import type { KeySense } from './keys.ts';
import { isEntries, redactCommand, senseAfter } from './list-sense.ts';
import { withoutMarks } from './marks.ts';
import { isPairValue, isSecretOfJwk, JWK_TYPE, pairSense } from './pairs.ts';

/** What the walk over a value needs of the engine. */
export interface TreeRedactor {
  leaf(text: string, sense: KeySense, isUrl: boolean): string;
  whole(value: string): string;
  senseOf(key: string): KeySense;
  /** Whether the user allows the value at this path, keys joined by dots. */
  isAllowed(path: string): boolean;
  nameOf(key: string): string;
  count(ruleId: string): void;
  fail(error: unknown): string;
}

/** Deeper or wider values are masked: a log body may be cyclic, which the SDK does not check. */
const MAX_DEPTH = 32;
const MAX_NODES = 20_000;
const MAX_MARK = 100;
/** Smaller numbers are too short for a card. */
const LONG_NUMBER = 1e12;

/** Whether a value that is no text may hold something: a list, a map, bytes, a number as long as that of a card. */
export function isOdd(value: AttributeValue | undefined): boolean {
  if (typeof value === 'number') return value >= LONG_NUMBER;
  return typeof value !== 'boolean' && value !== undefined && value !== null;
}

/** Redacts a value of any shape; the very same reference when nothing changed. */
export function redactTree(
  redactor: TreeRedactor,
  key: string,
  value: AttributeValue,
  { sense, isUrl }: { readonly sense: KeySense; readonly isUrl: boolean },
): AttributeValue {
  if (typeof value === 'string') return redactor.leaf(value, sense, isUrl);
  if (typeof value !== 'object' || value === null) return redactScalar(redactor, value, sense);
  return new TreeWalk(redactor, isUrl).value(value, sense, key, 0);
}

/** Bytes that are no UTF-8 are read as Latin-1, one character a byte, so that what is no secret stays as it was. */
export function redactBytes(redactor: TreeRedactor, bytes: Uint8Array, sense: KeySense): Uint8Array | string {
  if (bytes.length === 0) return bytes;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (sense === 'strong') {
    const isMask = view.length < MAX_MARK && withoutMarks(view.toString('latin1')) === '';
    return isMask ? bytes : Buffer.from(redactor.whole('bytes'), 'latin1');
  }
  const wide = wideText(view);
  const encoding = wide !== undefined || isUtf8(view) ? 'utf8' : 'latin1';
  const before = wide ?? view.toString(encoding);
  const after = redactor.leaf(before, undefined, false);
  return after === before ? bytes : Buffer.from(after, encoding);
}

/** UTF-16 of either byte order as text: half of the bytes at the beginning are empty, all at odd or all at even places. */
function wideText(view: Buffer): string | undefined {
  const length = Math.min(view.length, 64) & ~1;
  let odd = 0;
  let even = 0;
  for (let at = 0; at < length; at += 2) {
    if (view[at] === 0) even++;
    if (view[at + 1] === 0) odd++;
  }
  if (length < 8 || Math.max(odd, even) * 4 < length || Math.min(odd, even) * 8 > length) return undefined;
  return odd > even ? view.toString('utf16le') : view.subarray(1).toString('utf16le');
}

function redactScalar(redactor: TreeRedactor, value: AttributeValue, sense: KeySense): AttributeValue {
  if (typeof value !== 'number' && typeof value !== 'bigint') return value;
  if (sense === 'strong') return isCount(value) ? value : redactor.whole(String(value));
  if (typeof value === 'number' && !(value >= LONG_NUMBER)) return value;
  const text = String(value);
  const after = redactor.leaf(text, undefined, false);
  return after === text ? value : after;
}

/** A small or broken number under a sensitive key counts or times something; a PIN has four digits at least. */
function isCount(value: number | bigint): boolean {
  return typeof value === 'number' && (!Number.isInteger(value) || Math.abs(value) < 100);
}

class TreeWalk {
  #nodes = 0;
  readonly #redactor: TreeRedactor;
  readonly #isUrl: boolean;

  constructor(redactor: TreeRedactor, isUrl: boolean) {
    this.#redactor = redactor;
    this.#isUrl = isUrl;
  }

  value(value: AttributeValue, sense: KeySense, path: string, depth: number): AttributeValue {
    if (typeof value === 'string') return this.#redactor.leaf(value, sense, this.#isUrl);
    if (typeof value !== 'object' || value === null) return redactScalar(this.#redactor, value, sense);
    if (++this.#nodes > MAX_NODES || depth > MAX_DEPTH) {
      return this.#redactor.fail(new Error('value nested too deep'));
    }
    if (value instanceof Uint8Array) return redactBytes(this.#redactor, value, sense);
    if (Array.isArray(value)) return this.#list(value, sense, path, depth);
    if (sense === 'strong') return this.#redactor.whole('map');
    return this.#map(value, path, depth);
  }

  #list(list: AttributeValue[], sense: KeySense, path: string, depth: number): AttributeValue {
    let copy: AttributeValue[] | undefined;
    const areEntries = sense === undefined && isEntries(list);
    for (let index = 0; index < list.length; index++) {
      const item = list[index] as AttributeValue;
      const own = sense ?? (index > 0 ? this.#senseAfter(list[index - 1], item) : undefined);
      const after = areEntries
        ? this.#entry(item as [string, AttributeValue], path, depth)
        : this.value(item, own, path, depth + 1);
      if (after === item) continue;
      copy ??= [...list];
      copy[index] = after;
    }
    const redacted = copy ?? list;
    return sense === undefined ? this.#command(redacted) : redacted;
  }

  #command(list: AttributeValue[], program?: AttributeValue): AttributeValue[] {
    return redactCommand(list, (line) => this.#redactor.leaf(line, undefined, false), program);
  }

  #entry(entry: [string, AttributeValue], path: string, depth: number): AttributeValue {
    const [name, value] = entry;
    const sense = this.#redactor.senseOf(name);
    if (sense === undefined) return this.value(entry, undefined, path, depth + 1);
    const after = this.value(value, sense, path, depth + 2);
    return after === value ? entry : [name, after];
  }

  #senseAfter(before: AttributeValue | undefined, item: AttributeValue): KeySense {
    if (typeof before !== 'string' || typeof item !== 'string') return undefined;
    return senseAfter(before, item, (name) => this.#redactor.senseOf(name));
  }

  #map(map: { [key: string]: AttributeValue }, path: string, depth: number): AttributeValue {
    let copy: { [key: string]: AttributeValue } | undefined;
    const senseOfPair = pairSense(map, (name) => this.#redactor.senseOf(name));
    const isJwk = typeof map[JWK_TYPE] === 'string';
    for (const key of Object.keys(map)) {
      const item = map[key] as AttributeValue;
      const itemPath = `${path}.${key}`;
      if (this.#redactor.isAllowed(itemPath)) continue;
      const isNamed = senseOfPair !== undefined && isPairValue(key, item);
      const own = isJwk && isSecretOfJwk(key) ? 'strong' : this.#redactor.senseOf(key);
      const sense = own ?? (isNamed ? senseOfPair : undefined);
      const redacted = this.value(item, sense, itemPath, depth + 1);
      const isRest = key === 'spawnargs' && sense === undefined && Array.isArray(redacted);
      const after = isRest ? this.#command(redacted, map.path) : redacted;
      const name = this.#redactor.nameOf(key);
      if (after === item && name === key) continue;
      copy ??= { ...map };
      if (name !== key) {
        delete copy[key];
        this.#redactor.count('sensitive-key');
      }
      copy[name] = after;
    }
    return copy ?? map;
  }
}
