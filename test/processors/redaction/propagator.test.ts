import {
  createTraceState,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { expect, test } from 'vitest';
import { createRedactingPropagator } from '../../../processors/redaction/index.ts';
import { createRedactor, type Redactor } from '../../../src/core/redaction/index.ts';

const upstream = new CompositePropagator({
  propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
});
const SPAN = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };

function contextWith(entries: Record<string, string>): typeof ROOT_CONTEXT {
  const baggage = propagation.createBaggage(
    Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, { value }])),
  );
  return trace.setSpanContext(propagation.setBaggage(ROOT_CONTEXT, baggage), SPAN);
}

test('redaction: outbound baggage carries no secret, the trace context and the app own baggage stay', () => {
  const propagator = createRedactingPropagator(upstream, createRedactor());
  const context = contextWith({ tenant: 'acme', password: 'hunter2', note: 'token=hunter2x9' });
  const carrier: Record<string, string> = {};
  propagator.inject(context, carrier, defaultTextMapSetter);
  const plain: Record<string, string> = {};
  upstream.inject(context, plain, defaultTextMapSetter);
  expect(carrier.traceparent).toBe(plain.traceparent);
  expect(carrier.baggage).toContain('tenant=acme');
  expect(carrier.baggage).not.toContain('hunter2');
  expect(propagation.getBaggage(context)?.getEntry('password')?.value).toBe('hunter2');
  const clean = contextWith({ tenant: 'acme' });
  const [a, b]: Record<string, string>[] = [{}, {}];
  propagator.inject(clean, a, defaultTextMapSetter);
  upstream.inject(clean, b, defaultTextMapSetter);
  expect(a).toEqual(b);
});

test('redaction: what comes in is extracted as it was sent', () => {
  const propagator = createRedactingPropagator(upstream, createRedactor());
  const carrier = { baggage: 'password=hunter2', traceparent: `00-${SPAN.traceId}-${SPAN.spanId}-01` };
  const context = propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
  expect(propagation.getBaggage(context)?.getEntry('password')?.value).toBe('hunter2');
  expect(trace.getSpanContext(context)?.traceId).toBe(SPAN.traceId);
  expect(propagator.fields()).toEqual(upstream.fields());
});

test('redaction: a broken redactor sends no baggage value rather than a secret', () => {
  const failing = (): never => {
    throw new Error('injected');
  };
  const broken = { text: failing, value: failing, attributes: failing } as unknown as Redactor;
  const carrier: Record<string, string> = {};
  createRedactingPropagator(upstream, broken).inject(
    contextWith({ a: 'hunter2' }),
    carrier,
    defaultTextMapSetter,
  );
  expect(carrier.traceparent).toBeDefined();
  expect(carrier.baggage ?? '').not.toContain('hunter2');
});

test('redaction: an outbound trace state carries no secret, other members of it stay', () => {
  const secret = ['hunter', '2swordfish'].join('');
  const propagator = createRedactingPropagator(upstream, createRedactor());
  const sent = (traceState: string): Record<string, string> => {
    const carrier: Record<string, string> = {};
    const context = trace.setSpanContext(ROOT_CONTEXT, { ...SPAN, traceState: createTraceState(traceState) });
    propagator.inject(context, carrier, defaultTextMapSetter);
    return carrier;
  };
  const clean =
    'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE,33@nr=0-0-33-2827902-7d3efb1b173fecfa-e8b91a159289ff74-1-1.23';
  expect(sent(clean).tracestate).toBe(clean);
  const masked = sent(`congo=t61rcWkgMzE,password=${secret}`);
  expect(masked.tracestate).toContain('congo=t61rcWkgMzE');
  expect(masked.tracestate).not.toContain(secret);
  expect(masked.traceparent).toBe(`00-${SPAN.traceId}-${SPAN.spanId}-01`);
});
