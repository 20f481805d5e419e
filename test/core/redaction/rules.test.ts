import { expect, test } from 'vitest';
import { createRedactor, RULES } from '../../../src/core/redaction/index.ts';
import { DESCRIPTIONS } from '../../../src/core/redaction/rules/descriptions.ts';
import { ALL_RULES, NUMBERS, SHAPES } from '../../../src/core/redaction/rules/index.ts';
import { piecesLeft } from './pieces.ts';

const OPT_IN = ['email', 'phone', 'ip-address'];
const redactor = createRedactor({ enable: OPT_IN });

test('redaction: every rule masks its own examples, no six characters of the secret part are left', () => {
  for (const rule of [...RULES, ...NUMBERS, ...SHAPES]) {
    for (const { text, secret } of rule.examples()) {
      for (const around of [text, `before ${text} after`, `{"a":${JSON.stringify(text)}}`, `x="${text}"`]) {
        const masked = redactor.text(around);
        expect(masked, rule.id).toContain('REDACTED');
        expect(piecesLeft(masked, secret), `${rule.id}: ${masked}`).toEqual([]);
      }
    }
  }
});

test('redaction: a rule has an example, a reference and literals the gate can look for', () => {
  for (const rule of ALL_RULES) expect(DESCRIPTIONS[rule.id], rule.id).toMatch(/^[\w(].{3,}/);
  for (const rule of RULES) {
    expect(rule.examples().length, rule.id).toBeGreaterThan(0);
    expect(rule.reference, rule.id).toMatch(/^https:\/\//);
    expect(rule.id).toMatch(/^[a-z0-9-]+$/);
    for (const literal of rule.literals) {
      expect(literal.length >= 3 || literal === '@', `${rule.id}: ${literal}`).toBe(true);
    }
  }
});

test('redaction: what is off by default stays off, and comes on by its id', () => {
  const plain = createRedactor();
  for (const rule of [...RULES, ...NUMBERS, ...SHAPES]) {
    if (rule.isOptIn !== true) continue;
    expect(OPT_IN).toContain(rule.id);
    for (const { text } of rule.examples()) expect(plain.text(text), rule.id).toBe(text);
  }
});

test('redaction: a disabled rule does not mask', () => {
  const without = createRedactor({ disable: ['github-token'] });
  const example = RULES.find((rule) => rule.id === 'github-token')?.examples()[0];
  expect(example).toBeDefined();
  if (example === undefined) return;
  expect(redactor.text(example.text)).not.toBe(example.text);
  expect(without.text(example.text)).toBe(example.text);
});

test('redaction: a mark names the rule, keeps the public prefix and the last four of a card', () => {
  const prefixed = RULES.find((rule) => rule.id === 'npm-token')?.examples()[0]?.text ?? '';
  expect(redactor.text(prefixed)).toBe('npm_[REDACTED:npm-token]');
  const card = ['4111', '1111', '1111', '1111'];
  expect(redactor.text(`card ${card.join(' ')} ok`)).toBe('card [REDACTED:card]1111 ok');
});

test('redaction: what was masked once is left alone the second time', () => {
  for (const rule of [...RULES, ...NUMBERS, ...SHAPES]) {
    for (const { text } of rule.examples()) {
      const once = redactor.text(text);
      expect(redactor.text(once), rule.id).toBe(once);
    }
  }
});

test('redaction: a secret that looks like an id is gone at its other places too', () => {
  const id = ['3f2c8a1e', '9847', '43d9', '8e65', '917590b81cf0'].join('-');
  const once = redactor.text(`npm_token = '${id}'`);
  expect(once).not.toContain(id);
  expect(redactor.text(`npm_token = '${id}' | '${id}'`)).not.toContain(id);
  expect(redactor.text(`request ${id} took 12 ms`)).toContain(id);
});
