import { expect, test } from 'vitest';
import { analyzeSql } from '../../../src/core/sql/index.ts';

/** Statement, its summary. The grammar: semconv "Generating a summary of the query". */
const SUMMARIES: readonly (readonly [string, string])[] = [
  ['SELECT id, name FROM customers WHERE id = 42', 'SELECT customers'],
  ['select * from customers', 'select customers'],
  ['SELECT 1', 'SELECT'],
  ['SELECT c.id FROM crm.customers c', 'SELECT crm.customers'],
  ['SELECT * FROM "my customers", [old ones], `new``ones`', 'SELECT "my customers" [old ones] `new``ones`'],
  ["SELECT * FROM songs, 'artists'", "SELECT songs 'artists'"],
  ['SELECT * FROM "crm"."customers" c JOIN a.b.c x ON x.id = c.id', 'SELECT "crm"."customers" a.b.c'],
  ['SELECT * FROM a, b AS bb, c JOIN d ON c.id = d.c_id, e', 'SELECT a b c d e'],
  ['SELECT * FROM a NATURAL LEFT OUTER JOIN b CROSS JOIN c', 'SELECT a b c'],
  ['SELECT * FROM a STRAIGHT_JOIN b', 'SELECT a b'],
  ['SELECT * FROM a CROSS APPLY f(a.id) x OUTER APPLY (SELECT * FROM b) y', 'SELECT a f SELECT b'],
  ['SELECT * FROM a, LATERAL (SELECT 1 FROM b WHERE b.id = a.id) x', 'SELECT a SELECT b'],
  ['SELECT * FROM generate_series(1, (SELECT max(id) FROM a)) g', 'SELECT generate_series SELECT a'],
  ['SELECT * FROM (SELECT * FROM a) x, (SELECT * FROM b) y, c', 'SELECT SELECT a SELECT b c'],
  ['SELECT * FROM (a JOIN b ON a.id = b.id), c', 'SELECT a b c'],
  ['SELECT (SELECT max(x) FROM b) AS m, c FROM a', 'SELECT SELECT b a'],
  [
    'SELECT * FROM a WHERE x IN (SELECT y FROM b WHERE z = ANY (SELECT w FROM c))',
    'SELECT a SELECT b SELECT c',
  ],
  ['SELECT x FROM a UNION ALL SELECT y FROM b EXCEPT SELECT z FROM c', 'SELECT a SELECT b SELECT c'],
  ['(SELECT x FROM a) UNION (SELECT y FROM b) ORDER BY 1', 'SELECT a SELECT b'],
  ['SELECT EXTRACT(year FROM t) FROM a', 'SELECT a'],
  ['SELECT a IS DISTINCT FROM b FROM c', 'SELECT c'],
  ['SELECT * FROM a WHERE trim(both from b) = c ORDER BY d, e', 'SELECT a'],
  ['SELECT * FROM a FOR UPDATE OF a SKIP LOCKED', 'SELECT a'],
  ['SELECT * INTO t FROM a, b GROUP BY c, d', 'SELECT a b'],
  ['SELECT * FROM ONLY a', 'SELECT a'],
  ['SELECT * FROM insert', 'SELECT insert'],
  ['SELECT * FROM a AS update', 'SELECT a'],
  ['SELECT delete, merge FROM a', 'SELECT a'],
  ['SELECT * FROM a@link', 'SELECT a@link'],
  [
    'WITH x AS (SELECT * FROM a), y (n) AS (SELECT * FROM x JOIN b ON true) SELECT * FROM y',
    'SELECT a SELECT b SELECT',
  ],
  [
    'WITH RECURSIVE t AS (SELECT 1 FROM a UNION ALL SELECT 2 FROM t JOIN b ON true) SELECT * FROM t',
    'SELECT a SELECT b SELECT',
  ],
  [
    'WITH gone AS (DELETE FROM a WHERE id = $1 RETURNING *) INSERT INTO b SELECT * FROM gone',
    'DELETE a INSERT b SELECT',
  ],
  ['WITH x AS MATERIALIZED (SELECT * FROM a) UPDATE b SET c = (SELECT c FROM x)', 'SELECT a UPDATE b SELECT'],
  ['WITH x AS (VALUES (1), (2)) SELECT * FROM x', 'SELECT'],
  ['INSERT INTO a (b, c) VALUES (1, 2), (3, 4)', 'INSERT a'],
  ['INSERT INTO a SELECT * FROM b ON CONFLICT (id) DO UPDATE SET x = 1, y = 2', 'INSERT a SELECT b'],
  ['INSERT INTO a (b) VALUES (1) ON DUPLICATE KEY UPDATE b = 2, c = 3', 'INSERT a'],
  ["INSERT a SET b = 'x'", 'INSERT a'],
  ['INSERT dbo.a (b) VALUES (1)', 'INSERT dbo.a'],
  ['INSERT OVERWRITE TABLE a SELECT * FROM b', 'INSERT a SELECT b'],
  ['INSERT or whatever else', 'INSERT'],
  ['EXECUTE PROCEDURE do_it(1)', 'EXECUTE do_it'],
  ['BEGIN BATCH INSERT INTO a (b) VALUES (1); APPLY BATCH', 'BEGIN INSERT a'],
  ['INSERT OR REPLACE INTO a VALUES (1)', 'INSERT a'],
  ['REPLACE INTO a VALUES (1)', 'REPLACE a'],
  ['UPDATE a SET b = (SELECT c FROM d) WHERE e = 1', 'UPDATE a SELECT d'],
  ['UPDATE a JOIN b ON a.id = b.id SET a.x = b.x', 'UPDATE a'],
  ['UPDATE a SET x = b.x FROM b WHERE a.id = b.id', 'UPDATE a'],
  ['UPDATE OR IGNORE a SET x = 1', 'UPDATE a'],
  ['DELETE FROM a USING b WHERE a.id = b.id', 'DELETE a'],
  ['DELETE a FROM a JOIN b ON a.id = b.id', 'DELETE a'],
  ['DELETE x FROM a x JOIN b ON x.id = b.id', 'DELETE a'],
  ['DELETE x OUTPUT deleted.id FROM a x', 'DELETE a'],
  ['DELETE x, y FROM a x JOIN b y ON x.id = y.id', 'DELETE a'],
  ['DELETE a WHERE id IN (SELECT id FROM b)', 'DELETE a SELECT b'],
  ['DELETE a', 'DELETE a'],
  ['DELETE TOP (5) a; SELECT 1', 'DELETE a; SELECT'],
  ['INSERT TOP (5) INTO a SELECT * FROM b', 'INSERT a SELECT b'],
  ['INSERT ALL INTO a (x) VALUES (1) INTO b (x) VALUES (2) SELECT * FROM c', 'INSERT a b SELECT c'],
  [
    'INSERT FIRST WHEN x > 1 THEN INTO a VALUES (x) ELSE INTO b VALUES (y) SELECT x, y FROM c',
    'INSERT a b SELECT c',
  ],
  ['INSERT INTO a (x) VALUES (1) RETURNING id INTO v', 'INSERT a'],
  ['CREATE OR ALTER PROCEDURE p AS SELECT * FROM a', 'CREATE PROCEDURE p SELECT a'],
  ['CREATE PROCEDURE p() BEGIN SELECT * FROM a; END; CALL p()', 'CREATE PROCEDURE p SELECT a; CALL p'],
  ['END', 'END'],
  [
    'MERGE INTO a USING (SELECT * FROM b) s ON a.id = s.id WHEN MATCHED THEN UPDATE SET x = 1',
    'MERGE a SELECT b',
  ],
  ['CALL do_it(1)', 'CALL do_it'],
  ['EXEC @result = dbo.do_it @a = 1', 'EXEC dbo.do_it'],
  ['{call do_it(?)}', 'call do_it'],
  ['CREATE TABLE IF NOT EXISTS a (id int)', 'CREATE TABLE a'],
  ['CREATE TEMPORARY TABLE a AS SELECT * FROM b', 'CREATE TABLE a SELECT b'],
  [
    'CREATE OR REPLACE VIEW v AS WITH x AS (SELECT * FROM a) SELECT * FROM x',
    'CREATE VIEW v SELECT a SELECT',
  ],
  ['CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON a (b)', 'CREATE INDEX i'],
  ['ALTER TABLE a ADD COLUMN b int, DROP COLUMN c', 'ALTER TABLE a'],
  ['DROP TABLE IF EXISTS a, b CASCADE', 'DROP TABLE a b'],
  ['TRUNCATE TABLE a', 'TRUNCATE TABLE a'],
  ['TRUNCATE a', 'TRUNCATE a'],
  ['BEGIN', 'BEGIN'],
  ['START TRANSACTION ISOLATION LEVEL SERIALIZABLE', 'START TRANSACTION'],
  ['ROLLBACK TO SAVEPOINT sp_17', 'ROLLBACK'],
  ['SAVEPOINT sp_17', 'SAVEPOINT'],
  ['SET search_path TO a, b', 'SET'],
  ['GRANT SELECT ON a TO b', 'GRANT'],
  ['EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM a', 'EXPLAIN SELECT a'],
  ['EXPLAIN QUERY PLAN SELECT * FROM a', 'EXPLAIN SELECT a'],
  ['SELECT * FROM a; ; DELETE FROM b;', 'SELECT a; DELETE b'],
  ['VALUES (1), (2)', 'VALUES'],
  ['from Customer where id = 1', 'select Customer'],
  ['/* SELECT x FROM no */ SELECT * FROM a -- FROM b', 'SELECT a'],
  ['', ''],
  [' ; ', ''],
  ['hello there, how is the weather FROM here', ''],
  ['SELECT * FROM', 'SELECT'],
  ['UPDATE', 'UPDATE'],
  ["SELECT * FROM a WHERE b = 'cut o", 'SELECT a'],
  ['INSERT INTO a SELECT * FROM (SELECT * FR', 'INSERT a SELECT SELECT'],
];

test.each(SUMMARIES)('summary: %s', (sql, summary) => {
  expect(analyzeSql(sql).summary).toBe(summary);
});

test.each([
  ['SELECT * FROM "a", "b c" JOIN "d.e" ON 1', 'SELECT "a" "b c" "d.e"'],
  ['INSERT INTO "a" ("b") VALUES ("c")', 'INSERT "a"'],
  ['UPDATE "a" SET b = "c"', 'UPDATE "a"'],
  ['DELETE FROM "a" WHERE b = "c"', 'DELETE "a"'],
  ['SELECT "c" FROM a WHERE b = "d"', 'SELECT a'],
])("summary: a table in MySQL's ANSI quotes is named, its text masked: %s", (sql, summary) => {
  const facts = analyzeSql(sql, 'mysql');
  expect(facts.summary).toBe(summary);
  expect(facts.text).not.toContain('"');
});

test('summary: is cut at a whole target within 255 characters', () => {
  const tables = Array.from({ length: 60 }, (_, i) => `table_number_${i}`);
  const { summary } = analyzeSql(`SELECT * FROM ${tables.join(', ')}`);
  expect(summary.length).toBeLessThanOrEqual(255);
  expect(summary.length).toBeGreaterThan(230);
  expect(tables).toContain(summary.split(' ').at(-1));
});

test('summary: parentheses nested a thousand deep lose targets, not the statement', () => {
  const depth = 1000;
  const sql = `${'SELECT * FROM ('.repeat(depth)}SELECT * FROM a${')'.repeat(depth)}`;
  expect(analyzeSql(sql).summary).toMatch(/^SELECT SELECT SELECT/);
});

test.each([
  ['SELECT * FROM a', 'read'],
  ['SELECT * FROM a FOR UPDATE', 'read'],
  ['WITH x AS (DELETE FROM a RETURNING id) SELECT * FROM x', 'write'],
  ['INSERT INTO a VALUES (1)', 'write'],
  ['SELECT 1; UPDATE a SET b = 1', 'write'],
  ['BEGIN', 'transaction'],
  ['COMMIT', 'transaction'],
  ['SAVEPOINT x', 'transaction'],
  ['SET x = 1', 'session'],
  ['SHOW server_version', 'session'],
  ['SELECT 1', 'session'],
  ['SELECT now()', 'session'],
  ['SELECT my_function($1)', 'read'],
  ["SELECT nextval('ids')", 'read'],
  ['SELECT * FROM pg_catalog.pg_class c JOIN pg_type t ON true', 'catalog'],
  ['SELECT * FROM "information_schema"."tables"', 'catalog'],
  ["SELECT name FROM sqlite_master WHERE type = 'table'", 'catalog'],
  ['SELECT * FROM pg_class, users', 'read'],
  ['CREATE TABLE a (b int)', 'other'],
  ['CALL do_it()', 'other'],
  ['nonsense', 'other'],
])('kind: %s is %s', (sql, kind) => {
  expect(analyzeSql(sql, 'postgresql').kind).toBe(kind);
});

test.each([
  ['SELECT * FROM a ORDER BY id LIMIT 10 OFFSET $1', true],
  ['SELECT * FROM a WHERE id > $1 ORDER BY id LIMIT 100', true],
  ['SELECT * FROM a WHERE tenant = $2 AND a.id < $1 ORDER BY "id" DESC LIMIT 100', true],
  ['SELECT * FROM a WHERE post_id = $1 ORDER BY created_at DESC LIMIT 3', false],
  ['SELECT * FROM a WHERE user_id = $1 AND created_at > $2 ORDER BY created_at DESC LIMIT 5', false],
  ['SELECT * FROM a WHERE id = $1 LIMIT $2 OFFSET $3', false],
  ['SELECT * FROM a WHERE post_id = $1 ORDER BY id LIMIT 3 OFFSET 0', false],
])('paging: %s', (sql, paged) => {
  expect(analyzeSql(sql, 'postgresql').paged).toBe(paged);
});
