import { expect, test } from 'vitest';
import { analyzeSql } from '../../../src/core/sql/index.ts';

const text = (sql: string, system?: string): string => analyzeSql(sql, system).text;

test.each([
  ["SELECT * FROM a WHERE b = 'x' AND c = 17", 'SELECT * FROM a WHERE b = ? AND c = ?'],
  ['SELECT 12, -12, +12, 1.5, .5, -.5, 1e9, 2E+9, 1.2e-9', 'SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?'],
  ['SELECT a-1, a - 1, (a)-1, 99+100', 'SELECT a-?, a - ?, (a)-?, ?+?'],
  ['SELECT 0xDEADBEEF, 0b1010, 1_000_000, 10s', 'SELECT ?, ?, ?, ?'],
  ["SELECT 'it''s', '', 'a' 'b'", 'SELECT ?, ?, ? ?'],
  ["SELECT N'x', X'1F', B'01', U&'d', _utf8'x'", 'SELECT ?, ?, ?, ?, ?'],
  ['SELECT c3po, r2d2 FROM covid19 WHERE n1h1=1234', 'SELECT c3po, r2d2 FROM covid19 WHERE n1h1=?'],
  ["SELECT  *\n\tFROM a  WHERE b='x'", 'SELECT  *\n\tFROM a  WHERE b=?'],
  ["SELECT DATE '2026-01-01', INTERVAL '1 day'", 'SELECT DATE ?, INTERVAL ?'],
  ['SELECT a IS TRUE, b = true, NULL FROM c', 'SELECT a IS TRUE, b = ?, NULL FROM c'],
  [
    'SELECT * FROM a WHERE b = 5132b130-ae79-11e4-ab27-0800200c9a66 AND c = abcdef01-ae79-11e4-ab27-0800200c9a66',
    'SELECT * FROM a WHERE b = ? AND c = ?',
  ],
  ["SELECT * FROM a WHERE b = 'cut off", 'SELECT * FROM a WHERE b = ?'],
  ["GRANT ALL ON d.* TO 'u'@'h'", 'GRANT ALL ON d.* TO ?@?'],
  ['SELECT a FROM b WHERE c IN (1, 2, 3)', 'SELECT a FROM b WHERE c IN (?, ?, ?)'],
])('text: %s', (sql, expected) => {
  expect(text(sql)).toBe(expected);
});

test.each([
  'SELECT * FROM a WHERE b = $1 AND c = ? AND d = :name AND e = @p1 AND f = %s AND g = %(x)s',
  'SELECT data->>$1, a ?| $2, a @> $3, b::int FROM t WHERE x IS NOT NULL AND y IS TRUE',
  'select   A  from   B -- a note',
  '/* plain note */ SELECT a FROM table1',
  'BEGIN',
  '',
])('text: %s has no literal and stays the very same string', (sql) => {
  expect(text(sql, 'postgresql')).toBe(sql);
});

test('text: PostgreSQL: E strings, dollar quotes, JSON operators, slices', () => {
  const pg = (sql: string): string => text(sql, 'postgresql');
  expect(pg("SELECT E'it\\'s', 'C:\\', $$a'b$$, $x$a$$b$x$")).toBe('SELECT ?, ?, ?, ?');
  expect(pg("SELECT a->'k'->>'l', b #> '{x}', c ? 'k', d ?| array['a']")).toBe(
    'SELECT a->?->>?, b #> ?, c ? ?, d ?| array[?]',
  );
  expect(pg('SELECT a[1], a[1:2], "x1" FROM "t 1"')).toBe('SELECT a[?], a[?:?], "x1" FROM "t 1"');
  expect(pg("SELECT /* a /* b */ 'c' */ 'd'")).toBe('SELECT /*?*/ ?');
});

test('text: MySQL: double quotes are strings, backslashes escape, comments that run are code', () => {
  const mysql = (sql: string): string => text(sql, 'mysql');
  expect(mysql('SELECT "it\\"s", \'it\\\'s\', `a b` FROM t')).toBe('SELECT ?, ?, `a b` FROM t');
  expect(mysql("SELECT 1 # it's a note\n, 5--3")).toBe('SELECT ? -- ?\n, ?-?');
  expect(mysql("SELECT /*!40101 'x', */ a FROM t")).toBe('SELECT /*!40101 ?, */ a FROM t');
});

test('text: SQL Server: brackets are names, $ is money', () => {
  expect(text("SELECT [a 1], $123.45, N'x' FROM [dbo].[t]]x]", 'microsoft.sql_server')).toBe(
    'SELECT [a 1], ?, ? FROM [dbo].[t]]x]',
  );
});

test("text: Oracle: q'[…]' is a string", () => {
  expect(text("SELECT q'[it's]', nq'{a}' FROM dual WHERE a = :1", 'oracle.db')).toBe(
    'SELECT ?, ? FROM dual WHERE a = :1',
  );
});

test('text: SQLite: a double-quoted name stays, one that is compared with is masked', () => {
  expect(text('SELECT "id" FROM "users" WHERE "users"."name" = "ada"', 'sqlite')).toBe(
    'SELECT "id" FROM "users" WHERE "users"."name" = ?',
  );
});

test('text: an unknown database: whatever may be a string is masked', () => {
  expect(text('SELECT * FROM "t" WHERE a = "secret"')).toBe('SELECT * FROM "t" WHERE a = ?');
  expect(text("SELECT 'it\\'s secret', 'more'")).toBe('SELECT ?');
  expect(text("SELECT 'C:\\', 'secret'")).toBe('SELECT ?');
});

test('text: an unquoted password is masked', () => {
  const secret = ['Pass', 'word', '1'].join('');
  for (const sql of [
    `CREATE USER ada PASSWORD ${secret}`,
    `ALTER USER ada IDENTIFIED BY ${secret} REPLACE ${secret}`,
    `ALTER SYSTEM SET BACKUP PASSWORD "${secret}"`,
    `CONNECT ada PASSWORD ${secret}`,
    `GRANT ALL ON a.* TO ada IDENTIFIED BY ${secret}`,
  ]) {
    expect(text(sql)).not.toContain(secret);
    expect(text(sql)).toContain('ada'.repeat(sql.includes('ada') ? 1 : 0));
  }
  expect(text('SELECT password FROM users')).toBe('SELECT password FROM users');
  expect(text('CREATE TABLE users (password VARCHAR)')).toBe('CREATE TABLE users (password VARCHAR)');
});

test('text: a comment that quotes a value is emptied, sqlcommenter included', () => {
  expect(text("SELECT a FROM t /*traceparent='00-abcd-01',route='/users'*/")).toBe('SELECT a FROM t /*?*/');
  expect(text('SELECT a FROM t -- user 123456\nWHERE b')).toBe('SELECT a FROM t -- ?\nWHERE b');
});
