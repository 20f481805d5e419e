import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spansRequest } from '../../src/core/otlp/requests.ts';
import type { Span } from '../../src/core/span.ts';
import { openSource } from '../../src/sources/index.ts';
import type { TraceSource } from '../../src/sources/source.ts';
import { expectAggregatesAlike, expectSearchesAlike, expectTracesAlike } from '../sources/like-reference.ts';
import { randomTelemetry } from '../sources/random-telemetry.ts';
import { fixtureSpans } from '../sources/recorded.ts';
import { ensureJaeger, type Jaeger, startJaeger, whyNoJaeger } from './jaeger.ts';

const missing = whyNoJaeger();
const leftOut = missing !== undefined && !process.env.CI;
if (leftOut) process.stderr.write(`${missing}\n`);

describe.skipIf(leftOut)('the real Jaeger', () => {
  beforeAll(async () => {
    await ensureJaeger();
  }, 40 * 60_000);

  describe('with the fixture', () => {
    const it = loaded(fixtureSpans());
    test('gives every trace back field by field, and the same bundles', () =>
      expectTracesAlike(it.source, it.spans));

    test('knows an unknown id as such', async () => {
      const [{ traceId = '' } = {}] = it.spans;
      await expect(it.source.trace('f'.repeat(32))).rejects.toMatchObject({
        code: 'TRACE_NOT_FOUND',
        message: expect.stringContaining(traceId),
      });
    });
  });

  describe('with more traces than are read', () => {
    const [span] = fixtureSpans() as [Span];
    const hex = (index: number, length: number): string => (index + 1).toString(16).padStart(length, '0');
    const many = Array.from({ length: 700 }, (_, index) => ({
      ...span,
      traceId: hex(index, 32),
      spanId: hex(index, 16),
      startTimeUnixNano: span.startTimeUnixNano + BigInt(index),
      attributes: index === 3 ? { 'agentlog.exception.fingerprint': 'feed0123feed0123', weight: 7 } : {},
    }));
    const it = loaded(many);
    test('an attribute is found beyond the newest ones, and the answer still says that it is a sample', async () => {
      for (const [key, value] of [
        ['agentlog.exception.fingerprint', 'feed0123feed0123'],
        ['weight', 7],
      ] as const) {
        const where = { attributes: [{ key, op: 'equals', value }] } as const;
        const { traces, isCut, coverage } = await it.source.search({ where });
        expect(traces.map(({ traceId }) => traceId)).toEqual([hex(3, 32)]);
        expect(isCut).toBe(true);
        expect(coverage.sampledTraceCount).toBeLessThan(700);
      }
    });
  });

  describe('with random telemetry', () => {
    const it = loaded(randomTelemetry(20_261_121, 250).spans.map(asJaegerKeepsIt));
    test('gives every trace back field by field, and the same bundles', () =>
      expectTracesAlike(it.source, it.spans));
    test('finds what the reference finds', () => expectSearchesAlike(it.source, it.spans));
    test('gives the numbers of the reference', () => expectAggregatesAlike(it.source, it.spans));
  });
});

/** A Jaeger of its own that holds these spans, while the tests of this block run. */
function loaded(spans: readonly Span[]): { readonly spans: readonly Span[]; readonly source: TraceSource } {
  let jaeger: Jaeger | undefined;
  let source: TraceSource | undefined;
  beforeAll(async () => {
    jaeger = await startJaeger();
    for (let at = 0; at < spans.length; at += 100) {
      const response = await fetch(`${jaeger.otlpUrl}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(spansRequest(spans.slice(at, at + 100))),
      });
      expect(response.status).toBe(200);
    }
    source = await openSource(`jaeger:${jaeger.queryUrl}`);
  }, 60_000);
  afterAll(async () => {
    await source?.close();
    await jaeger?.stop();
  });
  return {
    spans,
    get source() {
      return source as TraceSource;
    },
  };
}

/** Jaeger names a service that has no name, and mends a span that does not end after it starts. */
function asJaegerKeepsIt(span: Span): Span {
  const { startTimeUnixNano: start, endTimeUnixNano: end, resource } = span;
  const hasName = resource.attributes['service.name'] !== undefined;
  return {
    ...span,
    endTimeUnixNano: end > start ? end : start + 1n,
    resource: hasName ? resource : { attributes: { 'service.name': 'missing-service-name' } },
  };
}
