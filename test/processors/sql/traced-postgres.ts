import { createRequire } from 'node:module';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { InstrumentationBase } from '@opentelemetry/instrumentation';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import type { Pool } from 'pg';
import { Postgres } from './postgres.ts';
import { Recorder } from './recorder.ts';

/** A real Postgres with 10 buyers, their purchases, and 200 lines, a pool, and a recorder of all that runs on it. */
export class TracedPostgres {
  readonly recorder: Recorder;
  readonly url: string;
  readonly pool: Pool;
  readonly pg: typeof import('pg');
  private readonly server: Postgres;
  private readonly instrumentations: readonly InstrumentationBase[];
  private readonly ended: Promise<void>[] = [];

  private constructor(
    recorder: Recorder,
    server: Postgres,
    instrumentations: readonly InstrumentationBase[],
  ) {
    this.recorder = recorder;
    this.server = server;
    this.instrumentations = instrumentations;
    this.url = server.url;
    this.pg = this.load('pg');
    this.pool = new this.pg.Pool({ connectionString: this.url, max: 10 });
    this.pool.on('connect', (client) =>
      this.ended.push(new Promise((resolve) => client.once('end', resolve))),
    );
  }

  static async start(more: readonly InstrumentationBase[] = []): Promise<TracedPostgres> {
    const recorder = new Recorder();
    const instrumentations = [new PgInstrumentation(), ...more];
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    for (const instrumentation of instrumentations) instrumentation.setTracerProvider(recorder.provider);
    const traced = new TracedPostgres(recorder, await Postgres.start(), instrumentations);
    await traced.pool.query(`
      CREATE TABLE buyers (id int PRIMARY KEY, name text);
      CREATE TABLE purchases (id int PRIMARY KEY, customer_id int);
      CREATE TABLE lines (id int PRIMARY KEY, order_id int, note text);
      INSERT INTO buyers SELECT i, 'customer ' || i FROM generate_series(1, 10) i;
      INSERT INTO purchases SELECT i, 11 - i FROM generate_series(1, 10) i;
      INSERT INTO lines SELECT i, i % 10, 'line ' || i FROM generate_series(1, 200) i`);
    return traced;
  }

  /** Loads a package after the instrumentations, as the hooks need it. */
  load<T>(name: string): T {
    return createRequire(import.meta.url)(name);
  }

  async stop(): Promise<void> {
    await this.pool.end();
    // `end()` does not wait for the sockets, and a server that stops tells each of them so.
    await Promise.all(this.ended);
    for (const instrumentation of this.instrumentations) instrumentation.disable();
    await this.server.stop();
    context.disable();
  }
}
