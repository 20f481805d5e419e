import { expect, test } from 'vitest';
import { redisStatement } from '../../../instrumentations/redis-statement.ts';
import { describeCall } from '../../../src/core/n-plus-one/index.ts';
import { createRedactor, RULES } from '../../../src/core/redaction/index.ts';
import { piecesLeft } from './pieces.ts';

test('redaction: a long text is cut to its bytes, and the cut is marked', () => {
  const redactor = createRedactor({ maxValueBytes: 100 });
  expect(redactor.text('a b '.repeat(25))).toBe('a b '.repeat(25));
  const cut = redactor.text('ä b '.repeat(1_000));
  expect(cut).toMatch(/ \[CUT: 4000 characters\]$/);
  expect(Buffer.byteLength(cut)).toBeLessThan(140);
  expect(redactor.text('💥'.repeat(1_000))).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
});

test('redaction: a cut through a secret leaves nothing of it, wherever it falls', () => {
  const limit = 200;
  const redactor = createRedactor({ maxValueBytes: limit });
  for (const rule of RULES) {
    if (rule.isOptIn === true) continue;
    const { text, secret } = rule.examples()[0] ?? { text: '', secret: '' };
    for (const back of [1, 5, 10, 20, 40, 80, 160]) {
      const padding = '. '.repeat(limit).slice(0, Math.max(0, limit - back));
      const masked = redactor.text(`${padding} ${text} ${'. '.repeat(limit)}`);
      expect(piecesLeft(masked, secret), `${rule.id}, ${back} before the cut`).toEqual([]);
    }
  }
});

test("redaction: a secret that the SDK's limit for values cut off leaves nothing of it", () => {
  const limit = 200;
  const redactor = createRedactor({ valueLengthLimits: new Set([limit]) });
  for (const rule of RULES) {
    if (rule.isOptIn === true) continue;
    const { text, secret } = rule.examples()[0] ?? { text: '', secret: '' };
    for (const left of [6, 7, 10, 15, 20, 30]) {
      const end = text.indexOf(secret) + Math.min(left, secret.length);
      const value = `${'. '.repeat(limit)}${text.slice(0, end)}`.slice(-limit);
      expect(value).toHaveLength(limit);
      const masked = [redactor.text(value), JSON.stringify(redactor.attributes({ a: 'bcdefgh', value }))];
      for (const each of masked) expect(piecesLeft(each, secret), `${rule.id}: ${each}`).toEqual([]);
    }
  }
  expect(redactor.text(`${'. '.repeat(limit)}see https://github.com/shop/api`.slice(-limit))).toContain(
    'shop/api',
  );
  expect(redactor.text(`${'. '.repeat(limit)}http://db.internal:5432`.slice(-limit))).toContain(':5432');
});

test('redaction: what is shortened before it is redacted leaves nothing of a token, wherever the cut falls', () => {
  const redactor = createRedactor();
  const textOf = (system: string, text: string): string =>
    describeCall({ 'db.system.name': system, 'db.query.text': text }, true)?.text ?? '';
  const shortened: Record<string, [number, (before: string, token: string) => string]> = {
    comment: [16_384, (before, token) => textOf('postgresql', `SELECT 1 -- ${before} ${token} etc.`)],
    'document key': [16_384, (before, token) => textOf('mongodb', `{"${before} ${token} etc.":1}`)],
    key: [4_096, (before, token) => textOf('redis', `GET ${before.replaceAll(' ', ':')}:${token}`)],
    argument: [100, (before, token) => redisStatement('GET', [`${before}:${token}:${before}`])],
  };
  let count = 0;
  for (const [what, [limit, write]] of Object.entries(shortened)) {
    for (const rule of RULES) {
      const { text, secret } = rule.examples()[0] ?? { text: '', secret: '' };
      if (rule.kind !== 'token' || rule.isOptIn === true || !/^[\w.-]{20,}$/.test(text)) continue;
      for (const back of [1, 5, 10, 20, 40, 80]) {
        const masked = redactor.text(
          write('. '.repeat(limit).slice(0, Math.max(0, limit - back - 12)), text),
        );
        expect(piecesLeft(masked, secret), `${what}: ${rule.id}, ${back} before the cut`).toEqual([]);
        count++;
      }
    }
  }
  expect(count).toBeGreaterThan(500);
});
