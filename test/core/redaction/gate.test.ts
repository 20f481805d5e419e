import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Gate } from '../../../src/core/redaction/gate/gate.ts';
import { createRedactor, RULES } from '../../../src/core/redaction/index.ts';

const rules = RULES.filter((rule) => rule.isOptIn !== true);
const gate = new Gate(rules.flatMap((rule, tag) => rule.literals.map((literal) => ({ literal, tag }))));
const FILLERS = ['', '.', '. ', '…', 'ü.', '. . . . '];

test('redaction: the gate sees every literal, at every place, in either case, alone and joined', () => {
  for (const rule of rules) {
    for (const literal of rule.literals) {
      if (literal === '@') continue;
      for (const before of FILLERS) {
        // Of other scripts each case has a literal of its own.
        const capitals = literal.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
        for (const text of [literal, capitals]) {
          expect(gate.isClean(`${before}${text}`), `${before}${text}`).toBe(false);
          expect(gate.isClean(`${before}${text}. .`), `${before}${text}`).toBe(false);
          expect(gate.suspectParts(['.. .', `${before}${text}`, '. .'])).toContain(1);
        }
      }
    }
  }
});

function isAscii(literal: string): boolean {
  return Buffer.byteLength(literal) === literal.length;
}

test('redaction: the gate finds the same hits as a plain search', () => {
  const literals = [
    ...new Set(rules.flatMap((rule) => rule.literals.map((literal) => literal.toLowerCase()))),
    // Those of other scripts are found by the low half of their characters, and so is an at sign.
  ].filter(isAscii);
  for (let round = 0; round < 200; round++) {
    const parts = [...randomBytes(12)].map((byte) =>
      byte % 3 === 0 ? (literals[byte % literals.length] as string) : String.fromCharCode(32 + (byte % 95)),
    );
    const text = parts.join('');
    const expected = new Set<string>();
    for (const literal of literals) {
      for (
        let at = text.toLowerCase().indexOf(literal);
        at >= 0;
        at = text.toLowerCase().indexOf(literal, at + 1)
      ) {
        expected.add(`${literal}@${at}`);
      }
    }
    const found = new Set(
      gate
        .find(text)
        .hits.filter(({ entry }) => isAscii(entry.literal))
        .map(({ entry, start }) => `${entry.literal.toLowerCase()}@${start}`),
    );
    expect(found, text).toEqual(expected);
    if ([...expected].some((hit) => !hit.startsWith('@'))) expect(gate.isClean(text), text).toBe(false);
  }
});

test('redaction: the gate sees base64 that reads as text wherever it stands, in 8 and 16 bits', () => {
  for (const encoding of ['utf8', 'utf16le'] as const) {
    const run = Buffer.from('password=hunter2 for bob', encoding).toString('base64');
    for (let place = 0; place < 45; place++) {
      for (const text of [`${'. '.repeat(place)}${run}`, `${'.'.repeat(place)} ${run} .`, `/a/${run}`]) {
        expect(gate.isClean(text), text).toBe(false);
        expect(createRedactor().text(text), text).not.toContain(run.slice(8, 20));
      }
    }
  }
});

test('redaction: what differs by one key in JSON is seen: every word for a secret is one the gate looks for', () => {
  const redactor = createRedactor();
  const words =
    'password passwd passphrase passcode pwd secret secrets credential creds authorization jwt bearer cookie apikey ' +
    'api_key authToken refresh_token access_key private_key otp totp cvv cvc mnemonic client_secret DB_PASS auth_key ' +
    'kennwort passwort contrasena senha htpasswd requirepass ssn psw passwrd';
  for (const word of words.split(' ')) {
    const json = JSON.stringify({ [word]: 'hunter2hunter2' });
    expect(redactor.text(json), word).not.toContain('hunter2');
  }
});
