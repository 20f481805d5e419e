import { SpanKind, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { Recorder } from './recorder.ts';

const ITEM = (i: number): string => `SELECT * FROM items WHERE order_id = ${i}`;

/*
 * GET /orders ─┬─ handler ─┬─ SELECT items   seven times
 *              └─ SELECT users
 */
test('N+1: on the common parent, and the worst one on the local root with the counts', () => {
  const recorder = new Recorder();
  const root = recorder.start('GET /orders', SpanKind.SERVER);
  const handler = recorder.start('handler', SpanKind.INTERNAL, root);
  for (let i = 0; i < 7; i++) recorder.pg(handler, ITEM(i));
  handler.end();
  recorder.pg(root, 'SELECT * FROM users');
  root.end();
  const signature = recorder.find('SELECT items').attributes['agentlog.db.signature'];
  const onParent = recorder.find('handler').attributes;
  expect(onParent).toEqual({
    'agentlog.n_plus_one.signature': [signature],
    'agentlog.n_plus_one.summary': ['SELECT items'],
    'agentlog.n_plus_one.count': [7],
    'agentlog.n_plus_one.duration_ms': [expect.any(Number)],
    'agentlog.n_plus_one.kind': ['sequential'],
    'agentlog.n_plus_one.severity': ['note'],
  });
  expect(recorder.find('GET /orders').attributes).toEqual({
    ...onParent,
    'agentlog.db.query_count': 8,
    'agentlog.db.duplicate_count': 6,
  });
});

test('N+1: several repeats are parallel arrays, worst first', () => {
  const recorder = new Recorder();
  const root = recorder.start('job');
  for (let i = 0; i < 6; i++) recorder.pg(root, ITEM(i));
  for (let i = 0; i < 25; i++) recorder.pg(root, `SELECT * FROM users WHERE id = ${i}`);
  root.end();
  const { attributes } = recorder.find('job');
  expect(attributes['agentlog.n_plus_one.summary']).toEqual(['SELECT users', 'SELECT items']);
  expect(attributes['agentlog.n_plus_one.count']).toEqual([25, 6]);
  expect(attributes['agentlog.n_plus_one.severity']).toEqual(['problem', 'note']);
});

test('N+1: no attribute where nothing repeats', () => {
  const recorder = new Recorder();
  const root = recorder.start('GET /', SpanKind.SERVER);
  recorder.pg(root, 'SELECT * FROM a');
  recorder.pg(root, 'SELECT * FROM b');
  root.end();
  expect(recorder.find('GET /').attributes).toEqual({
    'agentlog.db.query_count': 2,
    'agentlog.db.duplicate_count': 0,
  });
});

test('N+1: a remote parent makes a local root', () => {
  const recorder = new Recorder();
  const remote = trace.wrapSpanContext({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
    isRemote: true,
  });
  const root = recorder.start('GET /', SpanKind.SERVER, remote);
  for (let i = 0; i < 5; i++) recorder.pg(root, ITEM(i));
  root.end();
  expect(recorder.find('GET /').attributes['agentlog.n_plus_one.count']).toEqual([5]);
  expect(recorder.find('GET /').attributes['agentlog.db.query_count']).toBe(5);
});

test('N+1: off means no counts, and statements still get their signature', () => {
  const recorder = new Recorder({ nPlusOne: false });
  const root = recorder.start('GET /', SpanKind.SERVER);
  for (let i = 0; i < 9; i++) recorder.pg(root, ITEM(i));
  root.end();
  expect(recorder.find('GET /').attributes).toEqual({});
  expect(recorder.find('SELECT items').attributes['agentlog.db.signature']).toBeDefined();
});

test('N+1: a statement without any parent is its own trace', () => {
  const recorder = new Recorder();
  const span = recorder.start('SELECT', SpanKind.CLIENT, undefined, {
    'db.system.name': 'postgresql',
    'db.query.text': 'SELECT * FROM a',
  });
  span.end();
  expect(recorder.ended[0]?.attributes['agentlog.db.query_count']).toBeUndefined();
});
