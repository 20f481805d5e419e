/**
 * What redaction costs: `node test/bench/redaction.ts`. Prints one line per case; the ratio is to joining the facts
 * and building the view with no redaction at all.
 */
import { cpus } from 'node:os';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { Facts } from '../../processors/processor.ts';
import { redactSpan } from '../../processors/redaction/index.ts';
import { createRedactor, type Redactor } from '../../src/core/redaction/index.ts';

const MB = 1_000_000;
const NO_REDACTOR = {
  text: (text: string) => text,
  value: (_key: string, value: unknown) => value,
  attributes: <T>(attributes: T) => attributes,
  maskedCount: 0,
  countsByRule: new Map(),
} as unknown as Redactor;

let round = 0;

/** An HTTP server span with 19 attributes as instrumentations write it; what differs by request differs here. */
function cleanSpan(): ReadableSpan {
  round++;
  return spanWith({
    'http.request.method': 'GET',
    'http.route': '/api/orders/:id',
    'http.response.status_code': 200,
    'url.scheme': 'http',
    'url.path': `/api/orders/${round}`,
    'url.query': `page=${round % 7}&sort=created_at`,
    'url.full': `http://shop.internal:8080/api/orders/${round}?page=${round % 7}&sort=created_at`,
    'server.address': 'shop.internal',
    'server.port': 8080,
    'client.address': `10.0.${round % 255}.17`,
    'network.peer.address': `10.0.${round % 255}.17`,
    'network.peer.port': 50_000 + (round % 9_999),
    'network.protocol.name': 'http',
    'network.protocol.version': '1.1',
    'user_agent.original':
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
    'enduser.id': `user-${round % 1_000}`,
    'session.id': `7f3a${round.toString(16).padStart(12, '0')}`,
    'thread.id': 1,
    'app.cart.items': round % 12,
  });
}

function dirtySpan(): ReadableSpan {
  const span = cleanSpan();
  span.attributes['db.query.text'] =
    `SELECT * FROM users WHERE id = ${round} -- password=${`hun${round}ter`}`;
  return span;
}

function spanWith(attributes: ReadableSpan['attributes']): ReadableSpan {
  return {
    name: 'GET /api/orders/:id',
    kind: 1,
    spanContext: () => CONTEXT,
    startTime: [1, 0],
    endTime: [2, 0],
    status: { code: 0 },
    attributes,
    links: [],
    events: [],
    duration: [1, 0],
    ended: true,
    resource: RESOURCE,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const CONTEXT = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };
const SCOPE = { name: 'http' };
const RESOURCE = {
  attributes: {},
  merge: () => RESOURCE,
  getRawAttributes: () => [],
} as ReadableSpan['resource'];

/** Nanoseconds a call in the fastest tenth of many batches of fresh inputs, made outside the clock: other processes only ever add. */
function nanosPerCall<T>(make: () => T, call: (input: T) => void, batch: number): number {
  const samples: number[] = [];
  for (let run = 0; run < 25; run++) {
    const inputs = Array.from({ length: batch }, make);
    const start = process.hrtime.bigint();
    for (const input of inputs) call(input);
    samples.push(Number(process.hrtime.bigint() - start) / batch);
  }
  samples.sort((a, b) => a - b);
  return samples[Math.floor(samples.length / 10)] as number;
}

function line(name: string, nanos: number, base?: number): void {
  const ratio = base === undefined ? '' : `   ${(nanos / base).toFixed(2)} x`;
  console.log(`${name.padEnd(52)}${(nanos / 1_000).toFixed(2).padStart(10)} us${ratio}`);
}

const redactor = createRedactor();
const wide = createRedactor({ maxValueBytes: 2 * MB });
const facts = new Facts();
console.log(`node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}`);

const base = nanosPerCall(cleanSpan, (span) => redactSpan(span, facts, NO_REDACTOR), 2_000);
line('no redaction: the view of a span', base);
line(
  'clean span, 19 attributes',
  nanosPerCall(cleanSpan, (span) => redactSpan(span, facts, redactor), 2_000),
  base,
);
line(
  'the same span with one secret in its SQL',
  nanosPerCall(dirtySpan, (span) => redactSpan(span, facts, redactor), 2_000),
  base,
);

const PROSE = 'GET /api/orders 200 in 12 ms, 3 rows from items where id = 42 and state is open. ';
const TEXTS: Record<string, string> = {
  prose: PROSE.repeat(Math.ceil(MB / PROSE.length)).slice(0, MB),
  'one letter': 'a'.repeat(MB),
  'a secret every 80 characters': `password=${'x1'.repeat(6)} ${PROSE.slice(0, 58)}`.repeat(MB / 80),
  'JSON with a secret every 80 characters': JSON.stringify(
    Array.from({ length: MB / 80 }, (_, index) => ({
      id: index,
      name: 'a name that is clean',
      password: 'hunter2x',
    })),
  ),
};
for (const [name, text] of Object.entries(TEXTS)) {
  const fresh = (): string => `${text} `.slice(0, -1);
  line(
    `1 MB of ${name}, cut at 64 KiB`,
    nanosPerCall(fresh, (value) => redactor.text(value), 3),
  );
  line(
    `1 MB of ${name}, not cut`,
    nanosPerCall(fresh, (value) => wide.text(value), 1),
  );
}
