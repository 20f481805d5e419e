import { expect, test } from 'vitest';
import { type Call, describeCall, RepeatTracker, type Settled } from '../../../src/core/n-plus-one/index.ts';

const call = (text: string): Call | undefined =>
  describeCall({ 'db.system.name': 'postgresql', 'db.query.text': text }, true);

/** Starts and ends a statement below `parent`. */
function query(
  tracker: RepeatTracker,
  traceId: string,
  parent: string,
  id: string,
  text: string,
): Settled | undefined {
  tracker.start({ traceId, spanId: id, parentSpanId: parent, isRoot: false });
  return tracker.end({ spanId: id, startMs: 0, endMs: 1, failed: false, call: call(text) });
}

function start(tracker: RepeatTracker, traceId: string, spanId: string, parentSpanId?: string): void {
  tracker.start({ traceId, spanId, parentSpanId, isRoot: parentSpanId === undefined });
}

function end(tracker: RepeatTracker, spanId: string): Settled | undefined {
  return tracker.end({ spanId, startMs: 0, endMs: 10, failed: false, call: undefined });
}

test('tracker: a root learns its counts and the worst repeat of spans below', () => {
  const tracker = new RepeatTracker();
  start(tracker, 't', 'root');
  start(tracker, 't', 'handler', 'root');
  for (let i = 0; i < 6; i++) query(tracker, 't', 'handler', `q${i}`, 'SELECT * FROM a WHERE b = $1');
  query(tracker, 't', 'root', 'other', 'SELECT * FROM c WHERE d = $1');
  query(tracker, 't', 'root', 'begin', 'BEGIN');
  expect(end(tracker, 'handler')?.repeats).toMatchObject([{ count: 6, parentSpanId: 'handler' }]);
  const settled = end(tracker, 'root');
  expect(settled?.repeats).toEqual([]);
  expect(settled?.totals).toMatchObject({ queryCount: 7, duplicateCount: 5, worst: { count: 6 } });
});

test('tracker: two requests interleaved keep their own counts', () => {
  const tracker = new RepeatTracker();
  start(tracker, 't1', 'r1');
  start(tracker, 't2', 'r2');
  for (let i = 0; i < 6; i++) {
    query(tracker, 't1', 'r1', `a${i}`, 'SELECT * FROM a WHERE b = $1');
    if (i < 3) query(tracker, 't2', 'r2', `b${i}`, 'SELECT * FROM a WHERE b = $1');
  }
  expect(end(tracker, 'r2')).toMatchObject({ repeats: [], totals: { queryCount: 3, duplicateCount: 2 } });
  expect(end(tracker, 'r1')).toMatchObject({ repeats: [{ count: 6 }], totals: { queryCount: 6 } });
});

test('tracker: a query whose parent has ended counts for the nearest live span above', () => {
  const tracker = new RepeatTracker();
  start(tracker, 't', 'root');
  start(tracker, 't', 'early', 'root');
  const ids = ['q0', 'q1', 'q2', 'q3', 'q4'];
  for (const id of ids) start(tracker, 't', id, 'early');
  end(tracker, 'early');
  for (const id of ids) {
    tracker.end({
      spanId: id,
      startMs: 0,
      endMs: 1,
      failed: false,
      call: call('SELECT * FROM a WHERE b = $1'),
    });
  }
  expect(end(tracker, 'root')?.repeats).toMatchObject([{ parentSpanId: 'root', count: 5 }]);
});

test('tracker: everything is forgotten when a trace has no live span left', () => {
  const tracker = new RepeatTracker();
  start(tracker, 't', 'root');
  query(tracker, 't', 'root', 'q', 'SELECT * FROM a');
  end(tracker, 'root');
  expect([tracker.traceCount, tracker.spanCount]).toEqual([0, 0]);
});

test('tracker: the oldest trace is forgotten beyond the limit, and its spans end quietly', () => {
  const tracker = new RepeatTracker({ maxTraces: 3 });
  for (let i = 0; i < 5; i++) start(tracker, `t${i}`, `r${i}`);
  expect(tracker.traceCount).toBe(3);
  expect(end(tracker, 'r0')).toBeUndefined();
  query(tracker, 't4', 'r4', 'q', 'SELECT * FROM a');
  expect(end(tracker, 'r4')?.totals?.queryCount).toBe(1);
});

test('tracker: a trace that never ends is forgotten after its time', () => {
  let nowMs = 0;
  const tracker = new RepeatTracker({ maxAgeMs: 1000, now: () => nowMs });
  start(tracker, 'old', 'r-old');
  nowMs = 1001;
  start(tracker, 'new', 'r-new');
  expect([tracker.traceCount, tracker.spanCount]).toEqual([1, 1]);
});

test('tracker: spans that never end inside one trace are bounded too', () => {
  const tracker = new RepeatTracker({ maxTraces: 10 });
  start(tracker, 't', 'root');
  for (let i = 0; i < 1000; i++) start(tracker, 't', `s${i}`, 'root');
  expect(tracker.spanCount).toBeLessThanOrEqual(101);
});

test('tracker: signatures of a trace are bounded', () => {
  const tracker = new RepeatTracker({ maxSignatures: 4 });
  start(tracker, 't', 'root');
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < 8; i++)
      query(tracker, 't', 'root', `q${round}.${i}`, `SELECT * FROM t${i} WHERE a = $1`);
  }
  const settled = end(tracker, 'root');
  expect(settled?.repeats).toHaveLength(4);
  expect(settled?.totals?.queryCount).toBe(48);
});

test('tracker: a span started twice or ended twice does no harm', () => {
  const tracker = new RepeatTracker();
  start(tracker, 't', 'root');
  start(tracker, 't', 'root');
  query(tracker, 't', 'root', 'q', 'SELECT * FROM a');
  expect(end(tracker, 'root')?.totals?.queryCount).toBe(1);
  expect(end(tracker, 'root')).toBeUndefined();
  expect(tracker.spanCount).toBe(0);
});

test('tracker: asks where a repeated call is made twice, not for every repeat', () => {
  const tracker = new RepeatTracker();
  start(tracker, 't', 'root');
  const asked: boolean[] = [];
  for (let i = 0; i < 9; i++) {
    asked.push(tracker.wantsSite('root'));
    query(tracker, 't', 'root', `q${i}`, 'SELECT * FROM a WHERE b = $1');
  }
  expect(asked).toEqual([false, false, true, true, false, false, false, false, false]);
});

test('tracker: what one look found is known for the repeats that follow', () => {
  const tracker = new RepeatTracker();
  const site = { file: 'orders.ts', line: 84, column: 1, functionName: 'load' };
  start(tracker, 't', 'root');
  const sites = Array.from({ length: 5 }, (_, i) => {
    tracker.start({ traceId: 't', spanId: `q${i}`, parentSpanId: 'root', isRoot: false });
    const own = i === 2 ? site : undefined;
    const sql = call('SELECT * FROM a WHERE b = $1');
    return tracker.end({ spanId: `q${i}`, startMs: i, endMs: i + 1, failed: false, call: sql, site: own })
      ?.site;
  });
  expect(sites).toEqual([undefined, undefined, site, site, site]);
  expect(query(tracker, 't', 'root', 'other', 'SELECT * FROM c')).toBeUndefined();
});

test('tracker: a span that begins after its parent has ended belongs to the one above', () => {
  const tracker = new RepeatTracker();
  start(tracker, 't', 'root');
  start(tracker, 't', 'operation', 'root');
  start(tracker, 't', 'list', 'operation');
  end(tracker, 'list');
  for (let i = 0; i < 5; i++) {
    start(tracker, 't', `item${i}`, 'list');
    query(tracker, 't', `item${i}`, `query${i}`, 'SELECT * FROM a WHERE b = $1');
    expect(end(tracker, `item${i}`)).toBeUndefined();
  }
  expect(end(tracker, 'operation')?.repeats).toMatchObject([{ parentSpanId: 'operation', count: 5 }]);
  expect(end(tracker, 'root')?.totals?.queryCount).toBe(5);
  expect([tracker.traceCount, tracker.spanCount]).toEqual([0, 0]);
});
