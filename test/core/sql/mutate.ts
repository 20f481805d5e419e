import { scanSync } from 'libpg-query';
import type { Generator } from './generate.ts';

interface Token {
  readonly text: string;
  /** It follows the token before it without a space, and must: a dot, a sign, a prefix. */
  readonly isJoined: boolean;
  readonly isLiteral: boolean;
  readonly isWord: boolean;
}

/** The same statement written differently: other values, bind markers, case, white space, comments. */
export function mutate(sql: string, random: Generator): string {
  const tokens = tokensOf(sql);
  const binds = random.below(2) === 0;
  let parameter = 0;
  let out = '';
  for (const token of tokens) {
    let text = token.text;
    if (token.isLiteral)
      text = binds && !token.isJoined && random.below(2) === 0 ? `$${++parameter}` : otherValue(text, random);
    else if (token.isWord && random.below(2) === 0)
      text = random.below(2) === 0 ? text.toUpperCase() : text.toLowerCase();
    out += out === '' || token.isJoined ? text : space(random) + text;
  }
  return random.below(3) === 0 ? `${out};` : out;
}

/** Repeats the values in lists of values: `IN (1)` becomes `IN (1, 1, 1)`. */
export function lengthenLists(sql: string): string {
  return sql
    .replace(/ IN \(([^()]*)\)/g, ' IN ($1, $1, $1)')
    .replace(/ VALUES (\([^()]*\)).*$/, ' VALUES $1, $1, $1');
}

function tokensOf(sql: string): Token[] {
  const bytes = Buffer.from(sql);
  return scanSync(sql).tokens.map(({ start, end, tokenName, keywordKind }) => {
    const text = bytes.subarray(start, end).toString();
    const before = bytes.subarray(Math.max(0, start - 1), start).toString();
    const isJoined = before !== ' ' && (text === '.' || ['.', '-', 'N'].includes(before));
    const isLiteral = ['ICONST', 'FCONST', 'SCONST', 'USCONST', 'BCONST', 'XCONST'].includes(tokenName);
    const isWord = /^[a-z_]\w*$/i.test(text) && (tokenName === 'IDENT' || keywordKind > 0);
    return { text, isJoined, isLiteral, isWord };
  });
}

function otherValue(text: string, random: Generator): string {
  return /^[\d.]/.test(text) ? String(random.below(100)) : `'${random.pick(['x', 'other', "it''s"])}'`;
}

function space(random: Generator): string {
  return random.pick([' ', ' ', '  ', '\n', '\t', ' /* note */ ', ' -- note\n', " /*traceparent='00-ab'*/ "]);
}
