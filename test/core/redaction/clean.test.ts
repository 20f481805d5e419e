import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/core/redaction/index.ts';
import { DATA, NAMES, PLACEHOLDERS, PROSE } from './clean-corpus.ts';

const redactor = createRedactor();
const CLEAN = [...PROSE, ...PLACEHOLDERS, ...NAMES, ...DATA];

test('redaction: what holds no secret is the same text, alone, in a line, in JSON, and encoded', () => {
  for (const text of CLEAN) {
    expect(redactor.text(text)).toBe(text);
    expect(redactor.text(`2024-01-02 INFO ${text}\n`)).toBe(`2024-01-02 INFO ${text}\n`);
    const json = JSON.stringify({ level: 'info', message: text });
    expect(redactor.text(json)).toBe(json);
    const encoded = encodeURIComponent(text);
    expect(redactor.text(encoded)).toBe(encoded);
    const base64 = Buffer.from(text).toString('base64');
    expect(redactor.text(base64)).toBe(base64);
  }
  expect(redactor.maskedCount).toBe(0);
});

test('redaction: attributes as instrumentations write them are the same object', () => {
  const attributes = {
    'http.request.method': 'GET',
    'http.route': '/api/auth/login/:id',
    'http.request.header.accept': ['*/*'],
    'url.full': 'http://shop.internal:8080/api/orders/42?page=2&sort=created_at',
    'user_agent.original': DATA[15] as string,
    'session.id': '7f3a9b2c4d5e6f70',
    'db.query.text': DATA[14] as string,
    'gen_ai.usage.input_tokens': 512,
    'gen_ai.request.max_tokens': 4_096,
    'gen_ai.conversation.id': 'conv_5j66UpCpwteGg4YSxUnt7lPY',
    'messaging.kafka.message.key': 'order-12ab34cd56ef',
    'exception.stacktrace': DATA.slice(12, 14).join('\n'),
    'thread.id': 1_700_000_000_000,
    'process.command_args': ['node', 'app.js', '--port', '80', '--token-file', '/run/secrets/token'],
  };
  expect(redactor.attributes(attributes)).toBe(attributes);
});
