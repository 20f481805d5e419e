import type { Command } from 'commander';
import { AgentlogError } from '../core/errors.ts';
import type { AttributeCondition } from '../sources/source.ts';

/** What may be a number or a boolean, or the same as text: the shell cannot say which. */
const AMBIGUOUS = /^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false)$/;

/** Adds `--attr`, which may be given several times. */
export function addAttributeOption(command: Command, of: string): Command {
  return command.option(
    '--attr <condition>',
    `an attribute of ${of}: key=value, key (it is there) or key~pattern (RE2); may be repeated`,
    (text: string, before: string[] = []) => [...before, text],
  );
}

/**
 * The conditions that were given by `option`.
 * @throws AgentlogError USAGE for one without a key.
 */
export function parseAttributes(
  texts: readonly string[] = [],
  option = '--attr',
): { attributes?: AttributeCondition[] } {
  return texts.length === 0 ? {} : { attributes: texts.map((text) => parseAttribute(text, option)) };
}

function parseAttribute(text: string, option: string): AttributeCondition {
  const [, key = '', operator, value = ''] = /^([^=~]+)(?:([=~])([\s\S]*))?$/.exec(text) ?? [];
  if (key === '') {
    throw new AgentlogError('USAGE', `Expected ${option} to be key=value, key or key~pattern.`);
  }
  if (operator === undefined) return { key, op: 'exists' };
  if (operator === '~') return { key, op: 'matches', pattern: value };
  if (AMBIGUOUS.test(value)) return { key, op: 'matches', pattern: eitherWay(value) };
  return { key, op: 'equals', value: unquoted(value) };
}

/** `500` fits the number and the text; so does `0.50` for 0.5. */
function eitherWay(value: string): string {
  const forms = new Set([value, value === 'true' || value === 'false' ? value : String(Number(value))]);
  const escaped = [...forms].map((form) => form.replace(/[.+]/g, '\\$&'));
  return `^(?:${escaped.join('|')})$`;
}

/** `key="500"` is text for sure. */
function unquoted(value: string): string {
  return /^"[\s\S]*"$/.test(value) ? value.slice(1, -1) : value;
}
