import { isSpanContextValid } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { HexIdGenerator } from '../../src/sdk/id-generator.ts';

test('ids: valid, and never the same twice', () => {
  const generator = new HexIdGenerator();
  const ids = Array.from({ length: 10_000 }, () => ({
    traceId: generator.generateTraceId(),
    spanId: generator.generateSpanId(),
    traceFlags: 1,
  }));
  expect(ids.filter((each) => !isSpanContextValid(each))).toEqual([]);
  expect(new Set(ids.flatMap(({ traceId, spanId }) => [traceId, spanId])).size).toBe(20_000);
});
