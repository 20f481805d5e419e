import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { expect, test } from 'vitest';
import { createRedactor, senseOfKey } from '../../../src/core/redaction/index.ts';
import type { AttributeValue } from '../../../src/core/span.ts';

const STRONG =
  'password x-api-key dbPassword SECRET_KEY set-cookie apiKey APIKey api_keys client_secret clientSecret authToken ' +
  'X-Auth-Token accessToken refresh_token id_token http.request.header.authorization http.request.header.cookie ' +
  'db.query.parameter.password AWS_SECRET_ACCESS_KEY aws_session_token PGPASSWORD MYSQL_PWD privateKey private_key ' +
  'passphrase credentials smtp.pass DB_PASS connection.userPassword jwt x-csrf-token password_hash secret_id ' +
  'proxy-authorization access_tokens encryption_key master-key cvv securityAnswer';
const SILENT =
  'author authority monkey keyboard tokens gen_ai.usage.input_tokens gen_ai.request.max_tokens session.id ' +
  'gen_ai.conversation.id passwordless_enabled passenger bypass compass secretary tokenizer oauth keynote hotkey ' +
  'token_type token_count tokenCount password_policy passwordMinLength password.length secret_name secretName ' +
  'secretArn token_url token.endpoint expires_in primary_key foreign_key partitionKey cache_key sort.key public_key ' +
  'publicKey key_id kms_key_id access_key_id credentials_id authentication authorization_endpoint cookie_consent ' +
  'messaging.kafka.message.offset http.route url.full db.query.text gen_ai.token.type signatureAlgorithm';

test('redaction: keys that name a secret are told by their words', () => {
  for (const key of STRONG.split(' ')) expect(senseOfKey(key), key).toBe('strong');
});

test('redaction: keys that only sound like one say nothing', () => {
  for (const key of SILENT.split(' ')) expect(senseOfKey(key), key).not.toBe('strong');
});

test('redaction: a sensitive key masks strings, lists, maps, bytes and long numbers, and leaves counts and switches', () => {
  const redactor = createRedactor();
  const MASK = '[REDACTED:sensitive-key]';
  expect(redactor.value('password', 'abc')).toBe(MASK);
  expect(redactor.value('passwords', ['abc', 'def'])).toEqual([MASK, MASK]);
  expect(redactor.value('credentials', { user: 'bob', what: 'abc' })).toBe(MASK);
  expect(redactor.value('pwd', 123_456)).toBe(MASK);
  expect(redactor.value('secret', 12_345_678_901_234)).toBe(MASK);
  expect(Buffer.from(redactor.value('secret', new Uint8Array([1, 2, 3])) as Uint8Array).toString()).toBe(
    MASK,
  );
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder as a shell writes it
  for (const harmless of [true, false, null, 0, 3, 0.5, '', '***', '<password>', '${PASSWORD}']) {
    expect(redactor.value('password', harmless), String(harmless)).toBe(harmless);
  }
});

test('redaction: a value is masked by the key beside it: flags, raw headers, pairs of name and value', () => {
  const redactor = createRedactor();
  const MASK = '[REDACTED:sensitive-key]';
  expect(
    redactor.value('process.command_args', ['node', 'a.js', '--db-password', 'abc', '--port', '80']),
  ).toEqual(['node', 'a.js', '--db-password', MASK, '--port', '80']);
  expect(redactor.value('raw', ['Accept', '*/*', 'Authorization', 'abc'])).toEqual([
    'Accept',
    '*/*',
    'Authorization',
    MASK,
  ]);
  expect(
    redactor.value('env', [
      { name: 'DB_PASSWORD', value: 'abc' },
      { name: 'PORT', value: '80' },
    ]),
  ).toEqual([
    { name: 'DB_PASSWORD', value: MASK },
    { name: 'PORT', value: '80' },
  ]);
  expect(redactor.value('fields', ['password', 'email'])).toEqual(['password', 'email']);
});

test('redaction: attributes without anything to mask are the very same object', () => {
  const redactor = createRedactor();
  const attributes = {
    'http.route': '/a',
    'session.id': 'abc',
    n: 1,
    list: ['a', 'b'],
    map: { deep: [1, null] },
  };
  expect(redactor.attributes(attributes)).toBe(attributes);
  const before = { ...attributes, password: 'abc' };
  const after = redactor.attributes(before);
  expect(after).not.toBe(before);
  expect(before.password).toBe('abc');
  expect(after.map).toBe(before.map);
});

test('redaction: no key of the semantic conventions is taken for a secret but the headers of authorization', () => {
  const keys = Object.entries(conventions).filter(([name]) => /^(?:ATTR|METRIC|EVENT)_/.test(name));
  const redactor = createRedactor();
  const masked = keys
    .map(([, key]) => String(key))
    .filter(
      (key) => redactor.value(key, 'an ordinary value') !== 'an ordinary value' || key !== redactor.text(key),
    );
  expect(keys.length).toBeGreaterThan(1_000);
  expect(masked).toEqual([]);
});

/** As they are written in environments, headers, forms and configuration files. */
const SPELLINGS =
  'password passwd pwd DB_PASSWORD db.password dbPassword userPassword hashed_password PGPASSWORD MYSQL_PWD spring.datasource.password ' +
  'api_key apiKey apikey API-KEY X-API-Key X-Auth-Token access_token refreshToken id_token bearer_token csrf_token X-CSRF-Token ' +
  'session_token clientSecret SECRET_KEY_BASE DJANGO_SECRET_KEY JWT_SECRET app_secret WEBHOOK_SECRET STRIPE_SECRET_KEY ' +
  'OPENAI_API_KEY AWS_SECRET_ACCESS_KEY aws_session_token GITHUB_TOKEN NPM_TOKEN SLACK_BOT_TOKEN TWILIO_AUTH_TOKEN privateKey ' +
  'ssh_private_key SSH_KEY encryptionKey signingSecret master_key AccountKey SharedAccessKey Proxy-Authorization Set-Cookie ' +
  'http.request.header.authorization http.response.header.set-cookie credentials creds passphrase pass_phrase passcode pin_code ' +
  'otp_code totp_secret mfa_token recovery_codes backupCodes cvv card_cvc social_security_number securityCode cardNumber ssn mnemonic seedPhrase hmac_key ' +
  'VAULT_TOKEN sentry_auth_token DD_APP_KEY NEW_RELIC_LICENSE_KEY fcm_server_key oauth_token_secret consumer_key ' +
  'personal_access_token deploy_key smtp_pass EMAIL_PASS keystorePass ssl.key.password newPassword passwordConfirmation root_pw userPw ' +
  'kennwort senha contraseña пароль X-Amz-Security-Token PRIVATE-TOKEN x-goog-api-key sharedSecret secretToken device_token ' +
  'password_reset_token remember_token authenticity_token code_verifier client_assertion SAMLResponse';

test('redaction: the spellings of secrets in the wild are sensitive, counted tokens and facts about them are not', () => {
  expect(SPELLINGS.split(' ').filter((key) => senseOfKey(key) !== 'strong')).toEqual([]);
  const harmless =
    'author monkey keyboard tokens max_tokens input_token_count token_type token_limit passwordless_enabled password_length ' +
    'password_policy secret_name session.id gen_ai.usage.output_tokens time_to_first_token next_token_index primary_key cache_key ' +
    'public_key sort_key feature_flag.key card_type passenger compass bypass_cache authority authentication_method key_id';
  expect(harmless.split(' ').filter((key) => senseOfKey(key) === 'strong')).toEqual([]);
});

test('redaction: a pair of a name and its value is one among the attributes of a record as well', () => {
  const redactor = createRedactor({ extraKeys: ['customer ref'], allow: ['val'] });
  const MASK = '[REDACTED:sensitive-key]';
  for (const [name, value] of [
    ['name', 'value'],
    ['path', 'received'],
    ['key', 'content'],
  ] as const) {
    for (const told of ['DB_PASSWORD', 'customerRef', ['body', 'password']])
      expect(redactor.attributes({ level: 1, [value]: 'abc', [name]: told, note: 'a note' })).toEqual({
        level: 1,
        [value]: MASK,
        [name]: told,
        note: 'a note',
      });
  }
  const clean = { name: 'PORT', value: 'abc', path: '/orders', received: 'hello there', val: 'abc' };
  expect(redactor.attributes(clean)).toBe(clean);
  expect(redactor.attributes({ name: 'password', val: 'abc', value: 7, received: 481_516 })).toEqual({
    name: 'password',
    val: 'abc',
    value: 7,
    received: 481_516,
  });
});

test('redaction: in a list of arguments the command tells which of them is a password', () => {
  const redactor = createRedactor();
  const secret = ['hunter2', 'swordfish'].join('');
  const lines = [
    ['mysql', '-u', 'root', `-p${secret}`],
    ['/usr/bin/mysqldump', '-uroot', `-p${secret}`, 'shop'],
    ['curl', '-s', '-u', `bob:${secret}`, 'https://example.com'],
    ['node', 'a.js', '--user', `bob:${secret}`, '-v'],
    ['redis-cli', '-h', 'cache', '-a', secret, 'get', 'a'],
    ['docker', 'login', '-u', 'bob', '-p', secret, 'registry.example.com'],
    ['sshpass', `-p${secret}`, 'ssh', 'host'],
  ];
  for (const line of lines) {
    const after = redactor.value('process.command_args', line) as string[];
    expect(after.join(' '), line[0]).not.toContain('swordfish');
    expect(after, line[0]).toHaveLength(line.length);
    expect(redactor.value('process.command_args', after)).toBe(after);
    const kept = line.filter((item) => !item.includes(secret));
    expect(after).toEqual(expect.arrayContaining(kept));
  }
  const failed = { code: 'ENOENT', path: '/usr/bin/mysql', spawnargs: ['-uroot', `-p${secret}`, 'shop'] };
  const after = redactor.value('err', failed);
  expect(JSON.stringify(after)).not.toContain('swordfish');
  expect(after).toMatchObject({ path: '/usr/bin/mysql', spawnargs: ['-uroot', expect.anything(), 'shop'] });
  for (const clean of [
    ['node', '-r', 'ts-node/register', 'src/main.ts', '-p', '8080'],
    ['mysql', '-u', 'root', '-p'],
    ['docker', 'run', '-p', '80:80', '-u', '1000:1000', 'nginx:1.27'],
  ]) {
    expect(redactor.value('process.command_args', clean)).toBe(clean);
  }
});

test('redaction: in a list of entries the name of each tells of its value', () => {
  const redactor = createRedactor({ extraKeys: ['customer ref'] });
  const MASK = '[REDACTED:sensitive-key]';
  const map = new Map<string, AttributeValue>([
    ['password', 'abc'],
    ['customerRef', ['abc', 'def']],
    ['name', 'ada'],
    ['nested', [['api_key', 'def']]],
  ]);
  expect(redactor.value('entries', [...map] as AttributeValue)).toEqual([
    ['password', MASK],
    ['customerRef', [MASK, MASK]],
    ['name', 'ada'],
    ['nested', [['api_key', MASK]]],
  ]);
  for (const clean of [
    [
      ['name', 'ada'],
      ['tokens', '17'],
    ],
    [['password', 'email'], ['id'], 'x'],
    ['password', 'email'],
  ])
    expect(redactor.value('fields', clean)).toBe(clean);
});
