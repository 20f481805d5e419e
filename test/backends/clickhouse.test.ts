import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { logsRequest, spansRequest } from '../../src/core/otlp/requests.ts';
import type { Attributes, AttributeValue, LogRecord, Span } from '../../src/core/span.ts';
import { readAttributes } from '../../src/sources/clickhouse/values.ts';
import { openSource } from '../../src/sources/index.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import type { TraceSource } from '../../src/sources/source.ts';
import { TRACE_ORDERS } from '../../src/store/query/query.ts';
import { runCli } from '../commands/run-cli.ts';
import {
  everything,
  expectAggregatesAlike,
  expectSearchesAlike,
  expectTracesAlike,
} from '../sources/like-reference.ts';
import { LOG_QUERIES } from '../sources/queries.ts';
import { randomTelemetry } from '../sources/random-telemetry.ts';
import { fixtureSpans } from '../sources/recorded.ts';
import { type Clickhouse, ensureClickhouse, startClickhouse, whyNoClickhouse } from './clickhouse.ts';
import { COLLECTOR_CONFIG, ensureCollector, startCollector, whyNoCollector } from './collector.ts';
import { freePorts } from './free-ports.ts';

const CONFIG = [
  COLLECTOR_CONFIG,
  fileURLToPath(new URL('../../examples/collector/fragments/clickhouse.yaml', import.meta.url)),
  fileURLToPath(new URL('clickhouse-collector.yaml', import.meta.url)),
];
const missing = whyNoCollector() ?? whyNoClickhouse();
const leftOut = missing !== undefined && !process.env.CI;
if (leftOut) process.stderr.write(`${missing}\n`);

describe.skipIf(leftOut)('ClickHouse, written by the real exporter', () => {
  beforeAll(async () => {
    await ensureCollector();
    await ensureClickhouse();
  }, 40 * 60_000);

  describe('with the fixture', () => {
    const it = loaded(fixtureSpans(), []);
    test('gives every trace back field by field, and the same bundles', () =>
      expectTracesAlike(it.source, it.spans));

    test('finds a trace by a prefix, names the newest ones for an unknown id', async () => {
      const [{ traceId = '' } = {}] = it.spans;
      const { trace } = await it.source.trace(traceId.slice(0, 8).toUpperCase());
      expect(trace.traceId).toBe(traceId);
      await expect(it.source.trace('f'.repeat(32))).rejects.toMatchObject({
        code: 'TRACE_NOT_FOUND',
        message: expect.stringContaining(traceId),
      });
    });

    test('every command that reads takes it', { timeout: 240_000 }, async () => {
      const [{ traceId = '' } = {}] = it.spans;
      for (const command of [
        ['traces', '--errors', '--json'],
        ['traces', '--route', '/orders', '--since', '2026-11-21T00:00:00Z'],
        ['trace', traceId.slice(0, 8)],
        ['spans', traceId, '2'],
        ['logs'],
        ['stats'],
        ['events', '--json'],
        ['tokens'],
        ['tokens', '--json', '--since', '2026-11-21T00:00:00Z'],
        ['bundle', '--trace-id', traceId, '--no-code'],
      ]) {
        const run = await runCli([...command, '--source', it.source.name], { cwd: tmpdir() });
        expect(run, command.join(' ')).toMatchObject({ code: 0 });
        expect(run.stdout, command.join(' ')).not.toBe('');
      }
    });
  });

  describe('with random telemetry', () => {
    const { spans, logs } = randomTelemetry(20_261_121, 150);
    const it = loaded(spans, logs);
    test(
      'gives every trace back field by field, and the same bundles',
      () => expectTracesAlike(it.source, it.spans, it.logs),
      240_000,
    );
    test('finds what the reference finds', () => expectSearchesAlike(it.source, it.spans, it.logs));
    test('gives the numbers of the reference, from every span', () =>
      expectAggregatesAlike(it.source, it.spans, 'exact'));

    test('pages join to the whole listing, in every order', async () => {
      const reference = new MemorySource(it.spans, it.logs);
      for (const order of TRACE_ORDERS) {
        const whole = await reference.search({ order, limit: 1_000 });
        const pages: string[] = [];
        for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page += 1) {
          const answer = await it.source.search({
            order,
            limit: 37,
            ...(cursor !== undefined && { cursor }),
          });
          pages.push(...answer.traces.map((trace) => trace.traceId));
          cursor = answer.nextCursor;
        }
        expect(pages).toEqual(whole.traces.map((trace) => trace.traceId));
      }
    });

    test('every log search is the same', async () => {
      const reference = new MemorySource(it.spans, it.logs);
      for (const query of LOG_QUERIES) {
        const { coverage: _a, ...answer } = await it.source.logs(query);
        const { coverage: _b, ...expected } = await reference.logs(query);
        expect(answer, inspect(query)).toEqual(expected);
      }
    });

    test('what is read whole is everything, also of a part of time', async () => {
      const reference = new MemorySource(it.spans, it.logs);
      const middle = it.spans[Math.floor(it.spans.length / 2)]?.startTimeUnixNano ?? 0n;
      for (const window of [{}, { sinceUnixNano: middle }, { untilUnixNano: middle }]) {
        expect(await everything(it.source, window)).toEqual(await everything(reference, window));
      }
    });

    test('nothing in a question can break out of its place in a statement', async () => {
      for (const hostile of HOSTILE) {
        const where = [
          { service: hostile },
          { name: hostile },
          { route: `GET ${hostile}` },
          { spanId: hostile },
          { exceptionType: hostile },
          { attributes: [{ key: hostile, op: 'exists' }] },
          { attributes: [{ key: hostile, op: 'equals', value: hostile }] },
          { attributes: [{ key: 'mixed', op: 'equals', value: hostile }] },
        ] as const;
        for (const filter of where) {
          const answer = await it.source.search({ where: filter });
          expect(answer.matchCount, inspect(filter)).toBe(0);
          const { rows } = await it.source.aggregate({
            where: filter,
            groupBy: [],
            measures: [{ name: 'count' }],
          });
          expect(rows, inspect(filter)).toEqual([]);
        }
        const sums = [{ name: 'sum', of: hostile }] as const;
        expect((await it.source.aggregate({ groupBy: [], measures: sums })).rows).toEqual([
          { group: [], values: [null] },
        ]);
        expect((await it.source.search({ text: hostile })).matchCount).toBe(0);
        expect((await it.source.logs({ text: hostile, traceId: hostile })).matchCount).toBe(0);
      }
      expect((await it.source.search({ limit: 1 })).traceCount).toBeGreaterThan(100);
    });
  });

  test('servers before 24.3, by their own analysis of SQL, give the same', async () => {
    const { spans, logs } = randomTelemetry(7, 60);
    const { source, close } = await load(spans, logs, { SETTING: 'enable_analyzer = 0' });
    try {
      const [kept, keptLogs] = [spans.map(asExporterKeepsIt), logs.map(logAsExporterKeepsIt)];
      await expectSearchesAlike(source, kept, keptLogs);
      await expectAggregatesAlike(source, kept, 'exact');
      await expectTracesAlike(source, kept, keptLogs);
    } finally {
      await close();
    }
  }, 120_000);

  test('attributes that would break out of SQL are found and come back as they are', async () => {
    const [span] = fixtureSpans() as [Span];
    const attributes = Object.fromEntries(HOSTILE.map((text) => [text, `${text}!`]));
    const { source, close } = await load(
      [{ ...span, name: HOSTILE[0] ?? '', attributes, events: [], links: [] }],
      [],
    );
    try {
      const { trace } = await source.trace(span.traceId);
      expect(trace.spans[0]).toMatchObject({ name: HOSTILE[0], attributes });
      for (const key of HOSTILE) {
        const where = { attributes: [{ key, op: 'equals', value: `${key}!` }] } as const;
        expect((await source.search({ where })).matchCount, key).toBe(1);
      }
    } finally {
      await close();
    }
  });

  test('a wrong password, a wrong database and a column of JSON are named, with the next step', async () => {
    const server = await startClickhouse({ PASSWORD: 'open sesame' });
    try {
      const failure = async (place: string, env = {}): Promise<unknown> => {
        const source = await openSource(place, env);
        const error = await source.search({}).catch((each: unknown) => each);
        await source.close();
        return error;
      };
      const at = server.url.replace('http://', '');
      expect(await failure(`clickhouse:http://${at}/otel`)).toMatchObject({
        code: 'SOURCE_FAILED',
        message: expect.stringMatching(/refused the credentials \(403\).*AGENTLOG_SOURCE_BASIC/),
      });
      const user = 'otel:open%20sesame';
      const absent = await failure(`clickhouse:http://${user}@${at}/absent`);
      expect(absent).toMatchObject({
        code: 'SOURCE_FAILED',
        message: expect.stringMatching(/database `absent`.*UNKNOWN_DATABASE.*http:\/\/host:8123\/otel/),
      });
      expect(String(absent)).not.toContain('sesame');
      expect(
        await failure(`clickhouse:http://${at}`, { AGENTLOG_SOURCE_BASIC: 'otel:open sesame' }),
      ).toMatchObject({
        code: 'SOURCE_FAILED',
        message: expect.stringMatching(/no table otel_traces/),
      });
    } finally {
      await server.stop();
    }
  });
});

const HOSTILE = [
  `'; DROP TABLE otel_traces; --`,
  `\\'; DROP TABLE otel_traces; --`,
  `\\`,
  `{p0:String}`,
  `" OR 1=1 --`,
  '` FORMAT Null',
  'line\nbreak\ttab\\N',
  `x') UNION ALL SELECT 1 --`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what must stay as it is.
  '${p0} $1 ? %s',
];

interface Loaded {
  readonly source: TraceSource;
  close(): Promise<void>;
}

/** A ClickHouse of its own whose tables the exporter made and filled. */
async function load(
  spans: readonly Span[],
  logs: readonly LogRecord[],
  env: Record<string, string> = {},
): Promise<Loaded> {
  const server: Clickhouse = await startClickhouse(env);
  const directory = mkdtempSync(join(tmpdir(), 'agentlog-exporter-'));
  const [jaeger, tempo] = await freePorts(2);
  const collector = await startCollector({
    directory,
    config: CONFIG,
    env: {
      CLICKHOUSE_ENDPOINT: server.url,
      JAEGER_OTLP_ENDPOINT: `http://127.0.0.1:${jaeger}`,
      TEMPO_OTLP_ENDPOINT: `http://127.0.0.1:${tempo}`,
    },
  });
  try {
    const send = async (signal: 'traces' | 'logs', body: object): Promise<void> => {
      const headers = { 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      const response = await fetch(`${collector.httpEndpoint}/v1/${signal}`, init);
      expect(response.status, collector.log().slice(-2_000)).toBe(200);
    };
    for (let at = 0; at < spans.length; at += 200)
      await send('traces', spansRequest(spans.slice(at, at + 200)));
    for (let at = 0; at < logs.length; at += 200) await send('logs', logsRequest(logs.slice(at, at + 200)));
  } finally {
    await collector.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  const source = await openSource(`clickhouse:${server.url}/otel`);
  return {
    source,
    async close() {
      await source.close();
      await server.stop();
    },
  };
}

/** The same for all tests of a block, with what the exporter keeps of the records. */
function loaded(
  spans: readonly Span[],
  logs: readonly LogRecord[],
): { readonly spans: readonly Span[]; readonly logs: readonly LogRecord[]; readonly source: TraceSource } {
  let it: Loaded | undefined;
  beforeAll(async () => {
    it = await load(spans, logs);
  }, 120_000);
  afterAll(() => it?.close());
  return {
    spans: spans.map(asExporterKeepsIt),
    logs: logs.map(logAsExporterKeepsIt),
    get source() {
      return (it as Loaded).source;
    },
  };
}

/** No flags, no counts of what was dropped, every attribute as text. */
function asExporterKeepsIt(span: Span): Span {
  const { events, links, resource } = span;
  return {
    ...span,
    flags: 0,
    droppedCount: 0,
    attributes: kept(span.attributes),
    events: events.map((event) => ({ ...event, attributes: kept(event.attributes) })),
    links: links.map((link) => ({ ...link, attributes: kept(link.attributes) })),
    resource: { attributes: kept(resource.attributes) },
  };
}

function logAsExporterKeepsIt(log: LogRecord): LogRecord {
  return {
    ...log,
    body: textOf(log.body),
    attributes: kept(log.attributes),
    resource: { attributes: kept(log.resource.attributes) },
  };
}

function kept(attributes: Attributes): Attributes {
  return readAttributes(
    Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, textOf(value)])),
  );
}

/** As Go's `AsString` has it: maps with their keys sorted. */
function textOf(value: AttributeValue): string {
  if (value === null) return '';
  if (typeof value !== 'object') return String(value);
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
