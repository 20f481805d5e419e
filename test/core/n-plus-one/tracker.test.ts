import { expect, test } from 'vitest';
import {
  type Call,
  describeCall,
  type LiveSpan,
  RepeatTracker,
  type RepeatTrackerOptions,
  type Settled,
  type SpanEnd,
} from '../../../src/core/n-plus-one/index.ts';

const call = (text: string): Call | undefined =>
  describeCall({ 'db.system.name': 'postgresql', 'db.query.text': text }, true);

/** A tracker told by ids. */
class Spans {
  readonly tracker: RepeatTracker;
  private readonly known = new Map<string, LiveSpan>();

  constructor(options: RepeatTrackerOptions = {}) {
    this.tracker = new RepeatTracker(options);
  }

  start(traceId: string, spanId: string, parentSpanId?: string): void {
    const parent = this.known.get(parentSpanId ?? '');
    this.known.set(
      spanId,
      this.tracker.start({ traceId, spanId, parent, isRoot: parentSpanId === undefined }),
    );
  }

  end(spanId: string, end: Partial<SpanEnd> = {}): Settled | undefined {
    const span = { startMs: 0, endMs: 10, failed: false, call: undefined, ...end };
    return this.tracker.end(this.known.get(spanId) as LiveSpan, span);
  }
}

/** Starts and ends a statement below `parent`. */
function query(spans: Spans, traceId: string, parent: string, id: string, text: string): Settled | undefined {
  spans.start(traceId, id, parent);
  return spans.end(id, { endMs: 1, call: call(text) });
}

function start(spans: Spans, traceId: string, spanId: string, parentSpanId?: string): void {
  spans.start(traceId, spanId, parentSpanId);
}

function end(spans: Spans, spanId: string): Settled | undefined {
  return spans.end(spanId);
}

test('tracker: a root learns its counts and the worst repeat of spans below', () => {
  const spans = new Spans();
  start(spans, 't', 'root');
  start(spans, 't', 'handler', 'root');
  for (let i = 0; i < 6; i++) query(spans, 't', 'handler', `q${i}`, 'SELECT * FROM a WHERE b = $1');
  query(spans, 't', 'root', 'other', 'SELECT * FROM c WHERE d = $1');
  query(spans, 't', 'root', 'begin', 'BEGIN');
  expect(end(spans, 'handler')?.repeats).toMatchObject([{ count: 6, parentSpanId: 'handler' }]);
  const settled = end(spans, 'root');
  expect(settled?.repeats).toEqual([]);
  expect(settled?.totals).toMatchObject({ queryCount: 7, duplicateCount: 5, worst: { count: 6 } });
});

test('tracker: two requests interleaved keep their own counts', () => {
  const spans = new Spans();
  start(spans, 't1', 'r1');
  start(spans, 't2', 'r2');
  for (let i = 0; i < 6; i++) {
    query(spans, 't1', 'r1', `a${i}`, 'SELECT * FROM a WHERE b = $1');
    if (i < 3) query(spans, 't2', 'r2', `b${i}`, 'SELECT * FROM a WHERE b = $1');
  }
  expect(end(spans, 'r2')).toMatchObject({ repeats: [], totals: { queryCount: 3, duplicateCount: 2 } });
  expect(end(spans, 'r1')).toMatchObject({ repeats: [{ count: 6 }], totals: { queryCount: 6 } });
});

test('tracker: a query whose parent has ended counts for the nearest live span above', () => {
  const spans = new Spans();
  start(spans, 't', 'root');
  start(spans, 't', 'early', 'root');
  const ids = ['q0', 'q1', 'q2', 'q3', 'q4'];
  for (const id of ids) start(spans, 't', id, 'early');
  end(spans, 'early');
  for (const id of ids) {
    spans.end(id, { endMs: 1, call: call('SELECT * FROM a WHERE b = $1') });
  }
  expect(end(spans, 'root')?.repeats).toMatchObject([{ parentSpanId: 'root', count: 5 }]);
});

test('tracker: everything is forgotten when a trace has no live span left', () => {
  const spans = new Spans();
  start(spans, 't', 'root');
  query(spans, 't', 'root', 'q', 'SELECT * FROM a');
  end(spans, 'root');
  expect([spans.tracker.traceCount, spans.tracker.spanCount]).toEqual([0, 0]);
});

test('tracker: the oldest trace is forgotten beyond the limit, and its spans end quietly', () => {
  const spans = new Spans({ maxTraces: 3 });
  for (let i = 0; i < 5; i++) start(spans, `t${i}`, `r${i}`);
  expect(spans.tracker.traceCount).toBe(3);
  expect(end(spans, 'r0')).toBeUndefined();
  query(spans, 't4', 'r4', 'q', 'SELECT * FROM a');
  expect(end(spans, 'r4')?.totals?.queryCount).toBe(1);
});

test('tracker: a trace that never ends is forgotten after its time', () => {
  let nowMs = 0;
  const spans = new Spans({ maxAgeMs: 1000, now: () => nowMs });
  start(spans, 'old', 'r-old');
  nowMs = 1001;
  start(spans, 'new', 'r-new');
  expect([spans.tracker.traceCount, spans.tracker.spanCount]).toEqual([1, 1]);
});

test('tracker: spans that never end inside one trace are bounded too', () => {
  const spans = new Spans({ maxTraces: 10 });
  start(spans, 't', 'root');
  for (let i = 0; i < 1000; i++) start(spans, 't', `s${i}`, 'root');
  expect(spans.tracker.spanCount).toBeLessThanOrEqual(101);
});

test('tracker: signatures of a trace are bounded', () => {
  const spans = new Spans({ maxSignatures: 4 });
  start(spans, 't', 'root');
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < 8; i++)
      query(spans, 't', 'root', `q${round}.${i}`, `SELECT * FROM t${i} WHERE a = $1`);
  }
  const settled = end(spans, 'root');
  expect(settled?.repeats).toHaveLength(4);
  expect(settled?.totals?.queryCount).toBe(48);
});

test('tracker: a span ended twice does no harm', () => {
  const spans = new Spans();
  start(spans, 't', 'root');
  query(spans, 't', 'root', 'q', 'SELECT * FROM a');
  expect(end(spans, 'root')?.totals?.queryCount).toBe(1);
  expect(end(spans, 'root')).toBeUndefined();
  expect(spans.tracker.spanCount).toBe(0);
});

test('tracker: what one look found is known for the repeats that follow', () => {
  const spans = new Spans();
  const site = { file: 'orders.ts', line: 84, column: 1, functionName: 'load' };
  start(spans, 't', 'root');
  const sites = Array.from({ length: 5 }, (_, i) => {
    spans.start('t', `q${i}`, 'root');
    const own = i === 2 ? site : undefined;
    const sql = call('SELECT * FROM a WHERE b = $1');
    return spans.end(`q${i}`, { startMs: i, endMs: i + 1, call: sql, site: own })?.site;
  });
  expect(sites).toEqual([undefined, undefined, site, site, site]);
  expect(query(spans, 't', 'root', 'other', 'SELECT * FROM c')).toBeUndefined();
});

test('tracker: a span that begins after its parent has ended belongs to the one above', () => {
  const spans = new Spans();
  start(spans, 't', 'root');
  start(spans, 't', 'operation', 'root');
  start(spans, 't', 'list', 'operation');
  end(spans, 'list');
  for (let i = 0; i < 5; i++) {
    start(spans, 't', `item${i}`, 'list');
    query(spans, 't', `item${i}`, `query${i}`, 'SELECT * FROM a WHERE b = $1');
    expect(end(spans, `item${i}`)).toBeUndefined();
  }
  expect(end(spans, 'operation')?.repeats).toMatchObject([{ parentSpanId: 'operation', count: 5 }]);
  expect(end(spans, 'root')?.totals?.queryCount).toBe(5);
  expect([spans.tracker.traceCount, spans.tracker.spanCount]).toEqual([0, 0]);
});
