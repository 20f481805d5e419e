import { isSecretOfJwk, JWK_TYPE } from '../pairs.ts';
import type { Match, Rule } from '../rule.ts';
import { workOf } from '../work.ts';
import { sample } from './sample.ts';

/** An object is read so far to either side of its `kty`. */
const REACH = 2_048;
const ASSIGNED = /^["']?\s{0,4}[:=]/;
const MEMBER = /["']?\b([dkpq][piq]?)["']?\s{0,4}[:=]\s{0,4}["']([\w+/=\s-]{20,2048})["']/g;

/** The private members of a JSON web key, which have names of one letter: `{"kty":"oct","k":"…"}`. */
export const JWK_RULES: readonly Rule[] = [
  {
    id: 'private-key',
    kind: 'key-material',
    literals: [JWK_TYPE],
    isContext: true,
    isAcrossStrings: true,
    work: 4,
    reference: 'https://www.rfc-editor.org/rfc/rfc7517',
    find(text, at, _literal, memo): Match[] | undefined {
      const start = at + JWK_TYPE.length;
      if (!ASSIGNED.test(text.slice(start, start + 8))) return undefined;
      const after = text.slice(start, at + REACH);
      const before = text.slice(Math.max(0, at - REACH), at);
      const open = before.lastIndexOf('{') + 1;
      const close = after.indexOf('}');
      const object = before.slice(open) + JWK_TYPE + (close < 0 ? after : after.slice(0, close));
      memo.work += workOf(object.length);
      const from = at - before.length + open;
      const matches: Match[] = [];
      for (const { 1: field = '', 2: value = '', 0: whole, index } of object.matchAll(MEMBER)) {
        if (!isSecretOfJwk(field)) continue;
        const end = from + index + whole.length - 1;
        matches.push({ start: end - value.length, end, ruleId: 'private-key', isSpecific: true });
      }
      return matches.length === 0 ? undefined : matches;
    },
    examples: () => {
      const secret = sample('url', 86);
      return [{ text: `{"kty":"oct","k":"${secret}"}`, secret }];
    },
  },
];
