import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureJaeger, type Jaeger, startJaeger, whyNoJaeger } from './jaeger.ts';

const FIXTURE = join(import.meta.dirname, '../recordings/fixture.otlp.jsonl');
const missing = whyNoJaeger();
const leftOut = missing !== undefined && !process.env.CI;
if (leftOut) process.stderr.write(`${missing}\n`);

describe.skipIf(leftOut)('the real Jaeger', () => {
  let jaeger: Jaeger;
  beforeAll(async () => {
    await ensureJaeger();
    jaeger = await startJaeger();
    for (const body of readFileSync(FIXTURE, 'utf8').trim().split('\n')) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${jaeger.otlpUrl}/v1/traces`, { method: 'POST', headers, body });
      expect(response.status).toBe(200);
    }
  }, 25 * 60_000);
  afterAll(async () => {
    await jaeger?.stop();
  });

  test('knows every service of the fixture', async () => {
    const response = await fetch(`${jaeger.queryUrl}/api/v3/services`);
    const { services } = (await response.json()) as { services: string[] };
    expect(services.sort()).toEqual(['payments', 'shop', 'support']);
  });
});
