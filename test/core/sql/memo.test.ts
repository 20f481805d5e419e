import { expect, test } from 'vitest';
import { Memo } from '../../../src/core/sql/memo.ts';

/** A new string each time, as drivers hand them over. */
const fresh = (text: string): string => Buffer.from(text).toString();

test('memo: a text is found again as another string, and never taken for one that looks like it', () => {
  const memo = new Memo<string>();
  const texts = Array.from(
    { length: 400 },
    (_, i) => `SELECT * FROM t WHERE id = ${i} AND ${'x'.repeat(200)}`,
  );
  for (const text of texts) {
    memo.set(text, text);
    expect(memo.get(fresh(text))).toBe(text);
  }
  for (const text of texts) expect([undefined, text]).toContain(memo.get(fresh(text)));
  expect(memo.get('')).toBeUndefined();
});

test('memo: what is used stays, what is not goes', () => {
  const memo = new Memo<number>();
  memo.set('used', 1);
  memo.set('unused', 2);
  for (let i = 0; i < 2000; i++) {
    memo.set(`statement ${i}`, i);
    expect(memo.get(fresh('used'))).toBe(1);
  }
  expect(memo.get('unused')).toBeUndefined();
});

test('memo: a text longer than 16 Ki characters is not kept', () => {
  const memo = new Memo<number>();
  const text = 'x'.repeat(16_385);
  memo.set(text, 1);
  expect(memo.get(text)).toBeUndefined();
});
