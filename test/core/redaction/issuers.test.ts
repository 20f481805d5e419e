import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createRedactor, RULES } from '../../../src/core/redaction/index.ts';
import { sample } from '../../../src/core/redaction/rules/sample.ts';
import { piecesLeft } from './pieces.ts';

const redactor = createRedactor();

test('redaction: of a token that is longer than its form no tail is left', () => {
  for (const prefix of ['npm_', 'glpat-', 'xoxe.xoxp-12-', 'sk_live_', 'dop_v1_']) {
    const secret = sample(prefix === 'dop_v1_' ? 'hex' : 'alnum', 600);
    const masked = redactor.text(`token ${prefix}${secret} used`);
    expect(piecesLeft(masked, secret), prefix).toEqual([]);
    expect(masked).toMatch(/^token .* used$/);
  }
  const routable = [sample('alnum', 40), '0w', sample('lower', 9)];
  for (const parts of [routable, [routable[0], routable[2]]]) {
    const masked = redactor.text(`glpat-${parts.join('.')}`);
    expect(masked).toBe('glpat-[REDACTED:gitlab-token]');
  }
});

test('redaction: a short prefix of an issuer inside names, hashes and files stays', () => {
  for (const text of [
    `GET /img/video_box.ico-${sample('hex', 32)}.png`,
    'STS.AssumeRoleWithWebIdentity',
    'napi_create_threadsafe_function',
    'at Object.apk_installer_helper_for_android_version_12',
    `sha3-256 ${sample('hex', 64)}`,
    'EXOPLANETARY',
  ])
    expect(redactor.text(text)).toBe(text);
});

test('redaction: the private members of a JSON web key go, the public ones stay', () => {
  const [secret, other] = [sample('url', 43), sample('url', 86)];
  const key = { kty: 'EC', crv: 'P-256', x: sample('url', 42), d: secret };
  for (const text of [
    JSON.stringify(key),
    JSON.stringify({ d: secret, kty: 'RSA', n: sample('url', 200), e: 'AQAB', dp: other }),
    `imported ${JSON.stringify({ kty: 'oct', k: secret })} as a key`,
    `{ kty: 'oct', k: '${secret}' }`,
    JSON.stringify({ body: JSON.stringify(key) }),
  ])
    expect(piecesLeft(redactor.text(text), secret), text).toEqual([]);
  expect(redactor.text(JSON.stringify(key))).toContain(`"x":"${key.x}"`);
  const nested = redactor.attributes({
    jwk: { ...key },
    path: { d: 'M10 10 L20 20 and on', k: sample('url', 43) },
  });
  expect(nested).toMatchObject({ jwk: { crv: 'P-256', x: key.x }, path: { d: 'M10 10 L20 20 and on' } });
  expect(JSON.stringify(nested.jwk)).not.toContain(secret);
});

test('redaction: a private key in base64 goes without the frame of PEM too, a public one stays', () => {
  const pairs = [
    generateKeyPairSync('rsa', { modulusLength: 1024 }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    generateKeyPairSync('ed25519'),
  ];
  for (const { privateKey, publicKey } of pairs) {
    const type = privateKey.asymmetricKeyType;
    const kinds = (
      type === 'rsa' ? ['pkcs8', 'pkcs1'] : type === 'ec' ? ['pkcs8', 'sec1'] : ['pkcs8']
    ) as 'pkcs8'[];
    for (const kind of kinds) {
      const secret = privateKey.export({ type: kind, format: 'der' }).toString('base64');
      const lines = secret.replace(/.{64}/g, '$&\n');
      for (const text of [`signing with ${secret} now`, `{"data":"${secret}"}`, `data: |\n${lines}\nend`])
        expect(piecesLeft(redactor.text(text), secret.slice(40)), `${type} ${kind}: ${text}`).toEqual([]);
    }
    const open = `verified by ${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
    expect(redactor.text(open)).toBe(open);
  }
});

test('redaction: a verifier, an authorization code in a form and an answer of SAML go', () => {
  const secret = sample('alnum', 43);
  for (const text of [
    `code_verifier=${secret}`,
    `grant_type=authorization_code&code=${secret}&redirect_uri=https%3A%2F%2Fshop.example`,
    `RelayState=x&SAMLResponse=${secret}${sample('alnum', 80)}`,
    `X-JFrog-Art-Api: ${secret}`,
  ])
    expect(piecesLeft(redactor.text(text), secret), text).toEqual([]);
  const challenge = `code_challenge=${secret}&code_challenge_method=S256`;
  expect(redactor.text(challenge)).toBe(challenge);
});

test('redaction: a password in the braces of ODBC goes whole', () => {
  const text = `DSN=Production;Uid=app;Pwd={${sample('alnum', 5)}}}${sample('alnum', 4)};${sample('alnum', 9)}};Option=3`;
  expect(redactor.text(text)).toMatch(/^DSN=Production;Uid=app;Pwd=\[REDACTED:credential\]\}?;Option=3$/);
});

test('redaction: a number behind the name of a secret says which one it is', () => {
  const secret = sample('alnum', 24);
  for (const name of [
    'password2',
    'token1',
    'apiKey1',
    'db_password2',
    'client_secret1',
    'AUTH_TOKEN_2',
    'jwt2',
  ])
    for (const text of [`${name}=${secret}`, `${name}: '${secret}'`, JSON.stringify({ [name]: secret })])
      expect(piecesLeft(redactor.text(text), secret), text).toEqual([]);
  for (const text of [
    'token1, token2 = lex()',
    '["token1", "token3"]',
    'key2=value2',
    'AUTH0_DOMAIN=shop.eu.auth0.com',
  ])
    expect(redactor.text(text)).toBe(text);
});

test('redaction: a misspelt password and a code that lets in are known by their names', () => {
  const secret = sample('alnum', 20);
  for (const name of [
    'pswd',
    'pasword',
    'psswd',
    'passowrd',
    'PAT',
    'pin_code',
    'accessCode',
    'activation_code',
  ])
    for (const text of [`${name}=${secret}`, JSON.stringify({ [name]: secret })])
      expect(piecesLeft(redactor.text(text), secret), text).toEqual([]);
  for (const text of ['compat=strict', 'country_code=49', 'shipping_code: SUMMER', 'status code 200'])
    expect(redactor.text(text)).toBe(text);
});

test('redaction: variables of Windows and PowerShell are no values', () => {
  for (const text of [
    'Host=db.example.com;Pwd=%DB_PASSWORD%;',
    'set PASSWORD=%AD_SERVICE_PASSWORD%',
    'Host=db.example.com;Password=$env:DB_PASSWORD;',
    `DSN=Production;Pwd={${['$', '{DB_PASSWORD}'].join('')}};`,
    'curl -H "Authorization: Basic BASE64_CLIENT_CREDENTIALS" https://shop.example',
  ])
    expect(redactor.text(text)).toBe(text);
  expect(redactor.text('next=%2Flogin%3Fpassword%3Dhunter2x')).not.toContain('hunter2x');
});

test('redaction: names of secrets in a store, encodings and variables of shells are no values', () => {
  for (const text of [
    'aws secretsmanager get-secret-value --secret-id prod/db',
    'const accountKey = Buffer.from("accountKey", "base64");',
    'docker login --username AWS --password-stdin 1234.dkr.ecr.eu-central-1.amazonaws.com',
    'connect -user $ESXiUser -password $ESXipass',
    'SharedAccessKey=[Shared Access key goes here];',
    '$pwd = \\$_POST[\\"password\\"];',
  ])
    expect(redactor.text(text)).toBe(text);
  const secret = [8, 4, 4, 4, 12].map((length, seed) => sample('hex', length, seed)).join('-');
  expect(redactor.text(`vault write auth/approle/login secret_id=${secret}`)).not.toContain(secret);
});

test('redaction: the secret beside the id of a Twilio account goes with it', () => {
  const secret = sample('hex', 32);
  for (const id of ['AC', 'SK'])
    expect(redactor.text(`${id}${sample('hex', 32, 2)} ${secret} sent`)).toBe(
      `${id}[REDACTED:twilio-key] sent`,
    );
});

test('redaction: no two issuers share a prefix, and none has one that is a word', () => {
  const ids = new Map<string, string>();
  for (const rule of RULES) {
    if (rule.kind !== 'token' || rule.isContext === true) continue;
    for (const literal of rule.literals) {
      expect(ids.get(literal) ?? rule.id, literal).toBe(rule.id);
      ids.set(literal, rule.id);
    }
  }
});
