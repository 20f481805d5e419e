import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startShop } from '../../examples/shop/start.mjs';
import type { Span } from '../../src/core/span.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { REGISTER, ROOT, readLocal, temporaryDirectory } from './run-app.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let receiver: Receiver;
let secrets: Record<string, string>;
let local: ReturnType<typeof readLocal>;
const traceIds: Record<string, string> = {};

/** One run of the whole shop serves every test here: it is driven, stopped, and what it left is looked at. */
beforeAll(async () => {
  directory = temporaryDirectory();
  receiver = await startReceiver();
  const shop = await startShop({
    nodeArgs: [...REGISTER],
    env: { AGENTLOG_DIR: directory.path, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
  });
  secrets = shop.secrets;
  const ask = async (name: string, path: string, body?: object) => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const response = await fetch(shop.shopUrl + path, body && init);
    await response.arrayBuffer();
    traceIds[name] = response.headers.get('x-trace-id') ?? '';
    return response.status;
  };
  expect(await ask('orders', '/orders')).toBe(200);
  expect(await ask('paid', '/checkout', { cartId: 2, card: secrets.cardNumber })).toBe(200);
  expect(await ask('failed', '/checkout', { cartId: 3, card: secrets.cardNumber })).toBe(500);
  expect(await ask('assistant', `/assistant?q=${encodeURIComponent('what is my secret wish?')}`)).toBe(200);
  expect(
    await ask('streamed', `/assistant?stream=1&q=${encodeURIComponent('what is my secret wish?')}`),
  ).toBe(200);
  const ends = await shop.stop();
  expect(ends.shop).toEqual({ code: 0, signal: null });
  expect(ends.payments).toEqual({ code: null, signal: 'SIGTERM' });
  local = readLocal(directory.path);
}, 120_000);

afterAll(async () => {
  await receiver?.close();
  directory?.[Symbol.dispose]();
});

const spansOf = (name: string): Span[] => local.spans.filter((span) => span.traceId === traceIds[name]);
const serviceOf = (span: Span | undefined) => span?.resource.attributes['service.name'];

async function bundle(name: string, format = 'markdown'): Promise<string> {
  const args = ['bundle', '--trace-id', traceIds[name] ?? '', '--dir', directory.path, '--format', format];
  const cli = join(ROOT, 'dist/src/cli.js');
  return (await promisify(execFile)(process.execPath, [cli, ...args], { maxBuffer: 1e8 })).stdout;
}

test('shop: the receiver has every span and log record that is on disk', () => {
  const ids = (spans: Span[]) => spans.map((span) => span.spanId).sort();
  expect(ids(receiver.spans)).toEqual(ids(local.spans));
  expect(receiver.logs).toHaveLength(local.logs.length);
  expect(local.logs.length).toBeGreaterThan(5);
});

test('shop: no secret is in any file, nor in any byte that reached the receiver', () => {
  const places = [
    ...readdirSync(directory.path).map(
      (name) => [name, readFileSync(join(directory.path, name), 'utf8')] as const,
    ),
    ...receiver.bodies.map((body, i) => [`${receiver.paths[i]} ${i}`, body.toString()] as const),
  ];
  expect(places.length).toBeGreaterThan(4);
  for (const [kind, secret] of Object.entries(secrets)) {
    // A card's last four digits may stay; of anything else no piece of eight characters may.
    const pieces = Array.from({ length: Math.max(1, secret.length - 11) }, (_, i) => secret.slice(i, i + 12));
    for (const [place, text] of places) {
      const found = [secret, ...pieces].filter((piece) => text.includes(piece));
      expect({ kind, place, isFound: found.length > 0 }).toEqual({ kind, place, isFound: false });
    }
  }
});

test('shop: the failed checkout is one trace through both services, with its logs', () => {
  // shop POST /checkout → POST (client) → payments POST (server, exception)
  const spans = spansOf('failed');
  const server = spans.find((span) => span.kind === 2 && serviceOf(span) === 'payments');
  const client = spans.find((span) => span.spanId === server?.parentSpanId);
  const root = spans.find((span) => span.kind === 2 && serviceOf(span) === 'shop');
  expect(serviceOf(client)).toBe('shop');
  expect(root?.attributes['http.route']).toBe('/checkout');
  expect(server?.events.map((event) => event.name)).toContain('exception');
  expect(server?.attributes['agentlog.exception.fingerprint']).toMatch(/^[0-9a-f]{16}$/);
  expect(server?.attributes['agentlog.redaction.count']).toBeGreaterThan(0);
  const logs = local.logs.filter((log) => log.traceId === traceIds.failed);
  expect(new Set(logs.map((log) => log.resource.attributes['service.name']))).toEqual(
    new Set(['shop', 'payments']),
  );
});

test('shop: the bundle of the failed checkout names the error, its line, and what was masked', async () => {
  const text = await bundle('failed');
  expect(text).toContain('GatewayError');
  expect(text).toMatch(/payments\.cjs:\d+/);
  expect(text).toContain('amount must be a whole number of cents');
  expect(text).toContain('[REDACTED:');
});

test('shop: the bundle of the N+1 page names the repeated statement, the count and the parent', async () => {
  const json = JSON.parse(await bundle('orders', 'json'));
  const text = await bundle('orders');
  expect(text).toContain('SELECT product, quantity, price_cents FROM items WHERE order_id = $1 ORDER BY id');
  expect(text).toContain('×25');
  const root = spansOf('orders').find((span) => span.kind === 2);
  expect(root?.attributes['agentlog.db.query_count']).toBe(26);
  expect(root?.attributes['agentlog.db.duplicate_count']).toBe(24);
  expect(root?.attributes['agentlog.n_plus_one.summary']).toEqual(['SELECT items']);
  expect(root?.attributes['agentlog.n_plus_one.count']).toEqual([25]);
  expect(JSON.stringify(json.findings)).toContain('n-plus-one');
});

test.each(['assistant', 'streamed'])(
  'shop: the LLM call of %s has model and tokens, and nothing that was said',
  async (name) => {
    const call = spansOf(name).find((span) => span.attributes['gen_ai.operation.name'] === 'chat');
    expect(call).toMatchObject({ name: 'chat gpt-4o-mini', kind: 3 });
    expect(call?.attributes).toMatchObject({
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.usage.input_tokens': expect.any(Number),
      'gen_ai.usage.output_tokens': expect.any(Number),
    });
    const withoutRoute = JSON.stringify(
      spansOf(name).filter((span) => span.kind !== 2),
      (_, value) => (typeof value === 'bigint' ? String(value) : value),
    );
    expect(withoutRoute).not.toContain('secret wish');
    expect(await bundle(name)).toContain('gpt-4o-mini');
  },
);

test('shop: every database span has the stable names, a summary and a signature', () => {
  const queries = local.spans.filter((span) => span.attributes['db.query.text'] !== undefined);
  expect(queries.length).toBeGreaterThan(30);
  for (const { attributes } of queries) {
    expect(attributes['db.system.name']).toBe('postgresql');
    expect(attributes['db.query.summary']).toMatch(/^[A-Z]+/);
    expect(attributes['agentlog.db.signature']).toMatch(/^[0-9a-f]{16}$/);
  }
});
