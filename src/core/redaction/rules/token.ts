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
  return pattern({
    id,
    literals,
    form: `(?:${literals.map(escaped).join('|')})([${chars}]{${min},${max}})`,
    border: shortest >= 7 ? '' : alphabet === 'url' ? '\\w-' : 'A-Za-z0-9',
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
  check?: (secret: string) => boolean,
): Rule {
  const literals = typeof names === 'string' ? [names] : names;
  return pattern({
    id,
    literals,
    form:
      `(?:${literals.map(escaped).join('|')})[\\w .-]{0,24}\\\\{0,4}["'\`\\])]{0,3}[ \\t]{0,8}` +
      `(?:=>|:{0,3}=|[<>?+]=|->|\\|\\||[=:,(>|])\\s{0,8}\\\\{0,4}["'\`=|>]{0,3}(${value})(?![\\w-])`,
    flags: 'i',
    border: 'A-Za-z',
    reference,
    ...(check === undefined ? {} : { check }),
    example: () => {
      const made = secret();
      return { text: `${literals[0]}_id = "${made}"`, secret: made };
    },
  });
}

function escaped(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
