import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/core/redaction/index.ts';

const redactor = createRedactor();
const PASSWORDS = ['dragonfly', ['h7Kq2vXp', '9LmZ'].join('')];

/** How validators, parsers of arguments and databases say which value they do not like, the name first. */
const NAME_FIRST: ((value: string) => string)[] = [
  (x) => `Variable "$password" got invalid value "${x}"; String cannot represent a non string value`,
  (x) =>
    `Field error in object 'user' on field 'password': rejected value [${x}]; codes [Size.user.password]`,
  (x) => `TypeError [ERR_INVALID_ARG_VALUE]: The property 'options.password' is invalid. Received '${x}'`,
  (x) => `The argument 'clientSecret' must not be empty. Received '${x}'`,
  (x) => `spec.password: Invalid value: "${x}": must be no more than 63 characters`,
  (x) => `error: option '--api-token <token>' argument '${x}' is invalid. Not a number.`,
  (x) => `app: error: argument --db-password: invalid int value: '${x}'`,
  (x) => `Error: Invalid value for '--password': '${x}' is not a valid integer.`,
  (x) => `password must be a \`number\` type, but the final value was: \`"${x}"\`.`,
  (x) => `At path: user.password -- Expected a value of type \`number\`, but received: \`"${x}"\``,
  (x) =>
    `1 validation error for User\npassword\n  String should be short [type=string_too_long, input_value='${x}', input_type=str]`,
  (x) => `password: received '${x}'`,
  (x) => `env-var: "DB_PASSWORD" should be a valid integer, but was "${x}"`,
  (x) => `secret should match /^a/ but got '${x}'`,
  (x) => `"password" with value "${x}" fails to match the pattern`,
];

/** And the value first. */
const VALUE_FIRST: ((value: string) => string)[] = [
  (x) => `Invalid value '${x}' for field password`,
  (x) => `invalid value "${x}" for flag -db-password: parse error`,
  (x) => `error: invalid value '${x}' for '--password <PASSWORD>': invalid digit`,
  (x) => `The value '${x}' is not valid for Password.`,
  (x) => `got invalid value "${x}" at "input.password"; Int cannot represent non-integer value`,
  (x) => `Incorrect integer value: '${x}' for column 'api_key' at row 1`,
  (x) => `Invalid value "${x}" supplied to : { password: number }/password: number`,
  (x) =>
    `Cannot deserialize value of type \`int\` from String "${x}": not a valid value\n at [line: 1] (through reference chain: User["password"])`,
];

/** What is compared with what, in tests and assertions. */
const COMPARED: ((value: string, other: string) => string)[] = [
  (x, y) => `AssertionError: password: expected '${x}' to be '${y}' // Object.is equality`,
  (x, y) => `AssertionError: expected password '${x}' to equal '${y}'`,
  (x, y) => `AssertionError: wrong api_key: expected "${x}" not to equal "${y}"`,
  (x, y) => `AssertionError [ERR_ASSERTION]: password is kept\n+ actual - expected\n\n+ '${x}'\n- '${y}'\n`,
  (x, y) =>
    `AssertionError: differs\n+ actual - expected\n  {\n+   password: '${x}'\n-   password: '${y}'\n  }`,
  (x, y) => `> 12 | expect(user.password).toBe('${x}') || expect(user.password).to.equal("${y}")`,
  (x, y) => `assert.equal(user.password, '${x}'); assert.deepStrictEqual(apiToken, '${y}')`,
];

test('redaction: the value that a validator quotes beside the name of a credential is masked, before and behind it', () => {
  for (const password of PASSWORDS)
    for (const write of [...NAME_FIRST, ...VALUE_FIRST]) {
      const text = write(password);
      const after = redactor.text(text);
      expect(after).toBe(write('[REDACTED:credential]'));
      expect(redactor.text(after)).toBe(after);
      expect(redactor.text(JSON.stringify({ message: text }))).not.toContain(password);
    }
});

test('redaction: what an assertion compares beside the name of a credential is masked on both sides', () => {
  for (const write of COMPARED) {
    const text = write(PASSWORDS[0] as string, PASSWORDS[1] as string);
    const mark = '[REDACTED:credential]';
    expect(redactor.text(text)).toBe(write(mark, mark));
    expect(redactor.text(write(mark, mark))).toBe(write(mark, mark));
  }
});

test('redaction: complaints about other fields, types and syntax stay', () => {
  for (const text of [
    ...[...NAME_FIRST, ...VALUE_FIRST].map((write) =>
      write('a1b2c3d4').replaceAll(
        /(?:options\.|input\.|db-|user\.)?password|clientSecret|api[-_](?:token|key)|DB_PASSWORD|secret/gi,
        'city',
      ),
    ),
    "SyntaxError: Unexpected token, expected ',' but got 'function'",
    "Unexpected token: got 'identifier'",
    'password must be a string, received "undefined"',
    'password must be a `string` type, but the final value was: `null`',
    'the password was rejected; the user got "welcome back"',
    "AssertionError: expected 'a1b2c3' to equal 'd4e5f6'",
    'Expected: "a1b2c3"\nReceived: "d4e5f6"',
    'expect(user.name).toBe("a1b2c3")',
    "assert.equal(tokens.length, 'a1b2c3')",
  ])
    expect(redactor.text(text), text).toBe(text);
});
