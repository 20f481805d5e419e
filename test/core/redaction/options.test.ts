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
