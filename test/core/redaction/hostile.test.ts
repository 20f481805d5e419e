import { expect, test } from 'vitest';
import { createRedactor, RULES } from '../../../src/core/redaction/index.ts';
import { RuleRedactor } from '../../../src/core/redaction/rule-redactor.ts';

const SIZE = 100_000;
const DENSE = [
  'pwd:',
  'secret:',
  'pass ',
  'pass=x1y2z3 ',
  'token\t',
  'Authorization: ',
  "secret=['a',",
  '-----BEGIN PRIVATE KEY-----',
  'http://a:b@c ',
  'cGFzc3dvcmQ9aHVudGVyMmh1bnRlcjI= ',
  '%70ass=x1y2z3 ',
  '\\u0070ass=x1y2z3 ',
  '"password":"hunter2",',
  '[REDACTED:credential] ',
  'password=[REDACTED:credential] ',
  '密码：',
  '비밀번호는 ',
  '%E5%AF%86%E7%A0%81=x1y2z3 ',
  'p\u200bwd=x1y2z3 ',
  'ｐｗｄ＝',
  'a\u0301',
  'bob:x1y2z3@db:5432 ',
  '70617373776f72643d68756e74657232 ',
  '70',
  '<Buffer 70 61 73 73 77 6f 72 64 3d 68 75 6e 74 65 72 32> ',
  '<Buffer ',
  'Uint8Array(9) [ 112, 119, 100, 61, 120, 49, 121, 50, 122 ] ',
  '"type":"Buffer","data":[112,119,100,61,120,49,121,50,122],',
  'Buffer"[1,',
  "password got invalid value 'x1y2z3' ",
  'received "x1y2z3" ',
  "password: expected 'x1y2' to equal 'z3' ",
  "expect(token).toBe('x1y2z3') ",
  "+ actual - expected\n+ 'x1y2z3'\n",
  'bob:x1y2z3@',
  'docker login -p x1y2z3 ',
  'x {"value":"x1y2z3","name":"pwd"} ',
  '{"name":"pwd"',
  '"name":"pwd",',
  'zip -P ',
  'echo x1y2z3 | sudo -S ',
  "-H 'X-Api-Key: x1y2' ",
  ' login ',
  'a:b.c@d.e',
];
/** Units of work: what is allowed in all tries together, and in each one long value past it. */
const MOST = 10_000;
const redactor = createRedactor({ enable: ['email', 'phone', 'ip-address'] });
const RUNS = ['a', 'aA0/', '=', ' ', '\\', '%41'];
const ALONE = [
  '{"a":',
  '[',
  '"',
  '\\u0041',
  '4111 ',
  'DE89 3704 ',
  '123-45-',
  '@',
  '://a:b@',
  'eyJ',
  'YWJj',
  '{"password":',
  'password="',
];

function filled(text: string, size = SIZE): string {
  return text.repeat(Math.ceil(size / text.length)).slice(0, size);
}

/** Redacts the text and gives the work that took: counted, not timed. */
function workFor(text: string): number {
  if (!(redactor instanceof RuleRedactor)) throw new TypeError('the redactor counts no work');
  const before = redactor.work.spent;
  expect(redactor.text(text), text.slice(0, 60)).not.toContain('[REDACTED:error]');
  return redactor.work.spent - before;
}

test('redaction: each literal of each rule, repeated and before the longest run, takes bounded work', () => {
  for (const literal of new Set(RULES.flatMap((rule) => rule.literals))) {
    for (const text of [filled(literal), ...RUNS.map((run) => literal + filled(run))]) {
      expect(workFor(text), `${literal}: ${text.slice(0, 40)}`).toBeLessThan(MOST);
    }
  }
}, 120_000);

test('redaction: names without values, values without end and all that is dense takes bounded work', () => {
  for (const text of [...RUNS, ...ALONE, ...DENSE]) {
    for (const hostile of [filled(text), `{"a":"${filled(text)}`, `{"a":${filled(text)}`]) {
      expect(workFor(hostile), hostile.slice(0, 40)).toBeLessThan(MOST);
    }
  }
});

test('redaction: work grows with the text no further than to the cut', () => {
  expect(workFor(filled('a', 1_000_000))).toBe(0);
  for (const text of ['pass ', 'pwd:', 'password=x1y2z3 ']) {
    expect(workFor(filled(text, 1_000_000)), text).toBeLessThan(MOST);
  }
  const [short, long] = [
    workFor(filled('GET /token 200 in 12 ms, ', 10_000)),
    workFor(filled('GET /token 200 in 12 ms, ', 40_000)),
  ];
  expect(long).toBeGreaterThan(short);
  expect(long).toBeLessThan(6 * short);
});

test('redaction: a text that takes too much work is cut shorter, with the mark, and no secret is left in it', () => {
  const secret = ['hunter', '2x'].join('');
  for (const text of ['pass ', 'pwd:', `password=${secret} `]) {
    const after = redactor.text(`${filled(text, 60_000)} password=${secret}`);
    expect(after, text).toMatch(/ \[CUT: \d+ characters\]$/);
    expect(after, text).not.toContain(secret);
    // Read again, as in a bundle, it stays as it is.
    expect(redactor.text(after), text).toBe(after);
  }
});

test('redaction: an ordinary text of 60 KB with a secret in every line is not cut', () => {
  const line = (index: number): string =>
    `2026-01-01T00:00:00Z GET /api/orders/${index} password=hun${index}ter2 200 in 12 ms\n`;
  const after = createRedactor().text(Array.from({ length: 800 }, (_, index) => line(index)).join(''));
  expect(after).not.toContain('[CUT:');
  expect(after.split('[REDACTED:credential]')).toHaveLength(801);
});

test('redaction: a secret behind hostile text is still found', () => {
  for (const run of [...RUNS, ...ALONE]) {
    if (run.includes('"') || run.includes('\\') || run === '[' || run.includes('{')) continue;
    const text = `${filled(run).slice(0, 5_000)} password=hunter2x`;
    expect(redactor.text(text), run).not.toContain('hunter2x');
  }
});
