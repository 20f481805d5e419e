import { expect, test } from 'vitest';
import { SeenSpans } from '../../src/store/seen-spans.ts';

test('store: of many spans each is new once, whatever their ids have in common', () => {
  const hex = (number: number, length: number): string => number.toString(16).padStart(length, '0');
  const kinds: ((index: number) => { traceId: string; spanId: string })[] = [
    (index) => ({ traceId: 'a'.repeat(32), spanId: hex(index, 16) }),
    (index) => ({ traceId: hex(index, 32), spanId: 'b'.repeat(16) }),
    (index) => ({ traceId: hex(index, 8).padEnd(32, '0'), spanId: `${hex(index, 8)}00000001` }),
    (index) => ({ traceId: hex(index >> 8, 32), spanId: hex(index & 255, 16) }),
    (index) => ({
      traceId: `${'f'.repeat(16)}${hex(index >> 8, 16)}`,
      spanId: `${hex(index >> 8, 8)}${hex(index & 255, 8)}`,
    }),
  ];
  const seen = new SeenSpans();
  const ids = kinds.flatMap((kind) => Array.from({ length: 40_000 }, (_, index) => kind(index + 1)));
  const unique = new Set(ids.map(({ traceId, spanId }) => traceId + spanId)).size;
  expect(ids.filter((id) => seen.isNew(id))).toHaveLength(unique);
  expect(ids.filter((id) => seen.isNew(id))).toEqual([]);
});
