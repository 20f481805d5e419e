import { createHmac, randomBytes } from 'node:crypto';

/** Of this process alone and never written anywhere, so that nobody can try arguments until the hash fits. */
const KEY = randomBytes(32);

/** Deeper than this nobody compares. */
const MAX_DEPTH = 32;

/**
 * 16 hex digits, equal for the same arguments of a tool whatever the order of their fields, given as an object or
 * as its JSON. Within one process only: the hash is keyed, so it does not tell the arguments, short ones neither.
 * Never throws; undefined for what has no JSON. Cost: one pass over the arguments and one HMAC (about 5 µs).
 */
export function argumentsHash(args: unknown): string | undefined {
  try {
    const text = canonical(typeof args === 'string' ? parsed(args) : args, 0);
    return createHmac('sha256', KEY).update(text).digest('hex').slice(0, 16);
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function canonical(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) return '…';
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each, depth + 1)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if ('toJSON' in value && typeof value.toJSON === 'function') return canonical(value.toJSON(), depth + 1);
  const fields = Object.entries(value).filter(([, each]) => each !== undefined && typeof each !== 'function');
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each, depth + 1)}`).join()}}`;
}
