import { DatabaseSync } from 'node:sqlite';
import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { eq } from 'drizzle-orm';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { drizzle } from 'drizzle-orm/sqlite-proxy';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyzeSql } from '../../../src/core/sql/index.ts';
import { Recorder, repeatsOf } from './recorder.ts';

const recorder = new Recorder();
const database = new DatabaseSync(':memory:', { enableDoubleQuotedStringLiterals: true });
const lines = sqliteTable('lines', {
  id: integer('id').primaryKey(),
  orderId: integer('order_id'),
  note: text('note'),
});

/** node:sqlite has no instrumentation: a span around each statement, as one would write it. */
function query(sql: string, values: (string | number)[] = []): Record<string, unknown>[] {
  const parent = trace.getActiveSpan() as Span;
  const span = recorder.start('sqlite', SpanKind.CLIENT, parent, {
    'db.system.name': 'sqlite',
    'db.query.text': sql,
  });
  try {
    return database.prepare(sql).all(...values) as Record<string, unknown>[];
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

const db = drizzle((sql, values) => {
  const rows = query(sql, values as (string | number)[]);
  return Promise.resolve({ rows: rows.map((row) => Object.values(row)) });
});

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  database.exec('CREATE TABLE lines (id INTEGER PRIMARY KEY, order_id INT, note TEXT)');
  const insert = database.prepare('INSERT INTO lines VALUES (?, ?, ?)');
  for (let i = 0; i < 100; i++) insert.run(i, i % 10, `line ${i}`);
});

afterAll(() => context.disable());

test('SQLite: Drizzle in a loop is an N+1', async () => {
  const root = await recorder.run('GET /orders', async () => {
    for (let i = 0; i < 8; i++) await db.select().from(lines).where(eq(lines.orderId, i));
  });
  expect(root.attributes['agentlog.n_plus_one.summary']).toEqual(['select "lines"']);
  expect(root.attributes['agentlog.n_plus_one.count']).toEqual([8]);
  expect(root.attributes['agentlog.n_plus_one.kind']).toEqual(['sequential']);
});

const INSERT = 'INSERT INTO lines (id, note) VALUES (?, ?)';

test.each<[string, () => Promise<void> | void, unknown[]]>([
  [
    'a transaction of different statements is none',
    () => {
      for (const sql of [
        'BEGIN',
        'SELECT 1 FROM lines',
        "UPDATE lines SET note = 'x' WHERE id = 1",
        'COMMIT',
      ])
        query(sql);
    },
    [],
  ],
  [
    'savepoints are none',
    () => {
      query('BEGIN');
      for (let i = 0; i < 8; i++) for (const sql of ['SAVEPOINT s', 'RELEASE s']) query(sql);
      query('ROLLBACK');
    },
    [],
  ],
  [
    'retries that fail are none',
    () => {
      for (let i = 0; i < 8; i++) expect(() => query(INSERT, [1, 'taken'])).toThrow('UNIQUE');
    },
    [],
  ],
  [
    'pages are none',
    () => {
      for (let i = 0; i < 8; i++) {
        query('SELECT * FROM lines ORDER BY id LIMIT 10 OFFSET ?', [i * 10]);
        query('SELECT * FROM lines WHERE id > ? ORDER BY id LIMIT 10', [i * 10]);
      }
    },
    [],
  ],
  [
    'a batch insert is none',
    () => {
      query(
        `INSERT INTO lines (id, note) VALUES ${Array(50).fill('(NULL, ?)').join(', ')}`,
        Array(50).fill('n'),
      );
    },
    [],
  ],
  [
    'row by row is chatty',
    () => {
      for (let i = 0; i < 8; i++) query(INSERT, [5000 + i, 'n']);
    },
    [['chatty_writes', 8]],
  ],
  [
    'the same question again and again is a duplicate',
    () => {
      for (let i = 0; i < 6; i++) query('SELECT count(*) FROM lines');
    },
    [['duplicate', 6]],
  ],
  [
    'Promise.all on a database that runs in line is one after another',
    async () => {
      await Promise.all(
        Array.from({ length: 8 }, (_, i) => db.select().from(lines).where(eq(lines.orderId, i))),
      );
    },
    [['sequential', 8]],
  ],
])('SQLite: %s', async (name, work, expected) => {
  const root = await recorder.run(name, () => Promise.resolve(work()));
  expect(repeatsOf(root)).toEqual(expected);
});

test('SQLite: two requests at the same time keep their own counts', async () => {
  const request = (name: string, count: number) =>
    recorder.run(name, async () => {
      for (let i = 0; i < count; i++) await db.select().from(lines).where(eq(lines.orderId, i));
    });
  const [many, few] = await Promise.all([request('GET /many', 9), request('GET /few', 3)]);
  expect(repeatsOf(many)).toEqual([['sequential', 9]]);
  expect(repeatsOf(few)).toEqual([]);
  expect(few.attributes['agentlog.db.query_count']).toBe(3);
});

test('SQLite: one query is none', async () => {
  const root = await recorder.run('GET /order', () => db.select().from(lines));
  expect(root.attributes).toEqual({ 'agentlog.db.query_count': 1, 'agentlog.db.duplicate_count': 0 });
});

test('SQLite: literals in its own spellings never leave', async () => {
  await recorder.run('GET /', () => {
    query('SELECT note FROM lines WHERE note = "a secret" OR id = 0x1267');
    query("SELECT [note] FROM `lines` WHERE note LIKE 'it''s secret%' AND id > 4711.5e0");
    query("SELECT x'5EC8E7', 'secret' || note FROM lines LIMIT 4711");
    return Promise.resolve();
  });
  expect(JSON.stringify(recorder.takeStatements())).not.toMatch(/secret|4711|1267|5EC8E7/);
});

test('SQLite: what is left after sanitising is still the same statement to SQLite', () => {
  for (const sql of [
    'SELECT "id", [note], `order_id` FROM lines WHERE id IN (1, 2, 3) AND note <> \'x\' ORDER BY "id"',
    "SELECT count(*), max(id) - 5 FROM lines WHERE note GLOB 'a*' GROUP BY order_id HAVING count(*) > 2",
    "WITH x AS (SELECT * FROM lines WHERE id < 10) SELECT x.note || '!' FROM x LEFT JOIN lines l ON l.id = x.id",
  ]) {
    const { text: sanitised } = analyzeSql(sql, 'sqlite');
    expect(sanitised).not.toBe(sql);
    expect(() => database.prepare(sanitised), sanitised).not.toThrow();
  }
});
