import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/core/redaction/index.ts';

const redactor = createRedactor();

test('redaction: JSON in a string stays JSON, with everything else as it was', () => {
  const before = {
    user: 'bob',
    password: 'p"a\\ss\nw0rd',
    pin: 1,
    passcode: 123_456,
    nested: [{ apiKey: 'abc' }, { secrets: ['a', 'b'] }, { credentials: { id: 1, what: 'x' } }],
    url: 'postgres://shop:hunter2@db/shop',
    log: 'login with password=hunter2 failed',
    inner: JSON.stringify({ token: 'abc', n: 1 }),
    env: [{ name: 'DB_PASSWORD', value: 'abc' }],
    tokens: 12,
    enabled: true,
    empty: '',
  };
  for (const space of [undefined, 2]) {
    const after = JSON.parse(redactor.text(JSON.stringify(before, null, space))) as typeof before;
    expect(after).toEqual({
      ...before,
      password: '[REDACTED:sensitive-key]',
      passcode: '[REDACTED:sensitive-key]',
      nested: [
        { apiKey: '[REDACTED:sensitive-key]' },
        { secrets: '[REDACTED:sensitive-key]' },
        { credentials: '[REDACTED:sensitive-key]' },
      ],
      url: 'postgres://REDACTED:REDACTED@db/shop',
      log: 'login with password=[REDACTED:credential] failed',
      inner: JSON.stringify({ token: '[REDACTED:sensitive-key]', n: 1 }),
      env: [{ name: 'DB_PASSWORD', value: '[REDACTED:sensitive-key]' }],
    });
  }
});

test('redaction: JSON that was cut off, or is none at all, is masked as far as it goes', () => {
  const text = JSON.stringify({ a: 1, password: 'hunter2hunter2', b: [1, 2] });
  for (let length = text.indexOf('hunter2') + 7; length <= text.length; length++) {
    expect(redactor.text(text.slice(0, length)), String(length)).not.toContain('hunter2');
  }
  expect(redactor.text('{ password: "hunter2hunter2", }')).not.toContain('hunter2');
  expect(redactor.text("{'password': 'hunter2hunter2'}")).not.toContain('hunter2');
});

test('redaction: a card written as a number in JSON is masked, and the JSON stays JSON', () => {
  const card = Number(['4111', '1111', '1111', '1111'].join(''));
  expect(JSON.parse(redactor.text(JSON.stringify({ card, n: 1_700_000_000_000 })))).toEqual({
    card: '[REDACTED:card]',
    n: 1_700_000_000_000,
  });
  expect(redactor.value('card', card)).toBe('[REDACTED:card]1111');
});

test('redaction: escapes in JSON hide neither a key nor a value', () => {
  const escaped =
    '{"pass\\u0077ord":"hunter2","note":"pass\\u0077ord=hunter2","x":"\\u0070assword: hunter2"}';
  const after = redactor.text(escaped);
  expect(after).not.toContain('hunter2');
  expect(() => JSON.parse(after)).not.toThrow();
});

test('redaction: random JSON stays JSON of the same shape', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const before = randomValue(seed, 4);
    const after = JSON.parse(redactor.text(JSON.stringify(before))) as unknown;
    expect(shapeOf(after)).toEqual(shapeOf(before));
  }
});

/** The keys and lengths of a value; what a sensitive key names has no shape. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'secret' ? 0 : shapeOf(item)]),
  );
}

function randomValue(seed: number, depth: number): unknown {
  const pick = (seed * 2_654_435_761) >>> 8;
  const texts = ['plain', 'password=abc123', 'a "quoted" \\ text\n', 'https://u:p4ss@h/x', 'ünï💥', ''];
  if (depth === 0 || pick % 5 === 0) return texts[pick % texts.length];
  if (pick % 5 === 1) return pick;
  if (pick % 5 === 2) return [randomValue(seed + 1, depth - 1), randomValue(seed + 2, depth - 1)];
  return {
    a: randomValue(seed + 3, depth - 1),
    secret: randomValue(seed + 4, depth - 1),
    'b "c"': randomValue(seed + 5, depth - 1),
  };
}

test('redaction: a number that is masked in JSON within a string leaves both of them JSON', () => {
  const inner = JSON.stringify({
    password: 123_456,
    card: Number(['4111', '1111', '1111', '1111'].join('')),
  });
  for (const [write, read] of [
    [(x: string) => JSON.stringify({ body: x }), (x: string) => JSON.parse(x).body],
    [
      (x: string) => JSON.stringify({ body: JSON.stringify([x]) }),
      (x: string) => JSON.parse(JSON.parse(x).body)[0],
    ],
    [encodeURIComponent, decodeURIComponent],
    [(x: string) => x.replaceAll('"', '&quot;'), (x: string) => x.replaceAll('&quot;', '"')],
  ] as const)
    expect(JSON.parse(read(createRedactor().text(write(inner))))).toEqual({
      password: '[REDACTED:sensitive-key]',
      card: '[REDACTED:card]',
    });
});

test('redaction: in JSON and objects inside other text a pair is one as well, whatever stands first or between', () => {
  const redactor = createRedactor();
  for (const secret of ['dragonfly', ['h7Kq2vXp', '9LmZ'].join('')])
    for (const write of [
      (x: string) => `12:00 INFO body={"value":"${x}","name":"DB_PASSWORD"}`,
      (x: string) => `12:00 INFO body={"name":"DB_PASSWORD","type":"text","value":"${x}"} in 3 ms`,
      (x: string) =>
        `errors: [{"type":"field","value":"${x}","msg":"Invalid value","path":"password","location":"body"}]`,
      (x: string) => `got {"input":"${x}","loc":["body","api_key"],"msg":"too short"}`,
      (x: string) => `env { value: '${x}', name: 'API_TOKEN' }, { value: '80', name: 'PORT' }`,
      (x: string) =>
        `ValidationError {\n  target: [User],\n  value: '${x}',\n  property: 'password',\n  children: []\n}`,
      (x: string) => `patch {"op":"replace","value":"${x}","path":"/user/password"} failed`,
      (x: string) => `a {"value":"${x}","note":"of {bob}","key":"client_secret"} b`,
      (x: string) => `log {\\"value\\":\\"${x}\\",\\"name\\":\\"DB_PASSWORD\\"}`,
      (x: string) => `<property value="${x}" name="db.password"/>`,
      (x: string) => `<input type="text" value="${x}" name="password">`,
    ]) {
      const after = redactor.text(write(secret));
      expect(after).toBe(write('[REDACTED:credential]'));
      expect(redactor.text(after)).toBe(after);
    }
  for (const text of [
    'x {"value":"dragonfly","name":"PORT"} {"name":"DB_PASSWORD"}',
    "field { value: 'Password', name: 'password', label: 'Your password' }",
    'x {"name":"read_token","input":{"path":"/etc/hosts"}}',
    "option { value: 'dragonfly', name: 'city' }, the name: 'password' is taken",
  ])
    expect(redactor.text(text), text).toBe(text);
});
