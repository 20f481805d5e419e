import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/core/redaction/index.ts';

const redactor = createRedactor();

test('redaction: URLs lose user, password and signatures as the semantic conventions say, and stay URLs', () => {
  const cases: [string, string][] = [
    ['https://bob:hunter2@www.example.com/', 'https://REDACTED:REDACTED@www.example.com/'],
    ['https://hunter2@www.example.com/a', 'https://REDACTED@www.example.com/a'],
    ['amqps://bob:p@ss:w0rd@mq:5671/v', 'amqps://REDACTED:REDACTED@mq:5671/v'],
    ['redis://:hunter2@h:6379/0', 'redis://:REDACTED@h:6379/0'],
    ['https://x.test/a?X-Amz-Signature=abc&b=1', 'https://x.test/a?X-Amz-Signature=REDACTED&b=1'],
    ['https://x.test/a?sig=abc#top', 'https://x.test/a?sig=REDACTED#top'],
    [
      'https://x.test/a?AWSAccessKeyId=abc&Signature=d%2Fe',
      'https://x.test/a?AWSAccessKeyId=REDACTED&Signature=REDACTED',
    ],
    ['https://x.test/a?page=1&access_token=abc123def', 'https://x.test/a?page=1&access_token=REDACTED'],
    [
      'https://x.test/cb?next=https%3A%2F%2Fy.test%3Ftoken%3Dabc123',
      'https://x.test/cb?next=https%3A%2F%2Fy.test%3Ftoken%3DREDACTED',
    ],
  ];
  for (const [before, after] of cases) {
    expect(redactor.text(before)).toBe(after);
    expect(redactor.text(`GET ${before} failed`)).toBe(`GET ${after} failed`);
    expect(URL.canParse(after), after).toBe(true);
  }
});

test('redaction: a query on its own is part of a URL when its key says so', () => {
  expect(redactor.value('url.query', 'page=1&access_token=abc123def')).toBe('page=1&access_token=REDACTED');
  expect(redactor.value('url.query', 'sig=abc&x=1')).toBe('sig=REDACTED&x=1');
  expect(redactor.value('body', 'page=1&access_token=abc123def')).toBe(
    'page=1&access_token=[REDACTED:credential]',
  );
});

test('redaction: URLs without secrets are left as they are', () => {
  const clean = [
    'https://example.com:8080/users/@bob?x=a@b.test',
    'https://registry.example.com/@scope/name/-/name-1.0.0.tgz',
    'ssh://git@example.com/owner/repo.git',
    'git@example.com:owner/repo.git',
    'https://example.com/a?page=1&sort=created_at&q=password',
    'https://example.com/oauth/token?grant_type=client_credentials',
    'file:///usr/src/app/node_modules/@scope/name/index.js:10:5',
  ];
  for (const url of clean) expect(redactor.text(url)).toBe(url);
});

test('redaction: with e-mail addresses masked, the host of a URL with a password stays', () => {
  const email = createRedactor({ enable: ['email'] });
  const password = ['Kx7Q', 'm2Zp9'].join('');
  expect(email.text(`postgres://shop:${password}@db.shop.internal:5432/shop`)).toBe(
    'postgres://REDACTED:REDACTED@db.shop.internal:5432/shop',
  );
  expect(email.text('https://bob@shop.example.com/a')).toBe('https://REDACTED@shop.example.com/a');
  expect(email.text('https://shop.example.com/?m=bob@example.com')).toBe(
    'https://shop.example.com/?m=REDACTED',
  );
});

test('redaction: an address without a scheme loses its password, and keeps its user and its host', () => {
  const password = ['Kx7Q', 'm2Zp9'].join('');
  for (const host of [
    'db.example.com:5432/shop',
    'localhost:6379',
    '10.0.0.7:3306',
    'db:5432',
    'db.example.com/shop',
  ]) {
    const [before, after] = [password, '[REDACTED:url-userinfo]'].map((x) => `bob:${x}@${host}`);
    for (const write of [
      (x: unknown) => `${x}`,
      (x: unknown) => `cannot connect to ${x} (timeout)`,
      (x: unknown) => `error at "${x}", retried`,
      (x: unknown) => `connect(${x})`,
      (x: unknown) => JSON.stringify({ target: `${x}` }),
    ]) {
      expect(redactor.text(write(before))).toBe(write(after));
      expect(redactor.text(write(after))).toBe(write(after));
    }
  }
  for (const text of [
    'dsn: bob:x@db',
    'DB_URL=bob:x@localhost/shop',
    'connect to bob:x@db.example.com',
    'HTTP_PROXY=bob:x@proxy:3128',
  ])
    expect(redactor.text(text.replace(':x@', `:${password}@`)), text).not.toContain(password);
  // A word as well, where a port says that it is a server.
  expect(redactor.text('bob:dragon@db.example.com:5432')).toBe(
    'bob:[REDACTED:url-userinfo]@db.example.com:5432',
  );
});

test('redaction: e-mail addresses, packages, images, repositories, times and stacks are no addresses with a password', () => {
  for (const text of [
    'mailto:bob@example.com',
    'email:bob@example.com, to:amy@example.com',
    'sip:bob@example.com:5060',
    'npm:lodash@4.17.21',
    'patch:typescript@npm:5.4.0#builtin',
    'git@github.com:org/repo.git',
    'origin:git@github.com:2222/org/repo',
    `redis:7-alpine@sha256:${'0a1b'.repeat(16)}`,
    'at 12:30:45@host:80',
    'run:inner@app.js:12:5\nouter@http://localhost:3000/app.js:7:1',
    'key:value@name and more',
    'user:password@host:5432',
    '<user>:<password>@host:5432',
    'rsync -a dir bob@host:/backup',
    'a@b.example:80',
  ])
    expect(redactor.text(text), text).toBe(text);
});

test('redaction: a part of a path that the route names for a secret is masked, the others stay', () => {
  const redactor = createRedactor({ extraKeys: ['customer ref'] });
  const secret = ['hunter', 'swordfish'].join('');
  for (const [route, path, masked] of [
    ['/x/:token', `/x/${secret}`, '/x/REDACTED'],
    ['/x/:token/', `/x/${secret}/`, '/x/REDACTED/'],
    ['/x/{apiKey}/items/{id}', `/x/${secret}/items/17`, '/x/REDACTED/items/17'],
    ['/x/[accessToken]', `/x/${secret}`, '/x/REDACTED'],
    ['/x/<str:password>', `/x/${secret}`, '/x/REDACTED'],
    ['/of/:customerRef(\\w+)', `/of/${secret}`, '/of/REDACTED'],
    ['/x/:token', `/mounted/at/x/${secret}`, '/mounted/at/x/REDACTED'],
    ['/x/:token/*', `/x/${secret}/a/b`, '/x/REDACTED/a/b'],
  ] as const) {
    const before = {
      'http.route': route,
      'url.path': path,
      'url.full': `https://example.com${path}?a=1#b`,
      'http.target': `${path}?a=1`,
      note: 'a note',
    };
    const after = redactor.attributes(before);
    expect(after, route).toEqual({
      ...before,
      'url.path': masked,
      'url.full': `https://example.com${masked}?a=1#b`,
      'http.target': `${masked}?a=1`,
    });
    expect(redactor.attributes(after)).toBe(after);
  }
  for (const [route, path] of [
    ['/x/:tokenId', '/x/17'],
    ['/oauth/token', '/oauth/token'],
    ['/x/:token', '/y/orders'],
    ['/x/:id', '/x/abc'],
    ['/a/b/:token', '/b'],
    ['*', '/x/y'],
  ] as const) {
    const clean = { 'http.route': route, 'url.path': path };
    expect(redactor.attributes(clean), route).toBe(clean);
  }
  const allowed = { 'http.route': '/x/:token', 'url.path': `/x/${secret}` };
  expect(createRedactor({ allow: ['url.path'] }).attributes(allowed)).toBe(allowed);
});
