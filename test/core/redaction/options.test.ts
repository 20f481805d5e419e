import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRedactor, RULES } from '../../../src/core/redaction/index.ts';

test('redaction: a rule of the user masks its group, and a dangerous one is left out', () => {
  const redactor = createRedactor({
    extraRules: [
      { id: 'acme', literals: ['ACME-'], pattern: /ACME-(\d{4}-[A-Z]{4})/ },
      { id: 'nested', literals: ['boom'], pattern: /boom(a+)+$/ },
      { id: 'choice', literals: ['boom'], pattern: /boom(?:a|aa)+$/ },
      { id: 'short', literals: ['ab'], pattern: /ab(c)/ },
    ],
  });
  expect(redactor.text('ticket ACME-1234-WXYZ open')).toBe('ticket ACME-[REDACTED:acme] open');
  expect(redactor.text(`boom${'a'.repeat(40)}`)).toBe(`boom${'a'.repeat(40)}`);
  expect(redactor.text('ab abc')).toBe('ab abc');
});

test('redaction: keys of the user are sensitive by words, in attributes, JSON and text', () => {
  const redactor = createRedactor({ extraKeys: ['customer ref'] });
  expect(redactor.value('app.customerRef', 'abc')).toBe('[REDACTED:sensitive-key]');
  expect(redactor.value('customer', 'abc')).toBe('abc');
  expect(redactor.text('{"customer_ref":"abc"}')).toBe('{"customer_ref":"[REDACTED:sensitive-key]"}');
  expect(redactor.text('customer_ref=abc12345')).toBe('customer_ref=[REDACTED:extra-key]');
});

test('redaction: allowed key paths are left alone, at the top and inside', () => {
  const redactor = createRedactor({ allow: ['app.token', 'debug.*', 'request.body.password'] });
  const value = 'password=hunter2';
  expect(redactor.attributes({ 'app.token': value })).toEqual({ 'app.token': value });
  expect(redactor.attributes({ 'debug.secret': value })).toEqual({ 'debug.secret': value });
  const request = { body: { password: 'abc', secret: 'abc' } };
  expect(redactor.value('request', request)).toEqual({
    body: { password: 'abc', secret: '[REDACTED:sensitive-key]' },
  });
});

test('redaction: policy off changes and counts nothing, a dry run counts and changes nothing', () => {
  const attributes = { password: 'abc', note: 'token=abc123def' };
  const off = createRedactor({ policy: 'off' });
  expect(off.attributes(attributes)).toBe(attributes);
  expect(off.maskedCount).toBe(0);
  const dry = createRedactor({ dryRun: true });
  expect(dry.attributes(attributes)).toBe(attributes);
  expect(dry.text('password=hunter2')).toBe('password=hunter2');
  expect(dry.maskedCount).toBe(3);
  expect(Object.fromEntries(dry.countsByRule)).toEqual({ 'sensitive-key': 1, credential: 2 });
});

test('redaction: the strict policy masks weak keys and all personal data', () => {
  const strict = createRedactor({ policy: 'strict' });
  expect(strict.value('auth', 'abc')).toBe('[REDACTED:sensitive-key]');
  for (const rule of RULES.filter((candidate) => candidate.isOptIn === true)) {
    const { text, secret } = rule.examples()[0] ?? { text: '', secret: 'none' };
    expect(strict.text(text), rule.id).not.toContain(secret);
  }
});

test('redaction: a pseudonym is the same for the same person and key, differs for others, and hides them', () => {
  const first = createRedactor({ enable: ['email'], pseudonymKey: 'k1' });
  const second = createRedactor({ enable: ['email'], pseudonymKey: 'k2' });
  const bob = first.text('mail from bob@example.com');
  expect(bob).toMatch(/^mail from \[email:[0-9a-f]{12}\]$/);
  expect(first.text('mail from BOB@example.com')).toBe(bob);
  expect(first.text('mail from ann@example.com')).not.toBe(bob);
  expect(second.text('mail from bob@example.com')).not.toBe(bob);
  expect(first.text('password=hunter2')).toBe('password=[REDACTED:credential]');
});

test('redaction: an unknown id and a rule that cannot be used are said once, at the start, and nothing else', () => {
  const said: string[] = [];
  const redactor = createRedactor({
    disable: ['github-token', 'no-such-rule'],
    enable: ['e-mail', 'phone', 'acme'],
    extraRules: [
      { id: 'acme', literals: ['ACME-'], pattern: /ACME-(\d+)/ },
      { id: 'bad', literals: ['x'], pattern: /x/ },
    ],
    onProblem: (message) => said.push(message),
  });
  redactor.text('ACME-12345');
  expect(said).toEqual([
    expect.stringMatching(/^redaction rule "bad" is left out: a literal/),
    expect.stringMatching(/^redaction: `disable` names "no-such-rule"/),
    expect.stringMatching(/^redaction: `enable` names "e-mail"/),
  ]);
});

test('redaction: rules of a JSON file run, and a file that is none is said without quoting it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'agentlog-test-'));
  try {
    const file = join(directory, 'rules.json');
    const said: string[] = [];
    const onProblem = (message: string): unknown => said.push(message);
    writeFileSync(
      file,
      JSON.stringify([{ id: 'acme', literals: ['ACME-'], pattern: 'acme-(\\d{4})', flags: 'i' }]),
    );
    expect(createRedactor({ rulesFile: file, onProblem }).text('ACME-1234 open')).toBe(
      'ACME-[REDACTED:acme] open',
    );
    expect(said).toEqual([]);
    writeFileSync(file, '[{"id": "s3cret-content"');
    createRedactor({ rulesFile: file, onProblem });
    createRedactor({ rulesFile: join(directory, 'none.json'), onProblem });
    writeFileSync(file, JSON.stringify([null, { id: 'x1', literals: ['abc'], pattern: '(' }]));
    createRedactor({ rulesFile: file, onProblem });
    expect(said).toEqual([
      expect.stringContaining('it is not JSON'),
      expect.stringContaining('ENOENT'),
      expect.stringContaining('is left out'),
      expect.stringContaining('its pattern is not a RegExp'),
    ]);
    expect(said.join()).not.toContain('s3cret');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('redaction: addresses of version 6 are masked when asked for, times and C++ names are not', () => {
  const redactor = createRedactor({ enable: ['ip-address'] });
  const address = ['2001', 'db8', '85a3', '', '8a2e', '370', '7334'].join(':');
  for (const text of [address, '::ffff:203.0.113.7', 'fe80::1ff:fe23:4567:890a%eth0', '2001:db8::1']) {
    expect(redactor.text(`from ${text}, next`), text).toBe('from [REDACTED:ip-address], next');
    expect(redactor.text(`http://[${text}]:8080/a`), text).not.toContain(text.slice(0, 9));
  }
  for (const text of [
    'at 12:34:56.789',
    'std::vector<int>',
    '00:1b:44:11:3a:b7',
    'a::b',
    'dead::beef',
    'Foo::Bar1',
    '1:2',
  ]) {
    expect(redactor.text(text)).toBe(text);
  }
});

test('redaction: a rule of the user stays when the machine was busy while it was tried', () => {
  const { now } = performance;
  let calls = 0;
  // One look in twenty is interrupted for half a second.
  performance.now = () => (Math.floor(++calls / 2) % 20 === 10 ? calls * 500 : calls);
  try {
    const redactor = createRedactor({
      extraRules: [{ id: 'acme', literals: ['ACME-'], pattern: /ACME-(\d{4}-[A-Z]{4})/ }],
    });
    expect(redactor.text('ticket ACME-1234-WXYZ')).toBe('ticket ACME-[REDACTED:acme]');
  } finally {
    performance.now = now;
  }
});
