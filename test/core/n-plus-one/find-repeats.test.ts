import { expect, test } from 'vitest';
import { findRepeats } from '../../../src/core/n-plus-one/index.ts';
import { TraceBuilder } from './trace-builder.ts';

const ITEM = 'SELECT * FROM items WHERE order_id = $1';

/** A request with `count` statements one after the other, each `ms` long with `gap` between. */
function loop(count: number, text: (i: number) => string, ms = 1, gap = 0.1): TraceBuilder {
  const trace = new TraceBuilder().span('root', { from: 0, to: count * (ms + gap) + 1, kind: 2 });
  for (let i = 0; i < count; i++) trace.sql(`q${i}`, 'root', i * (ms + gap), i * (ms + gap) + ms, text(i));
  return trace;
}

/*
 * root ─┬─ q0 … q9   SELECT items, one after the other
 */
test('N+1: names statement, count, parent and spans', () => {
  const [repeat, ...others] = findRepeats(loop(10, () => ITEM, 6).build());
  expect(others).toEqual([]);
  expect(repeat).toMatchObject({
    parentSpanId: 'root',
    summary: 'SELECT items',
    count: 10,
    durationMs: 60,
    kind: 'sequential',
    severity: 'problem',
  });
  expect(repeat?.spanIds).toEqual(Array.from({ length: 10 }, (_, i) => `q${i}`));
  expect(repeat?.signature).toMatch(/^[0-9a-f]{16}$/);
});

test('N+1: four repeats are none, five a note, twenty or 50 ms a problem', () => {
  expect(findRepeats(loop(4, () => ITEM, 100).build())).toEqual([]);
  expect(findRepeats(loop(5, () => ITEM, 1).build())[0]?.severity).toBe('note');
  expect(findRepeats(loop(5, () => ITEM, 10).build())[0]?.severity).toBe('problem');
  expect(findRepeats(loop(20, () => ITEM, 0.1).build())[0]?.severity).toBe('problem');
});

test('N+1: statements that differ in their literals only are one', () => {
  const repeats = findRepeats(loop(6, (i) => `SELECT * FROM items WHERE order_id = ${i}`).build());
  expect(repeats).toMatchObject([{ count: 6, kind: 'sequential' }]);
});

test('duplicates: the very same statement without parameters is told apart', () => {
  const repeats = findRepeats(loop(6, () => 'SELECT * FROM settings').build());
  expect(repeats).toMatchObject([{ count: 6, kind: 'duplicate' }]);
});

test('duplicates: the same parameters, where the instrumentation records them', () => {
  const withParameter = (value: (i: number) => string): TraceBuilder => {
    const trace = new TraceBuilder().span('root', { from: 0, to: 100, kind: 2 });
    for (let i = 0; i < 6; i++)
      trace.sql(`q${i}`, 'root', i, i + 1, ITEM, { attributes: { 'db.query.parameter.0': value(i) } });
    return trace;
  };
  expect(findRepeats(withParameter(() => '7').build())[0]?.kind).toBe('duplicate');
  expect(findRepeats(withParameter(String).build())[0]?.kind).toBe('sequential');
});

test('N+1: other statements between them make no difference', () => {
  const trace = loop(12, (i) => (i % 2 === 0 ? ITEM : `SELECT * FROM t${i}`)).build();
  expect(findRepeats(trace)).toMatchObject([{ summary: 'SELECT items', count: 6 }]);
});

test('N+1: all at once is parallel', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 100, kind: 2 });
  for (let i = 0; i < 10; i++) trace.sql(`q${i}`, 'root', i * 0.1, 20 + i, ITEM);
  expect(findRepeats(trace.build())).toMatchObject([{ count: 10, kind: 'parallel', parentSpanId: 'root' }]);
});

/*
 * root ─┬─ resolve0 ── orm0 ── client0 ── q0
 *       ├─ resolve1 ── orm1 ── client1 ── q1   …
 */
test('N+1: one after another within a clock tick is not side by side', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 100, kind: 2 });
  // Starts are told in whole milliseconds, durations are not.
  for (let i = 0; i < 12; i++) trace.sql(`q${i}`, 'root', Math.floor(i / 4), Math.floor(i / 4) + 0.25, ITEM);
  expect(findRepeats(trace.build())).toMatchObject([{ kind: 'sequential', count: 12 }]);
});

test('N+1: found at the common parent through three spans between', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 100, kind: 2 });
  for (let i = 0; i < 7; i++) {
    const from = i * 10;
    trace
      .span(`resolve${i}`, { parent: 'root', from, to: from + 9 })
      .span(`orm${i}`, { parent: `resolve${i}`, from, to: from + 8 })
      .span(`client${i}`, { parent: `orm${i}`, from, to: from + 7 })
      .sql(`q${i}`, `client${i}`, from, from + 6, ITEM);
  }
  expect(findRepeats(trace.build())).toMatchObject([{ parentSpanId: 'root', count: 7, kind: 'sequential' }]);
});

test('N+1: four spans between are too far', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 100, kind: 2 });
  for (let i = 0; i < 7; i++) {
    const from = i * 10;
    trace.span(`a${i}`, { parent: 'root', from, to: from + 9 });
    for (const [inner, outer] of ['ba', 'cb', 'dc'].map((pair) => [...pair])) {
      trace.span(`${inner}${i}`, { parent: `${outer}${i}`, from, to: from + 9 });
    }
    trace.sql(`q${i}`, `d${i}`, from, from + 6, ITEM);
  }
  expect(findRepeats(trace.build())).toEqual([]);
});

test('N+1: is reported once, at the nearest parent that explains it', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 200, kind: 2 });
  for (const [p, parent] of ['first', 'second'].entries()) {
    trace.span(parent, { parent: 'root', from: p * 100, to: p * 100 + 90 });
    for (let i = 0; i < 6; i++)
      trace.sql(`${parent}${i}`, parent, p * 100 + i * 10, p * 100 + i * 10 + 9, ITEM);
  }
  expect(findRepeats(trace.build()).map(({ parentSpanId, count }) => [parentSpanId, count])).toEqual([
    ['first', 6],
    ['second', 6],
  ]);
});

test('N+1: a statement recorded by ORM and driver counts once', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 100, kind: 2 });
  for (let i = 0; i < 5; i++) {
    trace.sql(`knex${i}`, 'root', i * 10, i * 10 + 9, 'select * from items where order_id = ?');
    trace.sql(`pg${i}`, `knex${i}`, i * 10 + 1, i * 10 + 8, ITEM);
  }
  const repeats = findRepeats(trace.build());
  expect(repeats).toMatchObject([{ parentSpanId: 'root', count: 5 }]);
  expect(repeats[0]?.spanIds).toEqual(['pg0', 'pg1', 'pg2', 'pg3', 'pg4']);
});

test.each([
  ['transactions', (i: number) => (i % 2 === 0 ? 'BEGIN' : 'COMMIT')],
  ['savepoints', (i: number) => `SAVEPOINT sp_${i}`],
  ['settings', () => 'SET search_path TO tenant_1'],
  ['health checks', () => 'SELECT 1'],
  ['catalog queries', (i: number) => `SELECT * FROM pg_class WHERE oid = ${i}`],
  ['pages by offset', (i: number) => `SELECT * FROM items ORDER BY id LIMIT 100 OFFSET ${i * 100}`],
  ['pages by key', (i: number) => `SELECT * FROM items WHERE id > ${i * 100} ORDER BY id LIMIT 100`],
  ['a cursor', () => 'FETCH 100 FROM c1'],
  ['batches', (i: number) => `SELECT * FROM t${i} WHERE id IN (1, 2, 3)`],
])('no N+1: %s', (_name, text) => {
  expect(findRepeats(loop(12, text, 10).build())).toEqual([]);
});

test('no N+1: a retry that failed before does not count', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 100, kind: 2 });
  for (let i = 0; i < 7; i++) trace.sql(`q${i}`, 'root', i, i + 0.9, ITEM, { failed: i < 6 });
  expect(findRepeats(trace.build())).toEqual([]);
});

test('no N+1: a loop that waits a second between two queries polls', () => {
  expect(findRepeats(loop(10, () => ITEM, 5, 1500).build())).toEqual([]);
  // There is one wait less than there are queries.
  expect(findRepeats(loop(10, () => ITEM, 5, 1001).build())).toEqual([]);
  expect(findRepeats(loop(10, () => ITEM, 5, 999).build())).toHaveLength(1);
});

test('chatty writes: the same insert row by row', () => {
  const repeats = findRepeats(loop(8, () => 'INSERT INTO items (a) VALUES ($1)').build());
  expect(repeats).toMatchObject([{ kind: 'chatty_writes', summary: 'INSERT items', count: 8 }]);
});

test('N+1: two databases with the same tables are two', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 100, kind: 2 });
  for (let i = 0; i < 8; i++)
    trace.sql(`q${i}`, 'root', i, i + 1, ITEM, { attributes: { 'db.namespace': `db${i % 2}` } });
  expect(findRepeats(trace.build())).toEqual([]);
});

test('N+1: a request answered in the same process is its own affair', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 100, kind: 2 });
  for (let i = 0; i < 6; i++) {
    trace.span(`in${i}`, { parent: 'root', from: i * 10, to: i * 10 + 9, kind: 2 });
    trace.sql(`q${i}`, `in${i}`, i * 10, i * 10 + 8, ITEM);
  }
  expect(findRepeats(trace.build())).toEqual([]);
});

test('N+1: queries that outlive their parent still belong to it', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 1, kind: 2 });
  for (let i = 0; i < 6; i++) trace.sql(`q${i}`, 'root', i, i + 1, ITEM);
  expect(findRepeats(trace.build())).toMatchObject([{ parentSpanId: 'root', count: 6 }]);
});

test('N+1: below a parent that is missing they are found as well', () => {
  const trace = new TraceBuilder();
  for (let i = 0; i < 6; i++) trace.sql(`q${i}`, 'lost', i, i + 1, ITEM);
  // A request from outside is the affair of whoever is called.
  for (let i = 0; i < 6; i++) trace.span(`s${i}`, { parent: 'away', from: i, to: i + 1, kind: 2 });
  for (let i = 0; i < 6; i++) trace.sql(`t${i}`, `s${i}`, i, i + 1, ITEM);
  expect(findRepeats(trace.build())).toMatchObject([{ parentSpanId: 'lost', count: 6, kind: 'sequential' }]);
});

test('N+1: spans of older SDKs are understood', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 100, kind: 2 });
  for (let i = 0; i < 6; i++) {
    const attributes = { 'db.system': 'mysql', 'db.statement': `SELECT * FROM items WHERE id = "x${i}"` };
    trace.span(`q${i}`, { parent: 'root', from: i, to: i + 1, kind: 3, attributes });
  }
  expect(findRepeats(trace.build())).toMatchObject([
    { summary: 'SELECT items', count: 6, kind: 'sequential' },
  ]);
});

test('N+1: is named by the summary the span carries, when its text says less', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 100, kind: 2 });
  const attributes = { 'db.system.name': 'mysql', 'db.query.summary': 'SELECT "items"' };
  for (let i = 0; i < 6; i++)
    trace.sql(`q${i}`, 'root', i, i + 1, 'SELECT * FROM ? WHERE ? = ?', { attributes });
  expect(findRepeats(trace.build())).toMatchObject([{ summary: 'SELECT "items"', count: 6 }]);
});

test('N+1: MongoDB, by the shape of the filter', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 100, kind: 2 });
  for (let i = 0; i < 6; i++) {
    const attributes = {
      'db.system.name': 'mongodb',
      'db.operation.name': 'find',
      'db.collection.name': 'reviews',
      'db.query.text': `{"productId":"${i}","stars":{"$gt":${i}}}`,
    };
    trace.span(`q${i}`, { parent: 'root', from: i, to: i + 1, kind: 3, attributes });
  }
  expect(findRepeats(trace.build())).toMatchObject([{ summary: 'find reviews', count: 6 }]);
});

test("N+1: Mongoose's span and the driver's beside it are one call; alone it is the call", () => {
  const mapped = { 'db.system': 'mongoose', 'db.operation': 'findOne', 'db.mongodb.collection': 'users' };
  const driven = { 'db.system': 'mongodb', 'db.operation': 'find', 'db.mongodb.collection': 'users' };
  const beside = new TraceBuilder().span('root', { from: 0, to: 100, kind: 2 });
  const alone = new TraceBuilder().span('root', { from: 0, to: 100, kind: 2 });
  for (let i = 0; i < 6; i++) {
    const given = { parent: 'root', kind: 3, from: i * 10, to: i * 10 + 5, attributes: mapped };
    beside.span(`m${i}`, given);
    alone.span(`m${i}`, given);
    const attributes = { ...driven, 'db.statement': '{"_id":"?"}' };
    beside.span(`d${i}`, { parent: 'root', kind: 3, from: i * 10 + 1, to: i * 10 + 4, attributes });
  }
  expect(findRepeats(beside.build())).toMatchObject([{ summary: 'find users', count: 6 }]);
  expect(findRepeats(alone.build())).toMatchObject([{ summary: 'findOne users', count: 6 }]);
});

test('no N+1: a cache read key by key', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 10_000, kind: 2 });
  for (let i = 0; i < 30; i++) {
    const attributes = { 'db.system.name': 'redis', 'db.query.text': `GET user:${i}` };
    trace.span(`q${i}`, { parent: 'root', from: i * 10, to: i * 10 + 9, kind: 3, attributes });
  }
  expect(findRepeats(trace.build())).toEqual([]);
});

test('N+1: of the write side its judgement is kept', () => {
  const signature = findRepeats(loop(6, () => ITEM).build())[0]?.signature as string;
  const trace = new TraceBuilder().span('root', {
    from: 0,
    to: 100,
    kind: 2,
    attributes: { 'agentlog.n_plus_one.signature': [signature], 'agentlog.n_plus_one.kind': ['duplicate'] },
  });
  for (let i = 0; i < 6; i++) trace.sql(`q${i}`, 'root', i, i + 1, ITEM);
  expect(findRepeats(trace.build())[0]?.kind).toBe('duplicate');
});

test('repeats: the worst comes first', () => {
  const trace = new TraceBuilder().span('root', { from: 0, to: 1000, kind: 2 });
  for (let i = 0; i < 6; i++) trace.sql(`a${i}`, 'root', i, i + 1, 'SELECT * FROM a WHERE x = $1');
  for (let i = 0; i < 6; i++)
    trace.sql(`b${i}`, 'root', 10 + i * 20, 29 + i * 20, 'SELECT * FROM b WHERE x = $1');
  expect(findRepeats(trace.build()).map((repeat) => repeat.summary)).toEqual(['SELECT b', 'SELECT a']);
});

test('repeats: spans that are their own ancestors end nothing', () => {
  const trace = new TraceBuilder()
    .span('a', { parent: 'b', from: 0, to: 9 })
    .span('b', { parent: 'a', from: 0, to: 9 })
    .sql('q', 'a', 1, 2, ITEM);
  expect(findRepeats(trace.build())).toEqual([]);
});
