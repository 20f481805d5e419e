import type { Attributes, AttributeValue } from '../../core/span.ts';

/**
 * A number as the exporter writes it: no zeros in front or behind, at most what a double holds exactly before the
 * point, a sign in the exponent. Order numbers (`007`), versions (`1.10`) and hashes (`12e4`) are none.
 */
export const NUMBER_PATTERN = '^-?(?:0|[1-9][0-9]{0,14})(?:\\.[0-9]*[1-9])?(?:e[+-][0-9]{1,3})?$';

const NUMBER = new RegExp(NUMBER_PATTERN);

/** Last parts of keys whose values are text, whatever they look like: an id of digits, the version 2. */
const TEXT_ENDINGS = new Set([
  'id',
  'name',
  'version',
  'type',
  'key',
  'text',
  'message',
  'summary',
  'signature',
  'fingerprint',
  'hash',
  'model',
  'revision',
  'tag',
]);
const TEXT_KEYS = new Set(['db.response.status_code', 'rpc.response.status_code']);

/** Attributes as the exporter keeps them, texts all of them, with the types that they had as far as they can be told. */
export function readAttributes(texts: Readonly<Record<string, string>>): Attributes {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, readValue(key, text)]));
}

/**
 * The value that a text stood for: a number, a boolean, a list of such and of texts, else the text. Maps, and lists of
 * maps, stay text: prompts are JSON as well.
 */
export function readValue(key: string, text: string): AttributeValue {
  if (TEXT_KEYS.has(key) || TEXT_ENDINGS.has(key.slice(key.lastIndexOf('.') + 1))) return text;
  if (text === 'true' || text === 'false') return text === 'true';
  if (NUMBER.test(text) && Number.isFinite(Number(text))) return Number(text);
  return (text.startsWith('[') && listOf(text)) || text;
}

function listOf(text: string): AttributeValue[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    const isFlat =
      Array.isArray(list) && list.every((member) => member === null || typeof member !== 'object');
    return isFlat ? (list as AttributeValue[]) : undefined;
  } catch {
    return undefined;
  }
}
