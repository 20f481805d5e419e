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
