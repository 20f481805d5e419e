import { KnexInstrumentation } from '@opentelemetry/instrumentation-knex';
import type { Knex } from 'knex';
import type { Client, Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Recorder, repeatsOf } from './recorder.ts';
import { TracedPostgres } from './traced-postgres.ts';

let traced: TracedPostgres;
let recorder: Recorder;
let pool: Pool;
let knex: Knex;
let drizzle: typeof import('drizzle-orm/node-postgres').drizzle;
let sql: typeof import('drizzle-orm').sql;

beforeAll(async () => {
  traced = await TracedPostgres.start([new KnexInstrumentation()]);
  ({ recorder, pool } = traced);
  knex = traced.load<typeof import('knex').default>('knex')({ client: 'pg', connection: traced.url });
  ({ drizzle } = traced.load<typeof import('drizzle-orm/node-postgres')>('drizzle-orm/node-postgres'));
  ({ sql } = traced.load<typeof import('drizzle-orm')>('drizzle-orm'));
}, 60_000);

afterAll(async () => {
  await knex?.destroy();
  await traced?.stop();
});

beforeEach(() => {
  recorder.ended.length = 0;
});

async function loadLines(orderId: number): Promise<void> {
  await pool.query('SELECT id, note FROM lines WHERE order_id = $1', [orderId]);
}

test('pg: a query in a loop is an N+1, with the line that runs it from the third on', async () => {
  const root = await recorder.run('GET /orders', async () => {
    for (let i = 0; i < 10; i++) await loadLines(i);
  });
  expect(repeatsOf(root)).toEqual([['sequential', 10]]);
  expect(root.attributes['agentlog.db.query_count']).toBe(10);
  expect(root.attributes['agentlog.db.duplicate_count']).toBe(9);
  const statements = recorder.takeStatements();
  expect(new Set(statements.map((span) => span.name))).toEqual(new Set(['SELECT lines']));
  expect(statements.map((span) => span.attributes['code.function.name'])).toEqual([
    undefined,
    undefined,
    ...Array<string>(8).fill('loadLines'),
  ]);
  expect(statements.at(-1)?.attributes['code.file.path']).toMatch(
    /test\/processors\/sql\/postgres\.test\.ts$/,
  );
  expect(statements.at(-1)?.attributes['code.line.number']).toEqual(expect.any(Number));
});

test('pg: few and fast repeats are a note, twenty a problem', async () => {
  const few = await recorder.run('GET /few', async () => {
    for (let i = 0; i < 5; i++) await pool.query('SELECT $1::int', [i]);
  });
  expect(few.attributes['agentlog.n_plus_one.severity']).toEqual(['note']);
  const many = await recorder.run('GET /many', async () => {
    for (let i = 0; i < 20; i++) await pool.query('SELECT $1::int', [i]);
  });
  expect(many.attributes['agentlog.n_plus_one.severity']).toEqual(['problem']);
});

test('pg: a query that works at the third try is one query, whatever is retried', async () => {
  const root = await recorder.run('GET /', async () => {
    for (let i = 0; i < 4; i++) {
      for (const divisor of [0, 0, 1]) await pool.query('SELECT 1 / $1::int', [divisor]).catch(() => 'again');
    }
  });
  expect(repeatsOf(root)).toEqual([]);
});

test('pg: one query for all is none', async () => {
  const root = await recorder.run('GET /orders', async () => {
    await pool.query('SELECT id, note FROM lines WHERE order_id = ANY ($1)', [[0, 1, 2, 3, 4, 5, 6]]);
    await pool.query('SELECT count(*) FROM lines');
  });
  expect(repeatsOf(root)).toEqual([]);
  expect(root.attributes['agentlog.db.query_count']).toBe(2);
});

test('pg: literals never leave, whatever the statement does', async () => {
  await recorder.run('GET /', async () => {
    await pool.query("SELECT * FROM lines WHERE note = 'somebody''s secret' AND id > 4711");
    await pool.query('UPDATE lines SET note = $$a secret$$ WHERE id = -4711');
    await pool.query("SELECT E'a \\' secret', note FROM lines LIMIT 1");
  });
  expect(JSON.stringify(recorder.takeStatements())).not.toMatch(/secret|4711/);
});

test('pg: Promise.all is the parallel kind', async () => {
  const root = await recorder.run('GET /orders', () =>
    Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        pool.query('SELECT id, pg_sleep(0.1) FROM lines WHERE id = $1', [i + 1]),
      ),
    ),
  );
  expect(repeatsOf(root)).toEqual([['parallel', 8]]);
  // 8 × 100 ms: few, and long.
  expect(root.attributes['agentlog.n_plus_one.severity']).toEqual(['problem']);
});

test('pg: a transaction of different statements is none, and BEGIN and COMMIT are no queries', async () => {
  const root = await recorder.run('POST /orders', () =>
    withClient(async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT * FROM lines WHERE id = $1 FOR UPDATE', [1]);
      await client.query('UPDATE lines SET note = $1 WHERE id = 1', ['a']);
      await client.query('COMMIT');
    }),
  );
  expect(repeatsOf(root)).toEqual([]);
  expect(root.attributes['agentlog.db.query_count']).toBe(2);
});

test('pg: a savepoint for each of many different writes is none', async () => {
  const root = await recorder.run('POST /orders', () =>
    withClient(async (client) => {
      await client.query('BEGIN');
      for (let i = 0; i < 8; i++) {
        await client.query(`SAVEPOINT s${i}`);
        await client.query(`RELEASE SAVEPOINT s${i}`);
      }
      await client.query('ROLLBACK');
    }),
  );
  expect(root.attributes).toEqual({});
});

test('pg: retries that fail are none', async () => {
  const root = await recorder.run('GET /', async () => {
    for (let i = 0; i < 8; i++)
      await pool.query('SELECT * FROM missing WHERE id = $1', [i]).catch(() => undefined);
  });
  expect(repeatsOf(root)).toEqual([]);
});

test('pg: pages and a cursor are none', async () => {
  const root = await recorder.run('export', () =>
    withClient(async (client) => {
      for (let i = 0; i < 8; i++) {
        await client.query('SELECT * FROM lines ORDER BY id LIMIT 10 OFFSET $1', [i * 10]);
        await client.query('SELECT * FROM lines WHERE id > $1 ORDER BY id LIMIT 10', [i * 10]);
      }
      await client.query('BEGIN');
      await client.query('DECLARE c1 CURSOR FOR SELECT * FROM lines');
      for (let i = 0; i < 8; i++) await client.query('FETCH 10 FROM c1');
      await client.query('COMMIT');
    }),
  );
  expect(repeatsOf(root)).toEqual([]);
});

test('pg: row by row is chatty, one insert of many rows is not', async () => {
  const row = (i: number): string => `(${i}, 1, 'n')`;
  const chatty = await recorder.run('POST /one', async () => {
    for (let i = 1000; i < 1008; i++) await pool.query('INSERT INTO lines VALUES ($1, 1, $2)', [i, 'n']);
  });
  expect(repeatsOf(chatty)).toEqual([['chatty_writes', 8]]);
  const batch = await recorder.run('POST /many', () =>
    pool.query(`INSERT INTO lines VALUES ${Array.from({ length: 50 }, (_, i) => row(2000 + i)).join(', ')}`),
  );
  expect(repeatsOf(batch)).toEqual([]);
});

test('pg: the same settings read again and again are duplicates', async () => {
  const root = await recorder.run('GET /', async () => {
    for (let i = 0; i < 6; i++) await pool.query('SELECT note FROM lines WHERE id = 1');
  });
  expect(repeatsOf(root)).toEqual([['duplicate', 6]]);
});

test('pg: two requests at the same time keep their own counts', async () => {
  const request = (name: string, count: number) =>
    recorder.run(name, async () => {
      for (let i = 0; i < count; i++) await loadLines(i);
    });
  const [many, few] = await Promise.all([request('GET /many', 9), request('GET /few', 3)]);
  expect(repeatsOf(many)).toEqual([['sequential', 9]]);
  expect(repeatsOf(few)).toEqual([]);
  expect(few.attributes['agentlog.db.query_count']).toBe(3);
});

test('knex: a query recorded by knex and by pg counts once', async () => {
  const root = await recorder.run('GET /orders', async () => {
    for (let i = 0; i < 7; i++) await knex('lines').where({ order_id: i }).select('id');
  });
  expect(repeatsOf(root)).toEqual([['sequential', 7]]);
  expect(root.attributes['agentlog.db.query_count']).toBe(7);
  expect(root.attributes['agentlog.n_plus_one.summary']).toEqual(['select "lines"']);
});

test('drizzle: a query in a loop is an N+1, one with a join is not', async () => {
  const db = drizzle(pool);
  const loop = await recorder.run('GET /loop', async () => {
    for (let i = 0; i < 6; i++) await db.execute(sql`select * from lines where order_id = ${i}`);
  });
  expect(repeatsOf(loop)).toEqual([['sequential', 6]]);
  const join = await recorder.run('GET /join', () =>
    db.execute(sql`select * from lines a join lines b on a.order_id = b.id`),
  );
  expect(repeatsOf(join)).toEqual([]);
});

async function withClient(work: (client: Client) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await work(client as unknown as Client);
  } finally {
    client.release();
  }
}
