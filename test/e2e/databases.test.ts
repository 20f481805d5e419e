import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Span } from '../../src/core/span.ts';
import { Postgres } from '../processors/sql/postgres.ts';
import { MariaDb, whyNoMariaDb } from '../stand-ins/mariadb.ts';
import { startMongoStandIn } from '../stand-ins/mongodb.ts';
import { APPS, GENERATED, ROOT, readLocal, runApp, temporaryDirectory } from './run-app.ts';

let postgres: Postgres;

beforeAll(async () => {
  postgres = await Postgres.start();
});

afterAll(() => postgres?.stop());

/** Runs an app with our register; the roots of its requests by name, with the repeats each of them carries. */
async function requestsOf(app: string, env: Record<string, string>): Promise<Map<string, Request>> {
  using directory = temporaryDirectory();
  const run = await runApp(`databases/${app}.mjs`, {
    env: {
      AGENTLOG_DIR: directory.path,
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      ...env,
    },
  });
  expect(run, run.stderr).toMatchObject({ code: 0 });
  const { spans, text } = readLocal(directory.path);
  const roots = spans.filter((span) => span.scope.name === 'app');
  return new Map(roots.map((root) => [root.name, { ...described(root), ...below(spans, root), text }]));
}

interface Request {
  readonly repeats: readonly unknown[];
  readonly queries: unknown;
  readonly names: readonly string[];
  readonly calls: readonly Span[];
  /** All that was written, whatever the request. */
  readonly text: string;
}

function described({ attributes }: Span): Pick<Request, 'repeats' | 'queries'> {
  const list = (key: string) => (attributes[`agentlog.n_plus_one.${key}`] ?? []) as unknown[];
  const repeats = list('kind').map((kind, i) => [kind, list('count')[i], list('summary')[i]]);
  return { repeats, queries: attributes['agentlog.db.query_count'] };
}

function below(spans: readonly Span[], root: Span): Pick<Request, 'names' | 'calls'> {
  const calls = spans.filter(
    (span) => span.traceId === root.traceId && span.attributes['db.system.name'] !== undefined,
  );
  return { names: calls.map((span) => span.name), calls };
}

/** Makes Prisma's client as `prisma generate` does, without the engine that it would download for migrations. */
function generatePrisma(): string {
  const directory = join(GENERATED, 'prisma');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const engine = join(directory, 'no-engine');
  writeFileSync(engine, '#!/bin/sh\n');
  chmodSync(engine, 0o755);
  const schema = readFileSync(join(APPS, 'databases/schema.prisma'), 'utf8');
  const output = schema.replace('"prisma-client"', '"prisma-client"\n  output = "client"');
  writeFileSync(join(directory, 'schema.prisma'), output);
  execFileSync(process.execPath, [join(ROOT, 'node_modules/prisma/build/index.js'), 'generate'], {
    cwd: directory,
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: engine, CHECKPOINT_DISABLE: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return pathToFileURL(join(directory, 'client/client.ts')).href;
}

/** `[kind, count, summary]` of the repeats of that request. */
const repeatsOf = (requests: Map<string, Request>, name: string) => requests.get(name)?.repeats;

/** In CI it must be there; a developer's machine without one is told how to get it. */
const why = process.env.CI === undefined ? whyNoMariaDb() : undefined;
if (why !== undefined) console.warn(why);

test.skipIf(why !== undefined)(
  'mysql2: a query in a loop on a real MariaDB is an N+1, a join and a batch are none',
  async () => {
    const database = await MariaDb.start();
    try {
      const requests = await requestsOf('mysql2', { DATABASE_URL: database.url });
      expect(repeatsOf(requests, 'each')).toEqual([['sequential', 8, 'SELECT buyers']]);
      expect(requests.get('each')?.queries).toBe(9);
      expect(repeatsOf(requests, 'prepared')).toEqual([['sequential', 8, 'SELECT buyers']]);
      expect(repeatsOf(requests, 'at once')).toEqual([['parallel', 8, 'SELECT buyers']]);
      expect(repeatsOf(requests, 'joined')).toEqual([]);
      expect(repeatsOf(requests, 'inserted')).toEqual([]);
      // In ANSI mode MySQL's strings are names: the table is still told, the text says less.
      expect(requests.get('quoted')?.names).toEqual(['SET', 'SELECT "buyers"']);
      expect(requests.get('quoted')?.text).not.toMatch(/a-secret-name|buyer \d/);
    } finally {
      await database.stop();
    }
  },
);

test('Prisma: a query in a loop is an N+1, what Prisma batches or includes is none', async () => {
  const client = generatePrisma();
  const requests = await requestsOf('prisma', { DATABASE_URL: postgres.url, PRISMA_CLIENT: client });
  expect(repeatsOf(requests, 'each')).toEqual([['sequential', 8, 'SELECT "public"."Buyer"']]);
  expect(repeatsOf(requests, 'batched')).toEqual([]);
  expect(repeatsOf(requests, 'included')).toEqual([]);
  expect(repeatsOf(requests, 'transaction')).toEqual([['chatty_writes', 8, 'UPDATE "public"."Purchase"']]);
});

test('Mongoose: a query in a loop is an N+1 that counts once, populated it is none, a cursor is none', async () => {
  const server = await startMongoStandIn();
  try {
    const requests = await requestsOf('mongoose', { DATABASE_URL: server.url });
    expect(repeatsOf(requests, 'each')).toEqual([['sequential', 8, 'find buyers']]);
    // Mongoose's spans lie beside those of the driver: 9 calls, 18 spans.
    expect(requests.get('each')?.queries).toBe(9);
    expect(requests.get('each')?.calls).toHaveLength(18);
    expect(repeatsOf(requests, 'at once')).toHaveLength(1);
    expect(repeatsOf(requests, 'populated')).toEqual([]);
    expect(requests.get('populated')?.queries).toBe(2);
    expect(repeatsOf(requests, 'saved')).toEqual([['chatty_writes', 8, 'insert buyers']]);
    expect(repeatsOf(requests, 'cursor')).toEqual([]);
    expect(server.commands.filter((name) => name === 'getMore').length).toBeGreaterThan(4);
    expect(requests.get('each')?.text).not.toMatch(/buyer \d/);
  } finally {
    await server.close();
  }
});

test('Mongoose: without spans of the driver its own are the calls', async () => {
  const server = await startMongoStandIn();
  try {
    const env = { DATABASE_URL: server.url, OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'mongodb' };
    const requests = await requestsOf('mongoose', env);
    expect(repeatsOf(requests, 'each')).toEqual([['sequential', 8, 'findOne buyers']]);
    expect(requests.get('each')?.queries).toBe(9);
    expect(repeatsOf(requests, 'populated')).toEqual([]);
    expect(repeatsOf(requests, 'saved')).toEqual([['chatty_writes', 8, 'save buyers']]);
  } finally {
    await server.close();
  }
});

test('GraphQL: a query below four levels of resolvers is an N+1 of the operation, a loader makes it none', async () => {
  const requests = await requestsOf('graphql', { DATABASE_URL: postgres.url });
  // Whether they overlap is the pool's affair.
  const kind = expect.stringMatching(/^(?:parallel|sequential)$/);
  expect(repeatsOf(requests, 'each')).toEqual([[kind, 8, 'SELECT authors']]);
  expect(repeatsOf(requests, 'batched')).toEqual([]);
  expect(requests.get('batched')?.queries).toBe(1);
});
