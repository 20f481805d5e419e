import { createRequire } from 'node:module';
import type { Attributes } from '@opentelemetry/api';
import { PgInstrumentation as Upstream } from '@opentelemetry/instrumentation-pg';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { PgInstrumentation } from '../../instrumentations/pg.ts';

const require = createRequire(import.meta.url);
const TARGETS = [
  { connectionString: 'postgres://me@127.0.0.1:1/shop' },
  { connectionString: 'postgres://127.0.0.1:1/shop?application_name=a', user: 'me', max: 3 },
  { connectionString: 'not a url', host: '127.0.0.1', port: 1, database: 'shop' },
  { host: '127.0.0.1', port: 1, database: 'shop', idleTimeoutMillis: 5 },
];

/** The attributes of the spans of pools that reach nobody, each asked twice, and what the connection hook was told. */
async function connectSpans(Class: typeof Upstream): Promise<{ spans: Attributes[]; hooks: unknown[] }> {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const hooks: unknown[] = [];
  const instrumentation = new Class({ connectionHook: (_span, { connection }) => hooks.push(connection) });
  instrumentation.setTracerProvider(provider);
  // Patched when it is loaded, so each class needs a fresh one.
  for (const path of Object.keys(require.cache))
    if (/[\\/]pg(?:-pool)?[\\/]/.test(path)) delete require.cache[path];
  const { Pool } = require('pg');
  for (const target of TARGETS) {
    const pool = new Pool(target);
    for (let i = 0; i < 2; i++) await pool.connect().catch(() => {});
    expect(pool.totalCount).toBe(0);
    await pool.end();
  }
  instrumentation.disable();
  const finished = exporter.getFinishedSpans().filter((span) => span.name === 'pg-pool.connect');
  return { spans: finished.map((span) => span.attributes), hooks };
}

test('pg: spans of taking a connection say what upstream says, however the pool was told where to go', async () => {
  const expected = await connectSpans(Upstream);
  const actual = await connectSpans(PgInstrumentation as unknown as typeof Upstream);
  expect(actual).toEqual(expected);
  expect(actual.spans).toHaveLength(2 * TARGETS.length);
});
