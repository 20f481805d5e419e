import { isDrawn } from '../assignment/placeholder.ts';
import type { Rule } from '../rule.ts';
import { pattern } from './pattern.ts';
import { type Alphabet, sample } from './sample.ts';

/** Classes of characters by the names of the samples, as the inside of a regular expression's brackets. */
const CHARS: Readonly<Record<Alphabet, string>> = {
  alnum: 'A-Za-z0-9',
  upper: 'A-Z0-9',
  lower: 'a-z0-9',
  base32: 'A-Z2-7',
  hex: 'a-fA-F0-9',
  digits: '0-9',
  url: '\\w-',
  base64: 'A-Za-z0-9+/=',
};

/**
 * A token that begins with an issuer's prefix: `token('npm', 'npm_', 'alnum', 36)`. A prefix that starts inside a
 * word counts as well when it is long enough to be no accident.
 */
export function token(
  id: string,
  prefixes: string | readonly string[],
  alphabet: Alphabet,
  min: number,
  max: number,
  reference: string,
  check?: (secret: string, whole: string) => boolean,
): Rule {
  const literals = typeof prefixes === 'string' ? [prefixes] : prefixes;
  const shortest = Math.min(...literals.map((literal) => literal.length));
  const chars = CHARS[alphabet];
  // A short prefix without a sign at its end comes by chance within longer runs.
  const isLoose = shortest < 7 && literals.some((literal) => /[A-Za-z0-9]$/.test(literal));
  return pattern({
    id,
    literals,
    form: `(?:${literals.map(escaped).join('|')})([${chars}]{${min},${max}})${isLoose ? '(?![A-Za-z0-9])' : ''}`,
    border: shortest >= 7 ? '' : alphabet === 'url' ? '\\w-' : isLoose ? 'A-Za-z0-9+' : 'A-Za-z0-9',
    reference,
    ...(check === undefined ? {} : { check }),
    example: () => {
      const secret = sample(alphabet, min);
      return { text: `${literals[0]}${secret}`, secret };
    },
  });
}

/** A token of some other form, written as an expression with one group; `parts` makes an example: prefix and secret. */
export function form(
  id: string,
  literals: string | readonly string[],
  expression: string,
  reference: string,
  parts: () => readonly [prefix: string, secret: string],
  border?: string,
  check?: (secret: string, whole: string) => boolean,
): Rule {
  return pattern({
    id,
    literals: typeof literals === 'string' ? [literals] : literals,
    form: expression,
    reference,
    ...(border === undefined ? {} : { border }),
    ...(check === undefined ? {} : { check }),
    example: () => {
      const [prefix, secret] = parts();
      return { text: prefix + secret, secret };
    },
  });
}

/**
 * A secret without a look of its own, set beside its issuer's name: `heroku_key = <uuid>`. The name and the value are
 * less than 40 characters apart.
 */
export function near(
  id: string,
  names: string | readonly string[],
  value: string,
  reference: string,
  secret: () => string,
  check: (secret: string) => boolean = () => true,
): Rule {
  const literals = typeof names === 'string' ? [names] : names;
  const rule = pattern({
    id,
    literals,
    form:
      `(?:${literals.map(escaped).join('|')})[\\w .-]{0,24}\\\\{0,4}["'\`\\])]{0,3}[ \\t]{0,8}` +
      `(?:=>|:{0,3}=|[<>?+]=|->|\\|\\||[=:,(>|]|(?<=[ \\t]["'\`]?)(?=["'\`])|(?<=["'\`]))\\s{0,8}\\\\{0,4}["'\`=|>]{0,3}(${value})(?![\\w-])`,
    flags: 'i',
    border: 'A-Za-z',
    reference,
    check: (found, whole) => !isDrawn(found) && check(found) && !NAMES_AN_ID.test(whole),
    example: () => {
      const made = secret();
      return { text: `${literals[0]}_key = "${made}"`, secret: made };
    },
  });
  return Object.assign(rule, { isContext: true });
}

/** `heroku request_id=…` tells one thing from another, and opens nothing. */
const NAMES_AN_ID =
  /(?:request|trace|span|session|order|event|run|build|app|user|team|org|project|zone|correlation|deployment|release)s?[_ .-]?id/i;

function escaped(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
