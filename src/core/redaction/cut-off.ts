import type { Gate } from './gate/gate.ts';
import type { Match, Rule } from './rule.ts';

export const CUT_OFF_ID = 'cut-off';

/** A secret that was cut off is looked for in the last word, so far back. */
const REACH = 8_192;
const LAST_WORD = /[^\s"'`,;(){}[\]<>|]*$/;
const LETTER_OR_DIGIT = /[A-Za-z0-9]/;
/** A shorter literal comes by chance inside words. */
const LONG_LITERAL = 7;
/** What stands before the last part of a word: a name, the parts of an address. */
const BEFORE_PART = /^.*(?:[=,;?&@]|(?<!\d):)(?=.)/;
const BEFORE_SEGMENT = /^.*\//;
const MIN_PART = 4;
/** A word or a short number, which a secret of an issuer is not. */
const PLAIN = /^(?:[a-z]+(?:[-_.][a-z]+)*|[A-Z]?[a-z]+|[A-Z_]+|[\d.,]{1,5}|[^A-Za-z0-9]*)[.!?:…]?$/;
/** `postgres://shop:hunt`: the at sign is gone. Digits are a port. */
const USERINFO = /[a-z][a-z\d+.-]{1,20}:\/\/[^\s/?#@:"'`]{0,128}:((?!\d{1,5}$)[^\s/?#@"'`]{1,256})$/i;

/**
 * What may be the beginning of a secret at the end of a text that was cut off before it came here, by the SDK's limit
 * for the length of values. The rest of the secret, by which it would be known, is gone; so what begins with an
 * issuer's prefix goes, and any last word that is no plain one: it is cut in two anyway.
 */
export function cutOffMatches(text: string, gate: Gate, rules: readonly Rule[]): Match[] {
  const last = LAST_WORD.exec(text.slice(-REACH))?.[0] ?? '';
  const start = text.length - last.length;
  const matches: Match[] = [];
  for (const { entry, start: at } of gate.find(last).hits) {
    const { id, kind, isContext } = rules[entry.tag] as Rule;
    const { literal } = entry;
    if ((kind !== 'token' && kind !== 'key-material') || isContext === true) continue;
    const end = at + literal.length;
    const isInWord = at > 0 && LETTER_OR_DIGIT.test(last[at - 1] as string);
    if (end === last.length || (isInWord && literal.length < LONG_LITERAL)) continue;
    matches.push({ start: start + end, end: text.length, ruleId: id, isSpecific: true });
  }
  const part = lastPart(last);
  if (part.length >= MIN_PART && !PLAIN.test(part))
    matches.push({ start: text.length - part.length, end: text.length, ruleId: CUT_OFF_ID });
  const password = USERINFO.exec(last)?.[1];
  if (password !== undefined) {
    matches.push({
      start: text.length - password.length,
      end: text.length,
      ruleId: 'url-userinfo',
      isSpecific: true,
    });
  }
  return matches;
}

/** `x` of `token=x` and of `https://host/x`; a slash alone may be one of base64. */
function lastPart(word: string): string {
  const part = word.replace(BEFORE_PART, '');
  return word.includes('://') || /^\.{0,2}\//.test(part) ? part.replace(BEFORE_SEGMENT, '') : part;
}
