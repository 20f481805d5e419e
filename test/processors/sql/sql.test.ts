import { SpanKind } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { Recorder } from './recorder.ts';

test('sql: a statement gets text without literals, summary, signature, and a name', () => {
  const recorder = new Recorder();
  const root = recorder.start('GET /', SpanKind.SERVER);
  recorder.pg(root, "SELECT * FROM users WHERE email = 'ada@example.test'");
  const { attributes } = recorder.find('SELECT users');
  expect(attributes['db.query.text']).toBe('SELECT * FROM users WHERE email = ?');
  expect(attributes['db.query.summary']).toBe('SELECT users');
  expect(attributes['agentlog.db.signature']).toMatch(/^[0-9a-f]{16}$/);
  expect(attributes['db.operation.name']).toBeUndefined();
  expect(attributes['db.collection.name']).toBeUndefined();
});

test('sql: what the instrumentation knew better is kept', () => {
  const recorder = new Recorder();
  const span = recorder.start('load user', SpanKind.CLIENT, undefined, {
    'db.system.name': 'postgresql',
    'db.query.text': 'SELECT * FROM users',
    'db.query.summary': 'load user by id',
  });
  span.end();
  expect(recorder.find('load user').attributes['db.query.summary']).toBe('load user by id');
});

test.each([
  ['pg.query:SELECT shop', 'SELECT * FROM a', 'SELECT a'],
  ['pg.query:SELECT', 'select * from a', 'select a'],
  ['SELECT', 'SELECT * FROM a', 'SELECT a'],
  ['COMMIT', 'COMMIT', 'COMMIT'],
  ['pg.query:load-user shop', 'SELECT * FROM a', 'pg.query:load-user shop'],
  ['select shop.a', 'select * from a', 'select shop.a'],
])('sql: a span named `%s` for `%s` is named `%s`', (name, text, expected) => {
  const recorder = new Recorder();
  recorder
    .start(name, SpanKind.CLIENT, undefined, { 'db.system.name': 'postgresql', 'db.query.text': text })
    .end();
  expect(recorder.ended[0]?.name).toBe(expected);
});

test('sql: mysql2 names a span by the text up to its first space; no value stays in there', () => {
  const text = "CALL\tlog_in('ada','s3cr3t-value')";
  for (const renameSpans of [true, false]) {
    const recorder = new Recorder({ renameSpans });
    recorder
      .start(text, SpanKind.CLIENT, undefined, { 'db.system.name': 'mysql', 'db.query.text': text })
      .end();
    expect(JSON.stringify(recorder.ended)).not.toContain('s3cr3t');
  }
});

test('sql: names stay when that is asked for', () => {
  const recorder = new Recorder({ renameSpans: false });
  recorder.pg(recorder.start('root'), 'SELECT * FROM users');
  expect(recorder.ended[0]?.name).toBe('pg.query:SELECT shop');
});

test('sql: the older keys are read, sanitised and translated', () => {
  const recorder = new Recorder();
  const old = { 'db.system': 'mysql', 'db.statement': 'SELECT * FROM users WHERE id = 123456' };
  recorder.start('SELECT', SpanKind.CLIENT, undefined, old).end();
  const { attributes } = recorder.find('SELECT users');
  expect(attributes['db.statement']).toBe('SELECT * FROM users WHERE id = ?');
  expect(attributes['db.query.text']).toBe('SELECT * FROM users WHERE id = ?');
  expect(attributes['db.system.name']).toBe('mysql');
});

test('sql: a span that only connects has no statement', () => {
  const recorder = new Recorder();
  const root = recorder.start('root');
  recorder.start('pg-pool.connect', SpanKind.CLIENT, root, { 'db.system.name': 'postgresql' }).end();
  root.end();
  expect(recorder.find('pg-pool.connect').attributes).toEqual({ 'db.system.name': 'postgresql' });
  expect(recorder.find('root').attributes).toEqual({});
});

test('sql: MongoDB and Redis get a signature by shape, values masked', () => {
  const recorder = new Recorder();
  const mongo = (id: string): void => {
    const text = `{"_id":"${id}","tags":["a","b"]}`;
    const attributes = {
      'db.system.name': 'mongodb',
      'db.operation.name': 'find',
      'db.collection.name': 'users',
    };
    recorder.start('find users', SpanKind.CLIENT, undefined, { ...attributes, 'db.query.text': text }).end();
  };
  const redis = (text: string): void => {
    recorder
      .start('redis-GET', SpanKind.CLIENT, undefined, { 'db.system.name': 'redis', 'db.query.text': text })
      .end();
  };
  mongo('ada-1815');
  mongo('alan-1912');
  redis('SET user:17 a-secret-value');
  redis('SET user:42 another-value');
  redis('SET cart:42 another-value');
  const [first, second, third, fourth, fifth] = recorder.ended.map(({ attributes }) => attributes);
  expect(first?.['db.query.text']).toBe('{"_id":"?","tags":["?","?"]}');
  expect(first?.['db.query.summary']).toBe('find users');
  expect(first?.['agentlog.db.signature']).toBe(second?.['agentlog.db.signature']);
  expect(third?.['db.query.text']).toBe('SET user:17 ?');
  expect(third?.['db.operation.name']).toBe('SET');
  expect(third?.['agentlog.db.signature']).toBe(fourth?.['agentlog.db.signature']);
  expect(third?.['agentlog.db.signature']).not.toBe(fifth?.['agentlog.db.signature']);
});
