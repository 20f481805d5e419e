import { type Context, ROOT_CONTEXT, type Span, type SpanContext, SpanKind, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  createAlwaysRecordSampler,
  ParentBasedSampler,
  type Sampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { createSampler } from '../../src/sdk/sampler.ts';

const VALID: SpanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };

function below(span: Span): Context {
  return trace.setSpan(ROOT_CONTEXT, span);
}

function started(sampler: Sampler): Span {
  return new TracerProvider({ sampler }).getTracer('t').startSpan('parent');
}

const PARENTS: Record<string, Context> = {
  none: ROOT_CONTEXT,
  'own, sampled': below(started(new AlwaysOnSampler())),
  'own, recorded only': below(started(createAlwaysRecordSampler(new AlwaysOffSampler()))),
  'own, dropped': below(started(new AlwaysOffSampler())),
  'of another SDK, sampled': trace.setSpanContext(ROOT_CONTEXT, VALID),
  'of another SDK, dropped': trace.setSpanContext(ROOT_CONTEXT, { ...VALID, traceFlags: 0 }),
  'remote, sampled': trace.setSpanContext(ROOT_CONTEXT, { ...VALID, isRemote: true }),
  'remote, dropped': trace.setSpanContext(ROOT_CONTEXT, { ...VALID, isRemote: true, traceFlags: 0 }),
  invalid: trace.setSpanContext(ROOT_CONTEXT, { ...VALID, traceId: '0'.repeat(32) }),
};

test.each(Object.keys(PARENTS))('sampler: below a parent that is %s it decides as upstream does', (name) => {
  for (const root of ['always_on', 'always_off'] as const) {
    const upstream = new ParentBasedSampler({
      root: root === 'always_on' ? new AlwaysOnSampler() : new AlwaysOffSampler(),
    });
    for (const recordsAll of [true, false]) {
      const expected = recordsAll ? createAlwaysRecordSampler(upstream) : upstream;
      const ours = createSampler({ name: 'parentbased', root: { name: root } }, recordsAll);
      const args: Parameters<Sampler['shouldSample']> = [
        PARENTS[name] as Context,
        VALID.traceId,
        'GET /',
        SpanKind.SERVER,
        {},
        [],
      ];
      expect(ours.shouldSample(...args).decision).toBe(expected.shouldSample(...args).decision);
      expect(String(ours)).toBe(String(expected));
    }
  }
});

test('sampler: what is to be done below a sampled span of our own can be said otherwise', () => {
  const ours = createSampler(
    { name: 'parentbased', root: { name: 'always_on' }, localParentSampled: { name: 'always_off' } },
    false,
  );
  const parent = PARENTS['own, sampled'] as Context;
  expect(ours.shouldSample(parent, VALID.traceId, 'GET /', SpanKind.SERVER, {}, []).decision).toBe(0);
});
