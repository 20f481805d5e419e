import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startShop } from '../../examples/shop/start.mjs';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { REGISTER, readLocal } from '../e2e/run-app.ts';
import { ensureCollector, startCollector, whyNoCollector } from './collector.ts';

const missing = whyNoCollector();
const leftOut = missing !== undefined && !process.env.CI;

describe.skipIf(leftOut)('the shop and the real collector', () => {
  const directory = mkdtempSync(join(tmpdir(), 'agentlog-shop-collector-'));
  beforeAll(async () => {
    await ensureCollector();
  }, 25 * 60_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('what reaches the collector is what is on disk; killing it mid-run loses nothing locally', async () => {
    const collector = await startCollector({ directory });
    const local = join(directory, '.agentlog');
    const shop = await startShop({
      nodeArgs: [...REGISTER],
      env: {
        AGENTLOG_DIR: local,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.httpEndpoint,
        OTEL_BSP_SCHEDULE_DELAY: '50',
        OTEL_BLRP_SCHEDULE_DELAY: '50',
      },
    });
    const order = async () => (await fetch(`${shop.shopUrl}/orders`)).headers.get('x-trace-id') ?? '';
    try {
      const before = [await order(), await order(), await order()];
      await expect
        .poll(() => traceIds(collector.file), { timeout: 20_000 })
        .toEqual(expect.arrayContaining(before));
      await collector.stop('SIGKILL');
      const after = [await order(), await order(), await order()];
      const ends = await shop.stop();
      expect(ends.shop).toEqual({ code: 0, signal: null });
      const { spans, text } = readLocal(local);
      const perTrace = [...before, ...after].map((id) => spans.filter((span) => span.traceId === id));
      // GET /orders: the request, Express's parts, one list of orders and 25 of items, each with its checkout.
      for (const trace of perTrace)
        expect(trace.filter((span) => span.name === 'SELECT items')).toHaveLength(25);
      const atCollector = readFileSync(collector.file, 'utf8');
      expect(traceIds(collector.file)).not.toEqual(expect.arrayContaining(after));
      for (const secret of Object.values(shop.secrets)) {
        expect(text.includes(secret)).toBe(false);
        expect(atCollector.includes(secret)).toBe(false);
      }
    } finally {
      await shop.stop();
      await collector.stop();
    }
  }, 120_000);
});

function traceIds(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return [...new Set(lines.flatMap((line) => decodeLine(line).spans.map((span) => span.traceId)))];
}
