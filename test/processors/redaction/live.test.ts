import { inspect } from 'node:util';
import { createTraceState, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { Facts } from '../../../processors/processor.ts';
import { redactLog, redactSpan } from '../../../processors/redaction/index.ts';
import { joinLogs, joinSpans } from '../../../src/core/otlp/join.ts';
import { createRedactor, type Redactor } from '../../../src/core/redaction/index.ts';

function liveSpan(): ReadableSpan {
  const tracer = new TracerProvider().getTracer('shop', '1.0');
  const span = tracer.startSpan('login password=hunter2');
  span.setAttribute('note', 'password=hunter2');
  span.setAttribute('plain', 'nothing here');
  span.addEvent('retry', { detail: 'password=hunter2' });
  span.addEvent('clean', { detail: 'nothing here' });
  span.setStatus({ code: 2, message: 'password=hunter2' });
  span.addLink({ context: { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 } });
  span.end();
  return span as unknown as ReadableSpan;
}

test('redaction: the live span and its parts are never written to', () => {
  const span = liveSpan();
  const before = JSON.stringify([span.name, span.attributes, span.events, span.links, span.status]);
  const view = redactSpan(span, new Facts(), createRedactor());
  expect(JSON.stringify([span.name, span.attributes, span.events, span.links, span.status])).toBe(before);
  expect(written(joinSpans([view]))).not.toContain('hunter2');
  expect(view.spanContext()).toEqual(span.spanContext());
});

test('redaction: only what changed is copied, and the attributes when somebody reads them', () => {
  const span = liveSpan();
  const view = redactSpan(span, new Facts(), createRedactor());
  expect(view.events[1]).toBe(span.events[1]);
  expect(view.links).toBe(span.links);
  expect(view.attributes.plain).toBe('nothing here');
  const clean = new TracerProvider().getTracer('shop').startSpan('GET /') as unknown as ReadableSpan;
  const same = redactSpan(clean, new Facts(), createRedactor());
  expect(same.attributes).not.toBe(clean.attributes);
  expect(same.attributes).toEqual(clean.attributes);
  expect(same.events).toBe(clean.events);
  expect(same.status).toBe(clean.status);
});

test('redaction: a span says how many values were masked', () => {
  const view = redactSpan(liveSpan(), new Facts(), createRedactor());
  expect(view.attributes['agentlog.redaction.count']).toBe(4);
});

test('redaction: whatever breaks, the span comes out masked and nothing is thrown', () => {
  const broken: Redactor = {
    text: () => failing(),
    value: () => failing(),
    attributes: () => failing(),
    maskedCount: 0,
    countsByRule: new Map(),
  };
  const span = liveSpan();
  const view = redactSpan(span, new Facts(), broken);
  expect(written(joinSpans([view]))).not.toContain('hunter2');
  expect(written(joinSpans([view]))).toContain(span.spanContext().traceId);
  const log = redactLog(
    {
      hrTime: [1, 0],
      hrTimeObserved: [1, 0],
      body: 'password=hunter2',
      eventName: 'password=hunter2',
      resource: span.resource,
      instrumentationScope: { name: 'password=hunter2' },
      attributes: { a: 'password=hunter2' },
      droppedAttributesCount: 0,
    },
    new Facts(),
    broken,
  );
  expect(written(joinLogs([log]))).not.toContain('hunter2');
  expect(JSON.stringify([view.instrumentationScope, log.instrumentationScope])).not.toContain('hunter2');
});

test('redaction: a body with a getter that throws, a cycle or a class comes out', () => {
  class Order {
    readonly id = 1;
    readonly password = 'hunter2';
  }
  const cyclic: Record<string, unknown> = { note: 'password=hunter2' };
  cyclic.self = cyclic;
  const throwing = {
    get a(): string {
      return failing();
    },
  };
  for (const body of [
    new Order(),
    cyclic,
    throwing,
    new Map([['a', 1]]),
    12n,
    Symbol('x'),
    () => 1,
    new Error('password=hunter2'),
  ]) {
    const record = {
      hrTime: [1, 0] as [number, number],
      hrTimeObserved: [1, 0] as [number, number],
      body: body as never,
      resource: liveSpan().resource,
      instrumentationScope: { name: 'shop' },
      attributes: {},
      droppedAttributesCount: 0,
    };
    expect(
      written(joinLogs([redactLog(record, new Facts(), createRedactor({ onError: () => undefined }))])),
    ).not.toContain('hunter2');
  }
});

function written(bytes: Uint8Array | string): string {
  return Buffer.from(bytes as Uint8Array).toString();
}

function failing(): never {
  throw new Error('injected');
}

test('redaction: what the app writes into its lists, maps and bytes afterwards is not in the copy', () => {
  const secret = ['password=hunter', '2'].join('');
  const make = () => ({ bytes: Buffer.from('clean bytes.....'), list: ['clean'], map: { inner: ['clean'] } });
  const own = make();
  const inEvent = make();
  const span = new TracerProvider().getTracer('shop').startSpan('upload');
  span.setAttributes(own as never);
  span.addEvent('sent', inEvent as never);
  const view = redactSpan(span as unknown as ReadableSpan, new Facts(), createRedactor());
  const expected = JSON.stringify({ ...make(), bytes: new Uint8Array(make().bytes) });
  expect(JSON.stringify(view.attributes)).toBe(expected);
  // The SDK itself keeps no more than lists in events.
  expect(view.events[0]?.attributes).toEqual({ list: ['clean'] });
  for (const each of [own, inEvent]) {
    each.bytes.write(secret);
    each.list[0] = secret;
    each.map.inner[0] = secret;
  }
  expect(JSON.stringify(view.attributes)).toBe(expected);
  expect(view.events[0]?.attributes).toEqual({ list: ['clean'] });
  expect(written(joinSpans([view]))).not.toContain('hunter2');
});

/** A record as the SDK gives it, with this body. */
function logOf(body: unknown, attributes: object = {}): Parameters<typeof redactLog>[0] {
  return {
    hrTime: [1, 0],
    hrTimeObserved: [1, 0],
    body: body as never,
    resource: liveSpan().resource,
    instrumentationScope: { name: 'shop' },
    attributes: attributes as never,
    droppedAttributesCount: 0,
  };
}

/** Clean when it is read for the first `times`, a secret after that. */
function changing(times: number): object {
  let reads = 0;
  return {
    get note(): string {
      return reads++ < times ? 'clean' : ['password=hunter', '2'].join('');
    },
  };
}

test('redaction: a getter that gives another value the next time has been read for the last time', () => {
  for (let times = 1; times < 6; times++) {
    for (const beside of [{}, { password: 'swordfish' }]) {
      const redactor = createRedactor();
      const log = redactLog(
        logOf({ inner: changing(times), ...beside }, { inner: changing(times), ...beside }),
        new Facts(),
        redactor,
      );
      const span = new TracerProvider().getTracer('shop').startSpan('upload');
      span.setAttributes({ inner: changing(times), ...beside } as never);
      const view = redactSpan(span as unknown as ReadableSpan, new Facts(), redactor);
      for (const all of [written(joinLogs([log])), written(joinSpans([view])), inspect([log, view])])
        expect(all).not.toContain('hunter2');
    }
  }
});

test('redaction: what stays of a body that held a secret is no part of the object of the app', () => {
  const secret = ['password=hunter', '2'].join('');
  const inherited: object = Object.create({ note: secret });
  const body = { safe: { list: ['clean'] }, inherited, password: 'swordfish', symbol: Symbol(secret) };
  const log = redactLog(logOf(body), new Facts(), createRedactor());
  body.safe.list[0] = secret;
  expect(inspect(log, { depth: null })).not.toContain('hunter2');
  expect(written(joinLogs([log]))).toContain('clean');
  expect(inspect(redactLog(logOf(Symbol(secret)), new Facts(), createRedactor()))).not.toContain('hunter2');
});

test('redaction: the trace state that came with the parent reaches no exporter of the user’s own', () => {
  const secret = ['hunter', '2swordfish'].join('');
  const parent = {
    traceId: '1'.repeat(32),
    spanId: '2'.repeat(16),
    traceFlags: 1,
    isRemote: true,
    traceState: createTraceState(`vendor=kept,password=${secret}`),
  };
  const context = trace.setSpanContext(ROOT_CONTEXT, parent);
  const span = new TracerProvider().getTracer('shop').startSpan('GET /', {}, context);
  const view = redactSpan(span as unknown as ReadableSpan, new Facts(), createRedactor());
  const log = redactLog({ ...logOf('hi'), spanContext: parent }, new Facts(), createRedactor());
  for (const each of [view.parentSpanContext, log.spanContext]) {
    expect(each).toMatchObject({ traceId: parent.traceId, spanId: parent.spanId });
    expect(each?.traceState?.get('vendor')).toBe('kept');
    expect(each?.traceState?.serialize()).not.toContain(secret);
    expect(inspect(each, { depth: null, showHidden: true })).not.toContain(secret);
  }
});
