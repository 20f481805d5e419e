import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Gate } from '../../../src/core/redaction/gate/gate.ts';
import { createRedactor } from '../../../src/core/redaction/index.ts';

const redactor = createRedactor();
const secret = ['h7Kq2vXp', '9LmZ'].join('');
const TEXTS = [
  `password=${secret}`,
  `{"user":"bob","client_secret":"${secret}"}`,
  `postgres://bob:${secret}@db.example.com/shop`,
  `비밀번호: ${secret}`,
];

/** The characters that the digits and numbers left in a text spell. */
function spelled(text: string): string {
  const numbers = text.replaceAll(/\d+\b/g, (number) => String.fromCharCode(Number(number)));
  return `${Buffer.from(text.replaceAll(/[^\da-f]/gi, ''), 'hex').toString('latin1')} ${numbers.replaceAll(/[^\w]/g, '')}`;
}

test('redaction: hexadecimal digits that spell a secret are masked, wherever they stand', () => {
  for (const text of TEXTS)
    for (const encoding of /[^ -~]/.test(text) ? ['utf8' as const] : (['utf8', 'utf16le'] as const)) {
      const hex = Buffer.from(text, encoding).toString('hex');
      for (const digits of [hex, hex.toUpperCase()])
        for (const write of [
          digits,
          `0x${digits}`,
          `body=${digits}, 200`,
          `\\x${digits}`,
          `got X'${digits}' from /data/${digits}`,
          JSON.stringify({ payload: digits }),
          `id_${digits}`,
        ]) {
          const after = redactor.text(write);
          expect(after, write).toMatch(/REDACTED/);
          expect(after.toLowerCase(), write).not.toContain(hex.slice(-16));
        }
    }
});

test('redaction: bytes that are printed one by one are read as the text they spell', () => {
  for (const text of TEXTS) {
    const bytes = Buffer.from(text);
    const shown = [
      `<Buffer ${bytes.toString('hex').replaceAll(/..(?=.)/g, '$& ')}>`,
      inspect(new Uint8Array(bytes)),
      inspect(bytes.toJSON(), { maxArrayLength: null }),
      JSON.stringify(bytes),
      `Buffer.from([${[...bytes].join(', ')}])`,
      inspect(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
    ];
    for (const print of shown)
      for (const write of [
        print,
        `got ${print} from bob`,
        JSON.stringify({ message: `body was ${print}` }),
      ]) {
        const after = redactor.text(write);
        expect(after, write).toMatch(/REDACTED/);
        expect(spelled(after), after).not.toContain(secret.slice(-6));
        if (write.startsWith('{"')) expect(() => JSON.parse(after), after).not.toThrow();
        const count = redactor.maskedCount;
        expect(redactor.text(after)).toBe(after);
        expect(redactor.maskedCount).toBe(count);
      }
  }
});

test('redaction: printed bytes beside the name of a secret are masked', () => {
  const bytes = Buffer.from(secret);
  for (const text of [
    `password: ${inspect(bytes)}`,
    inspect({ user: 'bob', secret: bytes, id: 1 }),
    inspect({ user: 'bob', api_key: new Uint8Array(bytes) }),
    `{"user":"bob","token":${JSON.stringify(bytes)}}`,
    `12:00 body={"user":"bob","token":${JSON.stringify(bytes)}}`,
  ]) {
    const after = redactor.text(text);
    expect(spelled(after), after).not.toContain(secret.slice(-6));
    expect(after).toMatch(/REDACTED/);
  }
});

test('redaction: printed bytes and digits that hold no secret stay', () => {
  const plain = Buffer.from('a plain text about nothing, 42');
  for (const text of [
    inspect(plain),
    inspect(new Uint8Array(plain)),
    JSON.stringify(plain),
    plain.toString('hex'),
    inspect(randomBytes(40)),
    JSON.stringify({ data: randomBytes(40) }),
    `avatar: ${inspect(randomBytes(40))}`,
    'new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9])',
  ])
    expect(redactor.text(text), text).toBe(text);
});

test('redaction: ids, checksums and numbers in hexadecimal digits end at the gate', () => {
  const gate = new Gate([]);
  let suspects = 0;
  for (let round = 0; round < 2_000; round++) {
    const bytes = randomBytes(32);
    for (const id of [
      createHash('sha1').update(bytes).digest('hex'),
      bytes.toString('hex'),
      bytes.toString('hex', 0, 16).toUpperCase(),
      `00-${bytes.toString('hex', 0, 16)}-${bytes.toString('hex', 16, 24)}-01`,
      randomUUID(),
    ])
      suspects += gate.find(id).encodedRuns.length;
  }
  // By chance one in five hundred reads as text; then nothing is found in it.
  expect(suspects).toBeLessThan(70);
});
