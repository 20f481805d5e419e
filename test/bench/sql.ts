/**
 * What the SQL part costs: `node --expose-gc test/bench/sql.ts`. One line a case; the fastest of several rounds, because
 * machines are shared. Targets: 200 characters ≤ 2 µs cold and ≤ 0.3 µs memoised, ≤ 1 µs a span for the table of
 * live spans, ≤ 10 MB for 10,000 live traces.
 */
import { cpus } from 'node:os';
import { ROOT_CONTEXT, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { Facts } from '../../processors/processor.ts';
import { captureCallSite } from '../../processors/sql/call-site.ts';
import { createSqlEnricher, type SqlEnricherOptions } from '../../processors/sql/index.ts';
import { describeCall, RepeatTracker } from '../../src/core/n-plus-one/index.ts';
import { analyze } from '../../src/core/sql/analyze.ts';
import { dialectOf } from '../../src/core/sql/dialect.ts';
import { analyzeSql } from '../../src/core/sql/index.ts';

const ROUNDS = 15;
const STATEMENT =
  'SELECT u.id, u.name, u.email, o.total FROM users u JOIN orders o ON o.user_id = u.id WHERE u.tenant_id = $1 ' +
  "AND o.status IN ('paid', 'sent') AND o.created_at > '2026-01-01' ORDER BY o.created_at DESC LIMIT 50";
const WIDE = STATEMENT.replace(
  'SELECT ',
  `SELECT ${Array.from({ length: 60 }, (_, i) => `u.column_${i}`).join(', ')}, `,
);
const BATCH = `INSERT INTO lines (id, note) VALUES ${Array.from({ length: 40_000 }, (_, i) => `(${i}, 'a note')`).join(', ')}`;

let sink = 0;

/** Nanoseconds a call, the best of all rounds. */
function fastest(calls: number, work: (i: number) => number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < calls; i++) sink += work(i);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / calls);
  }
  return best;
}

function line(name: string, value: string): void {
  console.log(`${name.padEnd(56)} ${value.padStart(12)}`);
}

function nanoseconds(ns: number): string {
  return ns < 10_000 ? `${ns.toFixed(0)} ns` : `${(ns / 1000).toFixed(1)} µs`;
}

console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, best of ${ROUNDS}`);

const postgres = dialectOf('postgresql');
for (const sql of ['SELECT 1', 'SELECT * FROM users WHERE id = $1', STATEMENT, WIDE, BATCH]) {
  const calls = Math.max(3, Math.min(20_000, Math.round(4_000_000 / sql.length)));
  line(
    `analyzeSql, ${sql.length} characters, cold`,
    nanoseconds(fastest(calls, () => analyze(sql, postgres).text.length)),
  );
}
for (const system of ['mysql', 'sqlite', 'microsoft.sql_server', 'unheard of']) {
  const dialect = dialectOf(system);
  const ns = fastest(20_000, () => analyze(STATEMENT, dialect).text.length);
  line(`analyzeSql, ${STATEMENT.length} characters, cold, ${system}`, nanoseconds(ns));
}
line(
  `analyzeSql, ${STATEMENT.length} characters, memoised`,
  nanoseconds(fastest(200_000, () => analyzeSql(STATEMENT, 'postgresql').text.length)),
);
// A driver hands over a new string each time; its hash has to be computed once.
const copies = Array.from({ length: 20_000 }, () => Buffer.from(STATEMENT).toString());
line(
  `analyzeSql, ${STATEMENT.length} characters, memoised, fresh string`,
  nanoseconds(fastest(20_000 / ROUNDS, (i) => analyzeSql(copies.pop() ?? `${i}`, 'postgresql').text.length)),
);

const attributes = { 'db.system.name': 'postgresql', 'db.namespace': 'shop', 'db.query.text': STATEMENT };
const call = describeCall(attributes, true);
line(
  'describeCall, a known statement',
  nanoseconds(fastest(100_000, () => describeCall(attributes, true)?.summary.length ?? 0)),
);

/** A request: root, handler, and ten times a pool's span and a statement. */
function request(tracker: RepeatTracker, id: number): number {
  const traceId = `t${id}`;
  const root = tracker.start({ traceId, spanId: `r${id}`, parent: undefined, isRoot: true });
  const handler = tracker.start({ traceId, spanId: `h${id}`, parent: root, isRoot: false });
  for (let i = 0; i < 10; i++) {
    for (const [kind, found] of [
      ['p', undefined],
      ['q', call],
    ] as const) {
      const spanId = `${kind}${id}.${i}`;
      const span = tracker.start({ traceId, spanId, parent: handler, isRoot: false });
      tracker.end(span, { startMs: i, endMs: i + 1, failed: false, call: found });
    }
  }
  tracker.end(handler, { startMs: 0, endMs: 11, failed: false, call: undefined });
  return tracker.end(root, { startMs: 0, endMs: 12, failed: false, call: undefined })?.repeats.length ?? 0;
}
const tracker = new RepeatTracker();
let next = 0;
line(
  'RepeatTracker, a span of a request of 22',
  nanoseconds(fastest(3_000, () => request(tracker, next++)) / 22),
);

line('RepeatTracker, 10,000 live traces of 3 live spans', `${liveTracesMb().toFixed(1)} MB`);
line(
  'captureCallSite, 30 frames deep',
  nanoseconds(deep(30, () => fastest(2_000, () => captureCallSite()?.line ?? 0))),
);

/** A request of 22 spans through a real tracer: root, handler, ten times a pool's span and a statement. */
function requestSpans(tracer: Tracer): number {
  const root = tracer.startSpan('GET /', { kind: SpanKind.SERVER });
  const handler = tracer.startSpan('handler', {}, trace.setSpan(ROOT_CONTEXT, root));
  const below = trace.setSpan(ROOT_CONTEXT, handler);
  const options = {
    kind: SpanKind.CLIENT,
    attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'shop' },
  };
  for (let i = 0; i < 10; i++) {
    tracer.startSpan('pg-pool.connect', options, below).end();
    const span = tracer.startSpan('pg.query:SELECT shop', options, below);
    span.setAttribute('db.query.text', STATEMENT);
    span.end();
  }
  handler.end();
  root.end();
  return 1;
}

function tracerWith(options: SqlEnricherOptions | undefined): Tracer {
  const enricher = options === undefined ? undefined : createSqlEnricher(options);
  const provider = new TracerProvider({
    spanProcessors: [
      {
        onStart: (span) => {
          enricher?.onStart?.(span);
          enricher?.onStarting?.(span);
        },
        onEnd: (span) => enricher?.onEnd?.(span, new Facts()),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  return provider.getTracer('bench');
}

const bare = tracerWith(undefined);
const bareNs = fastest(2_000, () => requestSpans(bare)) / 22;
for (const callSite of ['off', 'auto', 'all'] as const) {
  const tracer = tracerWith({ callSite });
  const ns = fastest(2_000, () => requestSpans(tracer)) / 22;
  line(`the enricher, a span of an N+1 of 10, call sites ${callSite}`, `+${nanoseconds(ns - bareNs)}`);
}
if (sink === 0.5) console.log(sink);

/** Heap that 10,000 live traces hold: each a root, a handler with three statements seen, and a running call. */
function liveTracesMb(): number {
  const live = new RepeatTracker();
  // The ids are the SDK's own strings; what counts is what is held beside them.
  const names = ['root', 'handler', 'q0', 'q1', 'q2', 'running'] as const;
  const ids = Array.from({ length: 10_000 }, (_, t) =>
    names.map((name) => Buffer.from(`${name}-${t}`).toString()),
  );
  const collect = (globalThis as { gc?: () => void }).gc;
  if (collect === undefined) return Number.NaN;
  collect();
  const before = process.memoryUsage().heapUsed;
  for (const [traceId, [root = '', handler = '', ...calls]] of ids.map(
    (each) => [each[0] as string, each] as const,
  )) {
    const rootSpan = live.start({ traceId, spanId: root, parent: undefined, isRoot: true });
    const parent = live.start({ traceId, spanId: handler, parent: rootSpan, isRoot: false });
    for (const [i, spanId] of calls.entries()) {
      const span = live.start({ traceId, spanId, parent, isRoot: false });
      if (i < 3) live.end(span, { startMs: i, endMs: i + 1, failed: false, call });
    }
  }
  collect();
  const mb = (process.memoryUsage().heapUsed - before) / 1e6;
  if (live.traceCount !== 10_000 || ids.length !== 10_000) throw new Error('not all traces are live');
  return mb;
}

function deep(frames: number, work: () => number): number {
  return frames === 0 ? work() : deep(frames - 1, work) + 0;
}
