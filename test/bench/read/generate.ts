import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFileName, type Signal } from '../../../src/core/layout.ts';
import { seededRandom } from '../../sources/random-telemetry.ts';

const GONE = 4_194_305;
const FILE_BYTES = 64 * 1024 * 1024;
/** A process writes a line every 100 ms: some dozens of spans of several traces. */
const SPANS_PER_LINE = 48;
const START_MS = 1_795_200_000_000;
const ROUTES = ['/orders', '/orders/:id', '/checkout', '/users/:id', '/search', '/cart', '/health', '/login'];
const QUERIES = [
  ['SELECT orders', 'SELECT id, customer, total FROM orders WHERE id = $1', 'orders'],
  ['SELECT items', 'SELECT sku, quantity, price FROM items WHERE order_id = $1', 'items'],
  ['SELECT users', 'SELECT id, name, plan FROM users WHERE id = $1', 'users'],
  ['UPDATE orders', 'UPDATE orders SET seen = seen + 1 WHERE id = $1', 'orders'],
  ['INSERT events', 'INSERT INTO events (order_id, kind) VALUES ($1, $2)', 'events'],
] as const;

export interface Generated {
  readonly spanCount: number;
  readonly logCount: number;
  readonly sizeBytes: number;
  /** One in the middle. */
  readonly traceId: string;
}

/**
 * Writes at least so many spans as apps of ours write them: HTTP requests with five queries each and the waits for
 * connections, one in 50 failed, one in 100 with 40 queries more, a log record each; in files of 64 MiB.
 */
export function generate(directory: string, atLeastSpans: number): Generated {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const random = seededRandom(20_261_121);
  const traces = new Writer(directory, 'traces');
  const logs = new Writer(directory, 'logs');
  let middle = '';
  let clockMs = START_MS;
  while (traces.recordCount < atLeastSpans) {
    const traceId = hex(random, 4);
    if (middle === '' && traces.recordCount >= atLeastSpans / 2) middle = traceId;
    clockMs += random(20);
    writeTrace(random, traceId, clockMs, traces, logs);
  }
  traces.close();
  logs.close();
  const sizeBytes = traces.sizeBytes + logs.sizeBytes;
  return { spanCount: traces.recordCount, logCount: logs.recordCount, sizeBytes, traceId: middle };
}

type Random = (below: number) => number;

function writeTrace(random: Random, traceId: string, startMs: number, traces: Writer, logs: Writer): void {
  const route = ROUTES[Math.min(random(ROUTES.length), random(ROUTES.length))] as string;
  const hasFailed = random(50) === 0;
  const rootId = hex(random, 2);
  const queryCount = random(100) === 0 ? 45 : 5;
  let atUs = 200 + random(300);
  for (let index = 0; index < queryCount; index += 1) {
    const [summary, text, table] = QUERIES[queryCount > 5 ? 1 : index] as (typeof QUERIES)[number];
    const us = 300 + random(1_500) + (random(100) === 0 ? 20_000 : 0);
    traces.add(
      span(traceId, rootId, hex(random, 2), 'pg-pool.connect', 3, startMs, atUs, 40, [
        ['db.system.name', 'postgresql'],
        ['db.namespace', 'shop'],
        ['server.address', 'db.internal'],
        ['server.port', 5432],
      ]),
    );
    traces.add(
      span(traceId, rootId, hex(random, 2), summary, 3, startMs, atUs + 50, us, [
        ['db.system.name', 'postgresql'],
        ['db.namespace', 'shop'],
        ['server.address', 'db.internal'],
        ['server.port', 5432],
        ['db.query.text', text],
        ['db.query.summary', summary],
        ['db.collection.name', table],
        ['agentlog.db.signature', `${table}${summary.length}`.padEnd(16, '0')],
      ]),
    );
    atUs += us + 100 + random(200);
  }
  const status = hasFailed ? 500 : 200;
  const root: [string, string | number][] = [
    ['http.request.method', 'GET'],
    ['http.route', route],
    ['url.path', route.replace(':id', String(random(100_000)))],
    ['url.scheme', 'http'],
    ['http.response.status_code', status],
    ['server.address', 'shop.internal'],
    ['server.port', 8080],
    ['network.protocol.version', '1.1'],
    ['user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36'],
    ['agentlog.db.query_count', queryCount],
  ];
  if (hasFailed)
    root.push(['error.type', 'CardDeclined'], ['agentlog.exception.fingerprint', 'f1f2f3f4f5f6f7f8']);
  traces.add(span(traceId, '', rootId, `GET ${route}`, 2, startMs, 0, atUs + 500, root, hasFailed));
  const body = hasFailed ? 'card declined' : `served ${route}`;
  logs.add(
    `{"timeUnixNano":"${nanos(startMs, atUs)}","observedTimeUnixNano":"${nanos(startMs, atUs)}","severityNumber":${hasFailed ? 17 : 9},` +
      `"body":{"stringValue":"${body}"},"attributes":[{"key":"route","value":{"stringValue":"${route}"}}],` +
      `"flags":1,"traceId":"${traceId}","spanId":"${rootId}"}`,
  );
}

function span(
  traceId: string,
  parentId: string,
  spanId: string,
  name: string,
  kind: number,
  startMs: number,
  atUs: number,
  us: number,
  attributes: readonly (readonly [string, string | number])[],
  hasFailed = false,
): string {
  const list = attributes.map(([key, value]) =>
    typeof value === 'number'
      ? `{"key":"${key}","value":{"intValue":"${value}"}}`
      : `{"key":"${key}","value":{"stringValue":"${value}"}}`,
  );
  const parent = parentId === '' ? '' : `,"parentSpanId":"${parentId}"`;
  const status = hasFailed ? ',"status":{"code":2,"message":"card declined"}' : '';
  return (
    `{"traceId":"${traceId}","spanId":"${spanId}"${parent},"flags":257,"name":"${name}","kind":${kind},` +
    `"startTimeUnixNano":"${nanos(startMs, atUs)}","endTimeUnixNano":"${nanos(startMs, atUs + us)}",` +
    `"attributes":[${list.join(',')}]${status}}`
  );
}

function nanos(startMs: number, us: number): string {
  return `${startMs + Math.floor(us / 1_000)}${String(us % 1_000).padStart(3, '0')}000`;
}

/** Words of 32 bits as hex. */
function hex(random: Random, words: number): string {
  let out = '';
  for (let word = 0; word < words; word += 1) {
    out += ((random(65_536) * 65_536 + random(65_536)) >>> 0).toString(16).padStart(8, '0');
  }
  return out;
}

/** Appends lines to files of ours, a new one every 64 MiB. */
class Writer {
  recordCount = 0;
  sizeBytes = 0;
  readonly #directory: string;
  readonly #signal: Signal;
  #records: string[] = [];
  #file: number | undefined;
  #fileBytes = 0;
  #fileCount = 0;

  constructor(directory: string, signal: Signal) {
    this.#directory = directory;
    this.#signal = signal;
  }

  add(record: string): void {
    this.#records.push(record);
    this.recordCount += 1;
    if (this.#records.length >= SPANS_PER_LINE) this.#writeLine();
  }

  close(): void {
    if (this.#records.length > 0) this.#writeLine();
    if (this.#file !== undefined) closeSync(this.#file);
  }

  #writeLine(): void {
    const [group, scoped, items] =
      this.#signal === 'traces'
        ? ['resourceSpans', 'scopeSpans', 'spans']
        : ['resourceLogs', 'scopeLogs', 'logRecords'];
    const resource =
      '{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"service.version","value":{"stringValue":"1.4.2"}},' +
      '{"key":"host.name","value":{"stringValue":"shop-7d9f"}},{"key":"process.pid","value":{"intValue":"4242"}}]}';
    const line = Buffer.from(
      `{"${group}":[{"resource":${resource},"${scoped}":[{"scope":{"name":"bench","version":"1.0.0"},"${items}":[${this.#records.join(',')}]}]}]}\n`,
    );
    this.#records = [];
    if (this.#file === undefined || this.#fileBytes >= FILE_BYTES) this.#open();
    writeSync(this.#file as number, line);
    this.#fileBytes += line.length;
    this.sizeBytes += line.length;
  }

  #open(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#fileCount += 1;
    const startedAt = new Date(START_MS + this.#fileCount * 60_000);
    const random = this.#fileCount.toString(16).padStart(8, '0');
    const name = makeFileName({ startedAt, pid: GONE, random, signal: this.#signal });
    this.#file = openSync(join(this.#directory, name), 'wx', 0o600);
    this.#fileBytes = 0;
  }
}
