import { isPlaceholder } from '../assignment/placeholder.ts';
import { senseOfKey } from '../keys.ts';
import type { Match, Rule, ScanMemo } from '../rule.ts';
import { workOf } from '../work.ts';
import { sample } from './sample.ts';

const ID = 'sql-password';
const HEAD =
  /(?:insert|replace)\s{1,4}(?:ignore\s{1,4})?into\s{1,4}[\w."`[\]]{1,128}\s{0,8}\(([^()]{3,4096})\)\s{0,8}values\s{0,8}/iy;
/** A value of a row: a string in quotes, doubled ones within another string, or anything else up to the comma. */
const VALUE =
  /\s{0,16}(?:''(?![,\s)'])([^']{1,4096})''(?!')|[NEB]?'((?:[^'\\]|''|\\[\s\S]){0,4096})'(?:::\w{1,40})?|"((?:[^"\\]|\\[\s\S]){0,4096})"|[^,()'"]{0,256}(?:\([^()]{0,256}\))?)\s{0,16}/y;
const MAX_ROWS = 64;
const MAX_COLUMNS = 128;

/** `INSERT INTO users (name, password) VALUES ('bob', '…')`: the values of columns whose names say so. */
export const INSERT_RULES: readonly Rule[] = [
  {
    id: ID,
    kind: 'assignment',
    literals: ['insert into', 'insert ignore into', 'replace into'],
    work: 4,
    find: findValues,
    reference: 'https://www.postgresql.org/docs/current/sql-insert.html',
    examples: () => {
      const secret = sample('alnum', 14);
      return [{ text: `INSERT INTO users (name, password) VALUES ('bob', '${secret}')`, secret }];
    },
  },
];

function findValues(text: string, at: number, _literal: string, memo: ScanMemo): Match[] | undefined {
  HEAD.lastIndex = at;
  const head = HEAD.exec(text);
  if (head === null) return undefined;
  const columns = (head[1] as string)
    .split(',', MAX_COLUMNS)
    .map((name) => senseOfKey(name.trim()) === 'strong');
  if (!columns.includes(true)) return undefined;
  const matches: Match[] = [];
  let end = HEAD.lastIndex;
  for (let row = 0; row < MAX_ROWS && text[end] === '('; row++) {
    end++;
    for (const isSecret of columns) {
      VALUE.lastIndex = end;
      const value = VALUE.exec(text);
      if (value === null) break;
      const secret = value[1] ?? value[2] ?? value[3];
      if (isSecret && secret !== undefined && secret.length >= 3 && !isPlaceholder(secret)) {
        const start = end + value[0].indexOf(secret);
        matches.push({ start, end: start + secret.length, ruleId: ID, isSpecific: true });
      }
      end = VALUE.lastIndex;
      if (text[end] !== ',') break;
      end++;
    }
    if (text[end] !== ')') break;
    end++;
    while (text[end] === ',' || text[end] === ' ' || text[end] === '\n') end++;
  }
  memo.work += workOf(end - at);
  return matches.length === 0 ? undefined : matches;
}
