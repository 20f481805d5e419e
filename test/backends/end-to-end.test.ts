import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startShop } from '../../examples/shop/start.mjs';
import type { DestinationStatus } from '../../processors/fan-out/index.ts';
import { N_PLUS_ONE_SEVERITY } from '../../src/core/attributes.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { decodeProto } from '../../src/core/otlp/decode-proto.ts';
import type { Span } from '../../src/core/span.ts';
import type { Trace } from '../../src/core/trace.ts';
import { openSource } from '../../src/sources/index.ts';
import { type Receiver, startReceiver } from '../e2e/receiver.ts';
import { asSent, printed, REGISTER, readLocal, runApp } from '../e2e/run-app.ts';
import {
  COLLECTOR_CONFIG,
  type Collector,
  ensureCollector,
  startCollector,
  whyNoCollector,
} from './collector.ts';
import { freePorts } from './free-ports.ts';
import { ensureJaeger, type Jaeger, startJaeger, whyNoJaeger } from './jaeger.ts';

const missing = whyNoCollector() ?? whyNoJaeger();
const leftOut = missing !== undefined && !process.env.CI;
if (leftOut) process.stderr.write(`${missing}\n`);

describe.skipIf(leftOut)('the shop → the collector → Jaeger, Tempo and a file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'agentlog-end-to-end-'));
  let jaeger: Jaeger;
  let tempo: Receiver;
  let collector: Collector;
  beforeAll(async () => {
    await Promise.all([ensureCollector(), ensureJaeger()]);
    [jaeger, tempo] = await Promise.all([startJaeger(), startReceiver()]);
    const env = { JAEGER_OTLP_ENDPOINT: jaeger.otlpUrl, TEMPO_OTLP_ENDPOINT: tempo.url };
    collector = await startCollector({ directory, config: [COLLECTOR_CONFIG], env });
  }, 40 * 60_000);
  afterAll(async () => {
    await collector?.stop();
    await Promise.all([jaeger?.stop(), tempo?.close()]);
    rmSync(directory, { recursive: true, force: true });
  });

  test.each([
    { name: 'http-json', env: {} },
    { name: 'gzip', env: { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' } },
    { name: 'protobuf', env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' } },
    { name: 'grpc', env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' } },
  ])(
    'by $name the whole trace is everywhere, its facts can be searched, its secrets are nowhere',
    async ({ name, env }) => {
      const local = join(directory, name, '.agentlog');
      mkdirSync(local, { recursive: true, mode: 0o700 });
      const isGrpc = name === 'grpc';
      const shop = await startShop({
        nodeArgs: [...REGISTER],
        env: {
          AGENTLOG_DIR: local,
          OTEL_EXPORTER_OTLP_ENDPOINT: isGrpc ? `http://${collector.grpcEndpoint}` : collector.httpEndpoint,
          OTEL_BSP_SCHEDULE_DELAY: '50',
          ...env,
        },
      });
      let ids: string[];
      try {
        const orders = await fetch(`${shop.shopUrl}/orders`);
        const failed = await fetch(`${shop.shopUrl}/checkout`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ cartId: 3, card: shop.secrets.cardNumber }),
        });
        expect([orders.status, failed.status]).toEqual([200, 500]);
        ids = [orders, failed].map((response) => response.headers.get('x-trace-id') ?? '');
      } finally {
        await shop.stop();
      }
      const sources = {
        disk: await openSource(local),
        jaeger: await openSource(`jaeger:${jaeger.queryUrl}`),
        file: await openSource(collector.file),
      };
      for (const id of ids) {
        const disk = (await sources.disk.trace(id)).trace;
        expect(disk.spans.length).toBeGreaterThan(3);
        const sent = disk.spans.map(asSent);
        const arrived = async (source: keyof typeof sources): Promise<Trace | undefined> =>
          (await sources[source].trace(id).catch(() => undefined))?.trace;
        await expect
          .poll(async () => (await arrived('jaeger'))?.spans.length, { timeout: 20_000 })
          .toBe(disk.spans.length);
        expect(byId((await arrived('jaeger'))?.spans)).toEqual(byId(sent.map(asJaegerKeepsIt)));
        const file = await arrived('file');
        expect(byId(file?.spans)).toEqual(byId(sent));
        expect(file?.logs).toHaveLength(disk.logs.length);
        await expect.poll(() => atTempo(tempo, id).length, { timeout: 20_000 }).toBe(disk.spans.length);
        expect(byId(atTempo(tempo, id))).toEqual(byId(sent));
      }
      const [ordersId = ''] = ids;
      await expectFactsFound(jaeger, ordersId);
      const shown = await fetch(`${jaeger.queryUrl}/api/v3/traces/${ordersId}`);
      const texts = [
        await shown.text(),
        readFileSync(collector.file, 'utf8'),
        readLocal(local).text,
        ...tempo.bodies.map((body) => body.toString('latin1')),
      ];
      for (const [what, secret] of Object.entries(shop.secrets)) {
        expect(
          texts.some((text) => text.includes(secret)),
          what,
        ).toBe(false);
      }
      for (const source of Object.values(sources)) await source.close();
    },
    120_000,
  );

  test('restarted in the middle, then pushing back: what was sent, dropped, failed and kept adds up exactly', async () => {
    const [http, grpc] = await freePorts(2);
    const place = {
      OTLP_HTTP_ENDPOINT: `127.0.0.1:${http}`,
      OTLP_GRPC_ENDPOINT: `127.0.0.1:${grpc}`,
      OTLP_FILE: join(directory, 'restarted.jsonl'),
      JAEGER_OTLP_ENDPOINT: jaeger.otlpUrl,
      TEMPO_OTLP_ENDPOINT: tempo.url,
    };
    const local = join(directory, 'restarted', '.agentlog');
    mkdirSync(local, { recursive: true, mode: 0o700 });
    const begin = (env: Record<string, string> = {}) =>
      startCollector({ directory, env: { ...place, ...env } });
    let running = await begin();
    let total = 31 + 17;
    const run = await runApp('on-command.mjs', {
      nodeArgs: [],
      env: {
        AGENTLOG_DIR: local,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${http}`,
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_BSP_SCHEDULE_DELAY: '20',
        AGENTLOG_QUEUE_MAX_BYTES: '20000',
      },
      async during(child) {
        child.setMaxListeners(50);
        child.stdout?.setMaxListeners(50);
        await printed(child, 'ready');
        const end = async (count: number): Promise<void> => {
          const said = printed(child, `ended ${count}`);
          child.stdin?.write(`${count}\n`);
          await said;
        };
        await end(31);
        await expect.poll(() => spansIn(place.OTLP_FILE), { timeout: 20_000 }).toBe(31);
        await running.stop();
        await end(17);
        running = await begin();
        await expect.poll(() => spansIn(place.OTLP_FILE), { timeout: 30_000 }).toBe(48);
        await running.stop();
        // Its memory limiter refuses everything with 503, more comes than the queue holds, and the app ends so.
        running = await begin({ MEMORY_LIMIT_MIB: '1' });
        await expect.poll(() => running.log(), { timeout: 20_000 }).toContain('Refusing data');
        for (let round = 0; round < 10; round++) {
          await end(60 + round);
          total += 60 + round;
          // The queue of the local file is as small: it has been written before more comes.
          await expect.poll(() => readLocal(local).spans.length, { timeout: 20_000 }).toBe(total);
        }
        child.stdin?.write('end\n');
      },
    });
    await running.stop();
    expect(run).toMatchObject({ code: 0, signal: null });
    const [disk, otlp] = (
      JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '') as { traces: DestinationStatus[] }
    ).traces;
    expect(disk).toMatchObject({ accepted: total, exported: total, dropped: 0, failed: 0, queued: 0 });
    expect(readLocal(local).spans).toHaveLength(total);
    if (otlp === undefined) return expect.unreachable('no OTLP destination');
    expect(otlp.accepted + otlp.dropped).toBe(total);
    expect(otlp.exported + otlp.failed + otlp.queued).toBe(otlp.accepted);
    expect(spansIn(place.OTLP_FILE)).toBe(otlp.exported);
    expect(otlp.exported).toBe(48);
    expect(otlp.dropped).toBeGreaterThan(0);
  }, 120_000);
});

/** By the tags of Jaeger's own UI, and by our source. */
async function expectFactsFound(jaeger: Jaeger, traceId: string): Promise<void> {
  const source = await openSource(`jaeger:${jaeger.queryUrl}`);
  const { trace } = await source.trace(traceId);
  await source.close();
  const facts = new Map<string, string>();
  for (const span of trace.spans) {
    for (const [key, value] of Object.entries(span.attributes)) {
      if (!key.startsWith('agentlog.')) continue;
      facts.set(key, typeof value === 'string' ? value : JSON.stringify(value));
    }
  }
  expect([...facts.keys()]).toEqual(
    expect.arrayContaining([N_PLUS_ONE_SEVERITY, 'agentlog.n_plus_one.summary', 'agentlog.db.signature']),
  );
  for (const [key, value] of facts) {
    const parameters = {
      service: 'shop',
      tags: JSON.stringify({ [key]: value }),
      limit: '100',
      lookback: '1h',
    };
    const window = { start: '0', end: String((Date.now() + 3_600_000) * 1_000) };
    const query = new URLSearchParams({ ...parameters, ...window });
    const answer = await fetch(`${jaeger.queryUrl}/api/traces?${query}`);
    const { data } = (await answer.json()) as { data: { traceID: string }[] };
    expect(
      data.map((found) => found.traceID),
      key,
    ).toContain(traceId);
  }
}

function atTempo({ bodies }: Receiver, traceId: string): Span[] {
  return bodies.flatMap((body) => decodeProto(body, 'traces', (id) => id === traceId).spans);
}

function spansIn(file: string): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return 0;
  }
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean);
  return lines.reduce((sum, line) => sum + decodeLine(line).spans.length, 0);
}

/** Order of arrival differs; of equal times as well. */
function byId(spans: readonly Span[] = []): Span[] {
  return [...spans].sort((a, b) => (a.spanId < b.spanId ? -1 : 1));
}

/** Jaeger mends a span that takes no time. */
function asJaegerKeepsIt(span: Span): Span {
  const { startTimeUnixNano: start, endTimeUnixNano: end } = span;
  return end > start ? span : { ...span, endTimeUnixNano: start + 1n };
}
