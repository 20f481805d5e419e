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
