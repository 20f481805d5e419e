import type { AttributeValue } from '../span.ts';
import type { KeySense } from './keys.ts';

const MAX_NAME = 64;
const FLAG = /^--?[A-Za-z][\w.-]{0,60}$/;
/** Flags that take a password in some commands, and a port or a path in others. */
const SHORT_FLAG = /^-(?:p|P|a|w|pw|pass)$/;
const HEADER = /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]*(?:key|token|secret|auth))$/i;

/** What one item of a list says about the next: `['--password', '…']` of a command line, `['authorization', '…']` of raw headers. */
export function senseAfter(before: string, item: string, senseOf: (name: string) => KeySense): KeySense {
  if (before.length > MAX_NAME) return undefined;
  if (SHORT_FLAG.test(before)) return 'weak';
  const isFlag = FLAG.test(before) && !FLAG.test(item);
  if (!isFlag && !HEADER.test(before)) return undefined;
  return senseOf(before) === 'strong' ? 'strong' : undefined;
}

/** Whether a list is that of `Object.entries`, of a Map or of headers: each item a name and its value. */
export function isEntries(list: readonly AttributeValue[]): list is [string, AttributeValue][] {
  return list.every((item) => Array.isArray(item) && item.length === 2 && typeof item[0] === 'string');
}

const MAX_ARGUMENTS = 64;
const MAX_COMMAND = 4_096;

/**
 * The arguments of a command with what only the whole line tells masked: `['mysql', '-pswordfish']`,
 * `['curl', '-u', 'bob:swordfish']`. `program`: the first word where the list has only the rest, as `spawnargs` of Node's
 * errors. The very same list when there was nothing, or when it is no command.
 */
export function redactCommand(
  list: AttributeValue[],
  redact: (line: string) => string,
  program?: AttributeValue,
): AttributeValue[] {
  if (!isCommand(list)) return list;
  let copy: string[] | undefined;
  let line = typeof program === 'string' && program.length < MAX_NAME ? `${program} ` : '';
  for (let index = 0; index < list.length; index++) {
    const item = list[index] as string;
    let after = item;
    if (line !== '' && (item.startsWith('-') || list[index - 1]?.toString().startsWith('-'))) {
      const redacted = redact(line + item);
      if (redacted.startsWith(line)) after = redacted.slice(line.length);
    }
    if (after !== item) {
      copy ??= [...(list as string[])];
      copy[index] = after;
    }
    line += `${after} `;
  }
  return copy ?? list;
}

/** Texts, a flag of one letter among them. */
function isCommand(list: readonly AttributeValue[]): boolean {
  if (list.length === 0 || list.length > MAX_ARGUMENTS) return false;
  let length = 0;
  let hasFlag = false;
  for (const item of list) {
    if (typeof item !== 'string') return false;
    length += item.length;
    hasFlag ||= item[0] === '-' && item.length > 1 && item[1] !== '-';
  }
  return hasFlag && length < MAX_COMMAND;
}
