import { createHash } from 'node:crypto';

/** A text as long as this without a blank, of base64's letters alone, is a file and no word. */
const LEAST = 512;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
const DATA_URI = /data:([\w.+-]{1,64}\/[\w.+-]{1,64})?(?:;[\w=.-]{1,64})*;base64,([A-Za-z0-9+/_-]*={0,2})/g;
/** So many numbers in a row are bytes or an embedding. */
const MOST_NUMBERS = 32;

/** Images, audio and files in a text or tree stand as their size and hash; the very same value if there are none. */
export function withoutBinary(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return withoutBase64(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 32) return '[CUT: nested too deep]';
  if (value instanceof Uint8Array) return described(value);
  if (Array.isArray(value)) {
    if (value.length > MOST_NUMBERS && value.every((each) => typeof each === 'number')) {
      return `[BINARY: ${value.length} numbers, sha256 ${hash(value.join())}]`;
    }
    return value.map((item) => withoutBinary(item, depth + 1));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withoutBinary(inner, depth + 1)]),
  );
}

function withoutBase64(text: string): string {
  if (text.length < 64) return text;
  if (text.includes(';base64,'))
    return text.replace(DATA_URI, (_all, type, data) => describedText(data, type));
  return text.length >= LEAST && BASE64.test(text) ? describedText(text) : text;
}

function describedText(base64: string, type?: string): string {
  return described(Buffer.from(base64, 'base64'), type);
}

function described(bytes: Uint8Array, type?: string): string {
  return `[BINARY: ${type === undefined ? '' : `${type} `}${bytes.byteLength} bytes, sha256 ${hash(bytes)}]`;
}

function hash(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex').slice(0, 16);
}
