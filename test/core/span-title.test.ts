import { expect, test } from 'vitest';
import { SPAN_KIND } from '../../src/core/span.ts';
import { titleOf } from '../../src/core/span-title.ts';

test.each([
  [
    'server',
    'GET',
    { 'url.path': '/users/17/orders/9f1c2b3a-0000-4000-8000-123456789abc' },
    'GET /users/*/orders/*',
  ],
  ['server', 'GET', { 'http.target': '/v1/health?probe=1' }, 'GET /v1/health'],
  ['server', 'HTTP GET', { 'url.path': '/' }, 'HTTP GET /'],
  ['server', 'GET /users/:id', { 'url.path': '/users/17' }, 'GET /users/:id'],
  ['server', 'GET', {}, 'GET'],
  ['server', 'GET', { 'url.path': 17 }, 'GET'],
  ['internal', 'QUEUE', {}, 'QUEUE'],
  ['consumer', 'receive /', { 'messaging.socket.io.event_name': 'say' }, 'receive / say'],
  [
    'client',
    'GET',
    { 'url.full': 'http://u:p@h:81/users/17?x=1', 'http.request.method': 'GET' },
    'GET h:81/users/*',
  ],
  ['client', 'GET', {}, 'GET'],
  ['server', 'GET', { 'url.path': `/${'7/'.repeat(100_000)}` }, `GET /${'*/'.repeat(127)}*`],
] as const)('title: a %s span %s of %o', (kind, name, attributes, title) => {
  expect(titleOf({ kind: SPAN_KIND[kind], name, attributes: { ...attributes } })).toBe(title);
});
