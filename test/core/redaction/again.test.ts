import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/core/redaction/index.ts';
import type { Rule } from '../../../src/core/redaction/rule.ts';
import { NUMBERS, RULES, SHAPES } from '../../../src/core/redaction/rules/index.ts';
import type { RunRule } from '../../../src/core/redaction/run-rule.ts';

const ALL_RULES: readonly (Rule | RunRule)[] = [...RULES, ...NUMBERS, ...SHAPES];

/** Every way a text may come, from plain to twice wrapped. */
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  'in a sentence': (text) => `request failed: ${text} (retried), see ${text}`,
  'in a line of a log': (text) => `12:00:01 ${text} GET /api/orders 200 in 12 ms\n`,
  'in brackets': (text) => `[${text}] (${text}) {${text}}, <${text}>; '${text}' "${text}"`,
  assigned: (text) => `api_key=${text}`,
  'assigned with spaces': (text) => `export API_TOKEN = "${text}"\npassword: ${text}\n`,
  header: (text) => `Authorization: Bearer ${text}, next`,
  'json value': (text) => JSON.stringify({ message: text, list: [text] }),
  'json under a key': (text) => JSON.stringify({ apiKey: text, password: { nested: text } }),
  'json in json': (text) => JSON.stringify({ body: JSON.stringify({ client_secret: text, note: text }) }),
  'json escapes': (text) => JSON.stringify(`said "${text}"\n`),
  percent: (text) => `q=1&text=${encodeURIComponent(text)}&token=${encodeURIComponent(text)}`,
  'twice percent': (text) => encodeURIComponent(encodeURIComponent(`password=${text}`)),
  base64: (text) => `body ${Buffer.from(text).toString('base64')} end`,
  'base64 in json': (text) => JSON.stringify({ data: Buffer.from(`secret=${text}`).toString('base64') }),
  url: (text) =>
    `GET https://user:${encodeURIComponent(text)}@host.example/p?sig=${encodeURIComponent(text)}&a=b`,
  'connection string': (text) => `Server=db;User Id=sa;Password=${text};Encrypt=true`,
  command: (text) => `deploy --token ${text} --password=${text} --verbose`,
  xml: (text) => `<config><password>${text}</password><note>${text}</note></config>`,
};

const DEFAULT = createRedactor();
const STRICT = createRedactor({ policy: 'strict' });
const NAMED = createRedactor({ policy: 'strict', pseudonymKey: 'a key of the test' });

test.each(Object.keys(ENCODINGS))('redaction: what is masked already stays as it is: %s', (name) => {
  const wrap = ENCODINGS[name] as (text: string) => string;
  const broken: unknown[] = [];
  let masked = 0;
  for (const redactor of [DEFAULT, STRICT, NAMED]) {
    for (const rule of ALL_RULES) {
      for (const example of rule.examples()) {
        const text = wrap(example.text);
        const once = redactor.text(text);
        if (once !== text) masked++;
        const before = redactor.maskedCount;
        const twice = redactor.text(once);
        if (twice !== once || redactor.maskedCount !== before) broken.push([rule.id, once, twice]);
      }
    }
  }
  expect(broken).toEqual([]);
  expect(masked).toBeGreaterThan(100);
});

test('redaction: attributes, keys, maps and bytes that are masked already stay as they are', () => {
  const broken: unknown[] = [];
  for (const redactor of [DEFAULT, STRICT, NAMED]) {
    for (const rule of ALL_RULES) {
      for (const { text } of rule.examples()) {
        const once = redactor.attributes({
          plain: text,
          'url.full': `https://u:${encodeURIComponent(text)}@h.example/?sig=${encodeURIComponent(text)}`,
          'db.password': text,
          'auth.secret': Buffer.from(text),
          bytes: Buffer.from(text),
          [text]: 'as a key',
          'x.token': { deep: [text], value: 12_345 },
          pairs: { name: 'DB_PASSWORD', value: text },
          args: ['--password', text, `--token=${text}`],
          signature: text,
        });
        const before = redactor.maskedCount;
        const twice = redactor.attributes(once);
        if (twice !== once || redactor.maskedCount !== before) broken.push([rule.id, once, twice]);
      }
    }
  }
  expect(broken).toEqual([]);
});

test('redaction: a value that was cut is not cut again', () => {
  const redactor = createRedactor({ maxValueBytes: 1_000 });
  for (const text of [
    'word '.repeat(1_000),
    `${'w'.repeat(990)} password=${'x1y2'.repeat(40)} and more`,
    'é'.repeat(900),
    `${'password=a1b2c3 '.repeat(200)}`,
  ]) {
    const once = redactor.text(text);
    const before = redactor.maskedCount;
    expect(redactor.text(once)).toBe(once);
    expect(redactor.maskedCount).toBe(before);
  }
});

test('redaction: a text full of secrets, whole or cut between two quotes, stays as it is', () => {
  const redactor = createRedactor();
  const broken: unknown[] = [];
  for (const rule of ALL_RULES) {
    for (const { text } of rule.examples()) {
      for (const line of [`${text} ok in 12 ms\n`, `${text} ${'GET /api/orders/17 '.repeat(8)}\n`]) {
        const once = redactor.text(line.repeat(Math.ceil(30_000 / line.length)));
        if (redactor.text(once) !== once)
          broken.push([rule.id, once.slice(-200), redactor.text(once).slice(-200)]);
      }
    }
  }
  expect(broken).toEqual([]);
}, 60_000);

test.each([
  (secret: string) => `token=${secret},REDACTED`,
  (secret: string) => `password: REDACTED${secret}`,
  (secret: string) => `api_key=[REDACTED:credential]${secret}`,
  (secret: string) => `Authorization: Bearer ${secret}[REDACTED:jwt]`,
  (secret: string) => JSON.stringify({ client_secret: `REDACTED ${secret}` }),
])('redaction: no secret hides beside a mark that the app wrote: %#', (make) => {
  const secret = ['h7Kq', '2vXp', '9LmZ'].join('');
  expect(DEFAULT.text(make(secret))).not.toContain(secret);
});

test('redaction: brackets and signs behind a token stay', () => {
  const token = ['h7Kq2vXp', '9LmZ4tRb', '8wYc'].join('');
  for (const [before, after] of [
    ['(', ')'],
    ['[', ']'],
    ['', ', next'],
  ]) {
    expect(DEFAULT.text(`${before}authorization: Bearer ${token}${after}`)).toBe(
      `${before}authorization: Bearer [REDACTED:auth-scheme]${after}`,
    );
  }
});
