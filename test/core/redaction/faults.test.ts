import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/core/redaction/index.ts';
import { RuleRedactor } from '../../../src/core/redaction/rule-redactor.ts';
import { ALL_RULES } from '../../../src/core/redaction/rules/index.ts';
import { readSettings, type Settings } from '../../../src/core/redaction/settings.ts';

const SETTINGS = readSettings({ policy: 'strict' }, () => undefined);
const CAUGHT = '[REDACTED:error]';

function failing(): never {
  throw new Error('injected');
}

/** The settings as they are, each rule of this id broken wherever it is called. */
function withFault(id: string): Settings {
  const broken = <T extends { readonly id: string; readonly find: unknown }>(rules: readonly T[]): T[] =>
    rules.map((rule) => (rule.id === id ? { ...rule, find: () => failing() } : rule));
  return {
    ...SETTINGS,
    rules: broken(SETTINGS.rules),
    numberRules: broken(SETTINGS.numberRules),
    shapeRules: broken(SETTINGS.shapeRules),
  };
}

test('redaction: a fault in any rule masks the value whole, is counted, and is said once', () => {
  for (const id of new Set(ALL_RULES.map((rule) => rule.id))) {
    for (const { text, secret } of ALL_RULES.filter((rule) => rule.id === id).flatMap((rule) =>
      rule.examples(),
    )) {
      const said: string[] = [];
      const redactor = new RuleRedactor(withFault(id), {}, (broken) => said.push(broken));
      expect(redactor.text(text), id).toBe(CAUGHT);
      expect(redactor.value('note', [text, 1]), id).toEqual([CAUGHT, 1]);
      expect(redactor.value('note', { deep: { [text]: 1 } }), id).toEqual({ deep: { [CAUGHT]: 1 } });
      expect(Buffer.from(redactor.value('note', Buffer.from(text)) as Uint8Array).toString(), id).toBe(
        CAUGHT,
      );
      expect(JSON.stringify(redactor.attributes({ note: text })), id).not.toContain(secret);
      expect(redactor.text('and after it all is well'), id).toBe('and after it all is well');
      expect(redactor.countsByRule.get('error'), id).toBeGreaterThanOrEqual(5);
      expect(said, id).toEqual([id]);
    }
  }
});

test("redaction: a fault in a rule of the user's masks the value whole", () => {
  const said: string[] = [];
  const redactor = createRedactor({
    extraRules: [
      {
        ...(SETTINGS.rules[0] as (typeof SETTINGS.rules)[number]),
        id: 'own',
        literals: ['ACME'],
        find: failing,
      },
    ],
    onError: (id) => said.push(id),
  });
  expect(redactor.text('an ACME ticket')).toBe(CAUGHT);
  expect(redactor.text('no ticket')).toBe('no ticket');
  expect(said).toEqual(['own']);
});

test('redaction: a fault in the key matcher masks the value and all attributes', () => {
  const said: string[] = [];
  const settings: Settings = { ...SETTINGS, senseOf: failing };
  const redactor = new RuleRedactor(settings, {}, (id) => said.push(id));
  const secret = ['hunter', '2xY'].join('');
  expect(redactor.value('db.password', secret)).toBe(CAUGHT);
  expect(redactor.value('body', { db: { password: secret } })).toBe(CAUGHT);
  expect(JSON.stringify(redactor.attributes({ 'db.password': secret }))).not.toContain(secret);
  const broken = new RuleRedactor({ ...SETTINGS, isAllowed: failing }, {}, (id) => said.push(id));
  expect(broken.value('db.password', secret)).toBe(CAUGHT);
  expect(said).toEqual(['engine', 'engine']);
});

test('redaction: values that throw when they are read are masked, and nothing is thrown', () => {
  const redactor = createRedactor({ onError: () => failing() });
  const hostile = {
    get password(): string {
      return failing();
    },
  };
  expect(redactor.value('body', hostile as never)).toBe(CAUGHT);
  expect(JSON.stringify(redactor.attributes(hostile))).toContain(CAUGHT);
  const proxy = new Proxy({}, { ownKeys: failing, get: failing });
  expect(redactor.value('body', proxy as never)).toBe(CAUGHT);
});

test('redaction: a cyclic, deep or wide value ends, masked where it is too much', () => {
  const redactor = createRedactor({ onError: () => undefined });
  const cyclic: Record<string, unknown> = { secret: 'x'.repeat(3) };
  cyclic.self = cyclic;
  cyclic.again = cyclic;
  expect(JSON.stringify(redactor.value('body', cyclic as never)).length).toBeGreaterThan(0);
  let deep: unknown = 'bottom';
  for (let level = 0; level < 100; level++) deep = { deep };
  expect(JSON.stringify(redactor.value('body', deep as never))).toContain(CAUGHT);
});
