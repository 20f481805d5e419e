import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { AgentlogError } from '../../core/errors.ts';
import type { LogRecord, Span } from '../../core/span.ts';
import { type Column, LOG_COLUMNS, SPAN_COLUMNS } from './columns.ts';
import type { Row } from './rows.ts';

type Duckdb = typeof import('@duckdb/node-api');

/** Of the reader's 512 MB, of which DuckDB takes more than its limit; what does not fit goes to the temporary directory. */
const MEMORY_LIMIT = '200MB';
const THREADS = 2;
/** What DuckDB takes at once. */
const CHUNK_ROWS = 2_048;
/** A lookup by trace id reads one or two row groups of a file. */
const ROW_GROUP_ROWS = 4_096;

/**
 * A DuckDB in memory that can reach one directory and nothing else: no network, no other files, no extensions.
 *
 * Rows of this process go into it by `add…`; `spans` and `logs` are these rows together with the Parquet files that
 * {@link Database.use} names. Whoever opened it closes it.
 */
export class Database {
  readonly #duckdb: Duckdb;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(duckdb: Duckdb, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#duckdb = duckdb;
    this.#instance = instance;
    this.#connection = connection;
  }

  /**
   * `directory` is what it can reach; what does not fit into memory goes to `temporary`.
   * @throws AgentlogError DATABASE_MISSING when the optional package is not installed.
   */
  static async open(directory: string, temporary: string): Promise<Database> {
    const duckdb = await loadDuckdb();
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
      memory_limit: MEMORY_LIMIT,
      threads: String(THREADS),
      temp_directory: temporary,
      // Without, rows wait in memory for their turn; `ORDER BY` holds all the same.
      preserve_insertion_order: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    await connection.run(`SET allowed_directories = [${quoted(directory)}]`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
    await connection.run(stagingTable('spans', SPAN_COLUMNS));
    await connection.run(stagingTable('logs', LOG_COLUMNS));
    const database = new Database(duckdb, instance, connection);
    await database.use([], []);
    return database;
  }

  /** Runs one statement; `values` are bound to `$1`, `$2`, …. */
  async run(sql: string, values: readonly DuckDBValue[] = []): Promise<Row[]> {
    const reader = await this.#connection.runAndReadAll(sql, [...values]);
    return reader.getRowObjects();
  }

  /** The rows of one statement, some at a time: for answers that need not fit into memory. */
  async *stream(sql: string, values: readonly DuckDBValue[] = []): AsyncGenerator<Row[]> {
    const result = await this.#connection.stream(sql, [...values]);
    yield* result.yieldRowObjects();
  }

  addSpans(spans: readonly Span[]): Promise<void> {
    return this.#append('spans', SPAN_COLUMNS, spans);
  }

  addLogs(logs: readonly LogRecord[]): Promise<void> {
    return this.#append('logs', LOG_COLUMNS, logs);
  }

  /** Puts these Parquet files beside the rows of this process. */
  async use(spanFiles: readonly string[], logFiles: readonly string[]): Promise<void> {
    await this.run(unionView('spans', SPAN_COLUMNS, spanFiles));
    await this.run(unionView('logs', LOG_COLUMNS, logFiles));
  }

  /** Takes over what Parquet files hold of these traces as rows of this process. */
  async takeTraces(
    table: 'spans' | 'logs',
    files: readonly string[],
    traceIds: readonly string[],
  ): Promise<void> {
    if (files.length === 0) return;
    const column: Column<string> = { name: 'trace_id', type: 'VARCHAR', read: (id) => id };
    await this.run('CREATE OR REPLACE TABLE staged_wanted (trace_id VARCHAR)');
    await this.#append('wanted', [column], traceIds);
    const columns = (table === 'spans' ? SPAN_COLUMNS : LOG_COLUMNS).map(({ name, type }) =>
      type.startsWith('MAP') ? `to_json(${name})::VARCHAR` : name,
    );
    await this.run(
      `INSERT INTO staged_${table} SELECT ${columns.join(', ')} FROM read_parquet([${files.map(quoted).join(', ')}]) ` +
        'WHERE trace_id IN (SELECT trace_id FROM staged_wanted)',
    );
  }

  /** Writes the rows of this process to a Parquet file, sorted for lookups, and forgets them. */
  async drainTo(table: 'spans' | 'logs', path: string): Promise<void> {
    const columns: readonly Column<never>[] = table === 'spans' ? SPAN_COLUMNS : LOG_COLUMNS;
    const order = table === 'spans' ? 'trace_id, start_unix_nano' : 'trace_id NULLS FIRST, time_unix_nano';
    await this.run(
      // Sorted as text: with maps as maps the rows take several times the memory.
      `COPY (SELECT * REPLACE (${casts(columns)}) FROM (SELECT * FROM staged_${table} ORDER BY ${order})) TO ${quoted(path)} ` +
        `(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
    );
    await this.run(`TRUNCATE staged_${table}`);
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async #append<T>(table: string, columns: readonly Column<T>[], items: readonly T[]): Promise<void> {
    const { DuckDBDataChunk, VARCHAR, UBIGINT, DOUBLE, BOOLEAN } = this.#duckdb;
    const types = { VARCHAR, UBIGINT, DOUBLE, BOOLEAN, 'MAP(VARCHAR, JSON)': VARCHAR };
    const appender = await this.#connection.createAppender(`staged_${table}`);
    for (let start = 0; start < items.length; start += CHUNK_ROWS) {
      const rows = items.slice(start, start + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create(
        columns.map(({ type }) => types[type]),
        rows.length,
      );
      chunk.setColumns(columns.map(({ read }) => rows.map(read)));
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
    appender.closeSync();
  }
}

/** Maps stand as JSON text in it: handing over a map value by value costs ten times as much. */
function stagingTable<T>(table: string, columns: readonly Column<T>[]): string {
  const list = columns.map(({ name, type }) => `${name} ${type.startsWith('MAP') ? 'VARCHAR' : type}`);
  return (
    `CREATE TABLE staged_${table} (${list.join(', ')});` +
    `CREATE VIEW own_${table} AS SELECT * REPLACE (${casts(columns)}) FROM staged_${table}`
  );
}

function casts<T>(columns: readonly Column<T>[]): string {
  const maps = columns.filter(({ type }) => type.startsWith('MAP'));
  return maps.map(({ name, type }) => `CAST(${name}::JSON AS ${type}) AS ${name}`).join(', ');
}

function unionView<T>(table: string, columns: readonly Column<T>[], files: readonly string[]): string {
  const names = columns.map(({ name }) => name).join(', ');
  const own = `SELECT ${names} FROM own_${table}`;
  const stored = `SELECT ${names} FROM read_parquet([${files.map(quoted).join(', ')}])`;
  return `CREATE OR REPLACE VIEW ${table} AS ${files.length === 0 ? own : `${own} UNION ALL ${stored}`}`;
}

/** A path as a literal of SQL, where no parameter may stand. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "''")}'`;
}

async function loadDuckdb(): Promise<Duckdb> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    throw new AgentlogError(
      'DATABASE_MISSING',
      'This needs DuckDB, which is not installed here: npm i -D @duckdb/node-api. Traces by id, listings and bundles out of .jsonl files work without it.',
      { cause },
    );
  }
}
