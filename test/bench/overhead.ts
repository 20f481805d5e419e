/**
 * Overhead beside the stock distribution, in one run: `npm run bench:overhead [-- --readme]`.
 *
 * Alternates bare Node, the stock `register` (OTLP only) and ours (everything on) on plain HTTP with five
 * queries on a real Postgres; both send OTLP over HTTP to a local sink, metrics off. Prints ratios: machines
 * are shared and noisy, so absolute numbers mean little. Environment: ROUNDS (7), REQUESTS (4000).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { writeBlock } from '../readme/blocks.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const HERE = join(ROOT, 'test/bench/overhead');
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const REQUESTS = Number(process.env.REQUESTS ?? 4_000);
const CONNECTIONS = 8;

const STOCK = ['--import', '@opentelemetry/auto-instrumentations-node/register'];
const OURS = ['--import', '@agentlog/otel/register'];
const VARIANTS = {
  bare: { nodeArgs: [], protocol: 'http/json' },
  'stock json': { nodeArgs: STOCK, protocol: 'http/json' },
  'ours json': { nodeArgs: OURS, protocol: 'http/json' },
  'stock protobuf': { nodeArgs: STOCK, protocol: 'http/protobuf' },
  'ours protobuf': { nodeArgs: OURS, protocol: 'http/protobuf' },
} as const;
type Variant = keyof typeof VARIANTS;

interface Sample {
  cpuUs: number;
  p50Ms: number;
  p99Ms: number;
  rssMb: number;
  startMs: number;
}

/** What a web app has: of the many libraries of this repository only these, so that only these are instrumented. */
const START_UP_PACKAGES = [
  'express',
  'pg',
  '@opentelemetry/api',
  '@opentelemetry/auto-instrumentations-node',
];

const children: ChildProcess[] = [];
const home = mkdtempSync(join(tmpdir(), 'agentlog-bench-'));
const startUpApp = createStartUpApp();

function launch(
  args: readonly string[],
  env: Record<string, string> = {},
  cwd = ROOT,
): { child: ChildProcess; firstLine: Promise<string> } {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const firstLine = new Promise<string>((done, fail) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', done);
    child.once('exit', (code) => fail(new Error(`${args.at(-1)} ended with ${code}`)));
  });
  return { child, firstLine };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((done) => child.once('exit', done));
  if (child.exitCode === null && child.signalCode === null && child.kill('SIGTERM')) await ended;
}

async function load(
  url: string,
  requests: number,
  rate = 0,
): Promise<{ p50Ms: number; p99Ms: number; perSecond: number; failures: number }> {
  const { firstLine } = launch([
    join(HERE, 'load.mjs'),
    url,
    String(CONNECTIONS),
    String(requests),
    String(rate),
  ]);
  const result = JSON.parse(await firstLine);
  if (result.failures > 0) throw new Error(`${result.failures} requests failed`);
  return result;
}

async function measure(variant: Variant, env: Record<string, string>, rate: number): Promise<Sample> {
  const { nodeArgs, protocol } = VARIANTS[variant];
  const startMs = await startUp(nodeArgs, env);
  const { child, firstLine } = launch([...nodeArgs, join(HERE, 'server.cjs')], {
    ...env,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    AGENTLOG_DIR: join(home, `${variant}-${Date.now()}`),
  });
  const url = `http://127.0.0.1:${await firstLine}`;
  const usage = async () =>
    (await fetch(`${url}/usage`)).json() as Promise<{ cpuUs: number; rssBytes: number }>;
  await load(`${url}/`, REQUESTS / 2);
  const before = await usage();
  await load(`${url}/`, REQUESTS);
  const after = await usage();
  const { p50Ms, p99Ms } = await load(`${url}/`, REQUESTS / 2, rate);
  await stop(child);
  return {
    cpuUs: (after.cpuUs - before.cpuUs) / REQUESTS,
    p50Ms,
    p99Ms,
    rssMb: after.rssBytes / 2 ** 20,
    startMs,
  };
}

/** An app with a `node_modules` of its own; the directory of it. */
function createStartUpApp(): string {
  const app = join(home, 'app');
  const packages = START_UP_PACKAGES.map((name) => [name, join(ROOT, 'node_modules', name)] as const);
  for (const [name, target] of [...packages, ['@agentlog/otel', ROOT] as const]) {
    const link = join(app, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link, 'junction');
  }
  copyFileSync(join(HERE, 'start-up.cjs'), join(app, 'start-up.cjs'));
  return app;
}

/** Wall time of an app that only loads express and pg; the fastest of three starts. */
async function startUp(nodeArgs: readonly string[], env: Record<string, string>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const startedAt = performance.now();
    await launch([...nodeArgs, 'start-up.cjs'], env, startUpApp).firstLine;
    times.push(performance.now() - startedAt);
  }
  return Math.min(...times);
}

const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** Median of the ratios within each round, with the lowest and the highest. */
function ratio(
  of: Sample[],
  to: Sample[],
  measure: keyof Sample,
): { median: number; low: number; high: number } {
  const ratios = of.map((sample, i) => sample[measure] / (to[i]?.[measure] ?? Number.NaN));
  return { median: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios) };
}

async function run(): Promise<void> {
  const postgres = await launch([join(ROOT, 'examples/shop/postgres.mjs')]).firstLine;
  const databaseUrl = JSON.parse(postgres).url as string;
  await prepare(databaseUrl);
  const sinkPort = await launch([join(HERE, 'sink.mjs')]).firstLine;
  const env = {
    DATABASE_URL: databaseUrl,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sinkPort}`,
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_SERVICE_NAME: 'bench',
    OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
  };
  const { child, firstLine } = launch([join(HERE, 'server.cjs')], env);
  const full = await load(`http://127.0.0.1:${await firstLine}/`, REQUESTS);
  await stop(child);
  const rate = Math.round(full.perSecond / 4);
  const samples = Object.fromEntries(Object.keys(VARIANTS).map((name) => [name, [] as Sample[]])) as Record<
    Variant,
    Sample[]
  >;
  for (let round = 1; round <= ROUNDS; round++) {
    const order = Object.keys(VARIANTS) as Variant[];
    for (const variant of round % 2 ? order : order.reverse())
      samples[variant].push(await measure(variant, env, rate));
    process.stderr.write(`round ${round} of ${ROUNDS}\n`);
  }
  report(samples, rate);
}

/** What is measured, in the words of the README. */
const MEASURES = {
  cpuUs: 'CPU per request',
  p50Ms: 'p50 at half load',
  p99Ms: 'p99 at half load',
  rssMb: 'memory (RSS)',
  startMs: 'start-up',
} as const;

function report(samples: Record<Variant, Sample[]>, rate: number): void {
  const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${ROUNDS} rounds, half load ${rate} requests/s`;
  const head = ['', 'ours ÷ stock', 'lowest–highest', 'ours over bare', 'stock over bare'];
  const rows = (['json', 'protobuf'] as const).flatMap((protocol) =>
    (Object.keys(MEASURES) as (keyof Sample)[]).map((measure) => {
      const [ours, stock] = [samples[`ours ${protocol}`], samples[`stock ${protocol}`]];
      const to = ratio(ours, stock, measure);
      const over = (of: Sample[]) => `${percent(ratio(of, samples.bare, measure).median - 1)}`;
      const range = `${to.low.toFixed(2)}–${to.high.toFixed(2)}`;
      return [
        `${MEASURES[measure]}, ${protocol}`,
        `${to.median.toFixed(2)} ×`,
        range,
        over(ours),
        over(stock),
      ];
    }),
  );
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const table = [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
  console.log(`${machine}\n${table}`);
  if (!process.argv.includes('--readme')) return;
  const file = join(ROOT, 'README.md');
  writeFileSync(file, writeBlock(readFileSync(file, 'utf8'), 'overhead', `${machine}.\n\n${table}`));
}

function percent(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(0)} %`;
}

async function prepare(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`DROP TABLE IF EXISTS items, orders CASCADE;
    CREATE TABLE orders (id int PRIMARY KEY, customer text, seen int DEFAULT 0);
    CREATE TABLE items (order_id int, sku text, quantity int);
    INSERT INTO orders SELECT i, 'customer ' || i FROM generate_series(1, 100) i;
    INSERT INTO items SELECT 1 + i % 100, 'tea', i FROM generate_series(1, 300) i;`);
  await client.end();
}

try {
  await run();
} finally {
  await Promise.all(children.map(stop));
  rmSync(home, { recursive: true, force: true });
}
