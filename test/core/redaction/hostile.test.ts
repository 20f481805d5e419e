import { expect, test } from 'vitest';
import { createRedactor, RULES } from '../../../src/core/redaction/index.ts';

const SIZE = 100_000;
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

/** Long enough that anything worse than linear would run into the time limit of the whole test. */
function filled(text: string): string {
  return text.repeat(Math.ceil(SIZE / text.length)).slice(0, SIZE);
}

test('redaction: hostile texts made for each rule come through, cut to size, in the time of one test', () => {
  for (const rule of RULES) {
    for (const literal of rule.literals.slice(0, 2)) {
      for (const text of [filled(literal), ...RUNS.map((run) => literal + filled(run))]) {
        expect(redactor.text(text), `${rule.id} ${literal}`).not.toContain('[REDACTED:error]');
      }
    }
  }
}, 60_000);

test('redaction: hostile texts made for the engine come through, cut to size', () => {
  for (const text of [...RUNS, ...ALONE]) {
    expect(redactor.text(filled(text)), text).not.toContain('[REDACTED:error]');
  }
});

test('redaction: a secret behind hostile text is still found', () => {
  for (const run of [...RUNS, ...ALONE]) {
    if (run.includes('"') || run.includes('\\') || run === '[' || run.includes('{')) continue;
    const text = `${filled(run).slice(0, 5_000)} password=hunter2x`;
    expect(redactor.text(text), run).not.toContain('hunter2x');
  }
});
