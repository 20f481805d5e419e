import { expect, test } from 'vitest';
import { createRedactor, RULES, type Rule } from '../../../src/core/redaction/index.ts';

/** The whole table, with one rule that throws wherever it is called. */
function tableWithFault(index: number): Rule[] {
  return RULES.map((rule, at) => ({
    ...rule,
    isOptIn: false,
    find: at === index ? () => failing() : rule.find,
  }));
}

function failing(): never {
  throw new Error('injected');
}

test('redaction: a fault in any rule masks the value whole, is counted, and is said once', () => {
  const disable = RULES.map((rule) => rule.id);
  for (const [index, rule] of RULES.entries()) {
    const said: string[] = [];
    const redactor = createRedactor({
      extraRules: tableWithFault(index),
      disable,
      onError: (id) => said.push(id),
    });
    const { text, secret } = rule.examples()[0] ?? { text: '', secret: '' };
    expect(redactor.text(text), rule.id).toBe('[REDACTED:error]');
    expect(redactor.value('note', [text, 1]), rule.id).toEqual(['[REDACTED:error]', 1]);
    expect(JSON.stringify(redactor.attributes({ note: text })), rule.id).not.toContain(secret);
    expect(redactor.countsByRule.get('error'), rule.id).toBe(3);
    expect(said, rule.id).toEqual([rule.id]);
  }
});

test('redaction: values that throw when they are read are masked, and nothing is thrown', () => {
  const redactor = createRedactor({ onError: () => failing() });
  const hostile = {
    get password(): string {
      return failing();
    },
  };
  expect(redactor.value('body', hostile as never)).toBe('[REDACTED:error]');
  expect(JSON.stringify(redactor.attributes(hostile))).toContain('[REDACTED:error]');
  const proxy = new Proxy({}, { ownKeys: failing, get: failing });
  expect(redactor.value('body', proxy as never)).toBe('[REDACTED:error]');
});

test('redaction: a cyclic, deep or wide value ends, masked where it is too much', () => {
  const redactor = createRedactor({ onError: () => undefined });
  const cyclic: Record<string, unknown> = { secret: 'x'.repeat(3) };
  cyclic.self = cyclic;
  cyclic.again = cyclic;
  expect(JSON.stringify(redactor.value('body', cyclic as never)).length).toBeGreaterThan(0);
  let deep: unknown = 'bottom';
  for (let level = 0; level < 100; level++) deep = { deep };
  expect(JSON.stringify(redactor.value('body', deep as never))).toContain('[REDACTED:error]');
});
