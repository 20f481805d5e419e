import { fingerprintSync, loadModule, parseSync } from 'libpg-query';
import { beforeAll, expect, test } from 'vitest';
import { analyzeSql } from '../../../src/core/sql/index.ts';
import { Generator } from './generate.ts';
import { lengthenLists, mutate } from './mutate.ts';

const signature = (sql: string, system = 'postgresql'): string => analyzeSql(sql, system).signature;

beforeAll(loadModule);

test.each([
  ['SELECT * FROM a WHERE b = 1', 'select  *\nFROM a -- note\nwhere b=$1;'],
  ['SELECT * FROM a WHERE b IN (1, 2, 3)', 'SELECT * FROM a WHERE b IN ($1)'],
  ['INSERT INTO a (b, c) VALUES (1, NULL)', "INSERT INTO a (b, c) VALUES ($1, $2), ($3, 'x'), (4, true)"],
  ['INSERT INTO a (b, c) VALUES (1, now())', 'INSERT INTO a (b, c) VALUES (1, now()), (2, now())'],
  ['SELECT * FROM a LIMIT 10 OFFSET 20', 'SELECT * FROM a LIMIT $1 OFFSET $2'],
  ['SELECT "id" FROM "users"', 'SELECT ID FROM Users'],
  ['SELECT a FROM b WHERE c = -5', 'SELECT a FROM b WHERE c = 5'],
  ['SELECT a FROM b WHERE c <> 5', 'SELECT a FROM b WHERE c != 5'],
  ['SELECT a FROM b WHERE c = :x AND d = @y AND e = %s', 'SELECT a FROM b WHERE c = ? AND d = ? AND e = ?'],
  ["SELECT a /*traceparent='00-11-22-01'*/ FROM b", "SELECT a FROM b /*traceparent='00-33-44-01'*/"],
])('signature: %s is %s', (a, b) => {
  expect(signature(a)).toBe(signature(b));
});

test.each([
  ['SELECT a FROM b', 'SELECT a FROM c'],
  ['SELECT a FROM x.b', 'SELECT a FROM y.b'],
  ['SELECT a FROM b WHERE c = 1', 'SELECT a FROM b WHERE d = 1'],
  ['SELECT a FROM b WHERE c = 1', 'SELECT a FROM b WHERE c > 1'],
  ['SELECT a FROM b WHERE c IS NULL', 'SELECT a FROM b WHERE c IS NOT NULL'],
  ['SELECT "userId" FROM b', 'SELECT userid FROM b'],
  ['SELECT (a) FROM b', 'SELECT a FROM b'],
  ['SELECT f(a), g(b)', 'SELECT f(a, g(b))'],
])('signature: %s is not %s', (a, b) => {
  expect(signature(a)).not.toBe(signature(b));
});

test('signature: does not change between releases', () => {
  expect(signature('SELECT id, name FROM users WHERE id = $1')).toBe('a9ae084ccb3cd629');
});

test("signature: statements PostgreSQL's parser gives one fingerprint have one signature", () => {
  let compared = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const random = new Generator(seed);
    const sql = random.statement();
    const fingerprint = fingerprintOf(sql);
    if (fingerprint === undefined) continue;
    for (const variant of [mutate(sql, random), mutate(sql, random), lengthenLists(sql)]) {
      if (fingerprintOf(variant) !== fingerprint) continue;
      compared++;
      expect(signature(variant), `${sql}\n${variant}`).toBe(signature(sql));
    }
  }
  expect(compared).toBeGreaterThan(1000);
});

test("collections: are the tables PostgreSQL's parser finds", () => {
  for (let seed = 1; seed <= 400; seed++) {
    const sql = new Generator(seed).statement();
    if (fingerprintOf(sql) === undefined) continue;
    const tables = new Set<string>();
    collectTables(parseSync(sql), tables);
    const found = analyzeSql(sql, 'postgresql').collections.map((name) => name.replaceAll('"', ''));
    expect(found.sort(), sql).toEqual([...tables].sort());
  }
});

function fingerprintOf(sql: string): string | undefined {
  try {
    return fingerprintSync(sql);
  } catch {
    return undefined;
  }
}

function collectTables(node: unknown, tables: Set<string>): void {
  if (Array.isArray(node)) for (const item of node) collectTables(item, tables);
  else if (typeof node === 'object' && node !== null) {
    const { relname, schemaname } = node as { relname?: string; schemaname?: string };
    if (relname !== undefined) tables.add(schemaname === undefined ? relname : `${schemaname}.${relname}`);
    for (const value of Object.values(node)) collectTables(value, tables);
  }
}
