import * as fs from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { notice } from '../../src/core/diag.ts';

vi.mock('node:fs', async (original) => ({ ...(await original<typeof fs>()), writeSync: vi.fn() }));

const said = () => vi.mocked(fs.writeSync).mock.calls.map(([, text]) => String(text));

beforeEach(() => {
  vi.mocked(fs.writeSync).mockReset();
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test('notice: a trouble is said once, then at most once a minute with a count', () => {
  for (let ms = 0; ms <= 130_000; ms += 100) notice('flood', 'it broke.', ms);
  expect(said()).toEqual([
    'agentlog-otel: it broke.\n',
    'agentlog-otel: it broke. (and 599 more times since)\n',
    'agentlog-otel: it broke. (and 599 more times since)\n',
  ]);
});

test('notice: troubles of many kinds do not make one of them a flood', () => {
  for (let i = 0; i < 1_000; i++) notice(`kind ${i}`, 'it broke.', i);
  for (let i = 0; i < 100; i++) notice('kind 999', 'it broke.', 1_000 + i);
  expect(said()).toHaveLength(1_000);
});

test('notice: OTEL_LOG_LEVEL=none is silence', () => {
  vi.stubEnv('OTEL_LOG_LEVEL', 'none');
  notice('silent', 'it broke.');
  expect(said()).toEqual([]);
});

test('notice: a closed or full stderr never reaches the app', () => {
  vi.mocked(fs.writeSync).mockImplementation(() => {
    throw Object.assign(new Error('closed'), { code: 'EBADF' });
  });
  expect(() => notice('closed', 'it broke.')).not.toThrow();
});
