import { expect, test } from 'vitest';
import { redisStatement } from '../../instrumentations/redis-statement.ts';

test.each([
  ['PING', [], 'PING'],
  ['GET', ['user:1'], 'GET user:1'],
  ['SET', ['user:1', 'ann', 'EX', '60'], 'SET user:1 [3 other arguments]'],
  ['hset', ['user:1', 'email', 'a@b.c'], 'hset user:1 email [1 other arguments]'],
  ['AUTH', ['name', 'word'], 'AUTH [2 other arguments]'],
  ['HELLO', ['3', 'AUTH', 'name', 'word'], 'HELLO [4 other arguments]'],
  ['EVAL', ['return 1', '1', 'k', 'payload'], 'EVAL [4 other arguments]'],
  ['EVALSHA', ['abc', '1', 'k', 'payload'], 'EVALSHA abc [3 other arguments]'],
  ['LREM', ['list', '0', 'value'], 'LREM list [2 other arguments]'],
])('redis: %s names what is touched and never a value', (command, args, expected) => {
  expect(redisStatement(command, args)).toBe(expected);
});

test('redis: a long or binary key is cut or left out', () => {
  expect(redisStatement('GET', [`session:${'k'.repeat(5000)}`])).toBe('GET session:…');
  expect(redisStatement('GET', [`${'k:'.repeat(500)}`])).toHaveLength(105);
  expect(redisStatement('GET', ['k'.repeat(5000)])).toBe('GET …');
  expect(redisStatement('GET', [Buffer.from('k')])).toBe('GET ?');
});
