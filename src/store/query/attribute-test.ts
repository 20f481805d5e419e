import { AgentlogError } from '../../core/errors.ts';
import type { Attributes, AttributeValue } from '../../core/span.ts';
import type { AttributeCondition } from './query.ts';

const PATTERN_LIMIT = 500;
/** What RE2 does not know, and a repeat of a repeat, which it alone can do quickly. */
const NOT_RE2 = /\(\?(?:[=!]|<[=!])|\\[1-9]|\\k</;
const NESTED_REPEAT = /\((?:[^()\\]|\\.)*(?:[+*|]|\{\d*,\d*\})(?:[^()\\]|\\.)*\)(?:[+*]|\{\d+,\d*\})/;
/** A value longer than this is looked at only so far. */
export const VALUE_LIMIT = 16_384;

/** Whether the attributes of a span (or log record), else those of its resource, fit a condition. */
export type AttributeTest = (own: Attributes, resource: Attributes) => boolean;

/** @throws AgentlogError USAGE for an expression that cannot be used. */
export function attributeTest(condition: AttributeCondition): AttributeTest {
  const { key } = condition;
  const fits = valueTest(condition);
  return (own, resource) => {
    const value = Object.hasOwn(own, key)
      ? own[key]
      : Object.hasOwn(resource, key)
        ? resource[key]
        : undefined;
    if (value === undefined) return false;
    return fits(value) || (Array.isArray(value) && value.some(fits));
  };
}

/** A value as text for comparing and searching: strings as they are, everything else as JSON. */
export function textOfValue(value: AttributeValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return JSON.stringify(value) ?? '';
}

function valueTest(condition: AttributeCondition): (value: AttributeValue) => boolean {
  if (condition.op === 'exists') return () => true;
  if (condition.op === 'equals') return (value) => value === condition.value;
  const pattern = compile(condition.pattern);
  return (value) => pattern.test(textOfValue(value).slice(0, VALUE_LIMIT));
}

function compile(pattern: string): RegExp {
  const isUsable = pattern.length <= PATTERN_LIMIT && !NOT_RE2.test(pattern) && !NESTED_REPEAT.test(pattern);
  try {
    if (isUsable) return new RegExp(pattern, 'u');
  } catch {
    // Said below.
  }
  throw new AgentlogError(
    'USAGE',
    'Expected a regular expression that RE2 knows, of at most 500 characters: no look-around, no back-references, no repeat of a repeat.',
  );
}
