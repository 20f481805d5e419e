import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { AgentlogError } from '../../core/errors.ts';
import type { LogRecord, Span } from '../../core/span.ts';
import { type Column, LOG_COLUMNS, SPAN_COLUMNS } from './columns.ts';
import { databaseFailed } from './database-failed.ts';
import type { Row } from './rows.ts';
import { Staging } from './staging.ts';

type Duckdb = typeof import('@duckdb/node-api');

/** Of the reader's 512 MB, of which DuckDB takes more than its limit; what does not fit goes to the temporary directory. */
const MEMORY_LIMIT = '128MB';
/** Freed memory that DuckDB's allocator may keep for itself; by default it is 128 MB a thread. */
const FLUSH_THRESHOLD = '1MB';
/** For questions. Sorting rows by two threads takes twice the memory, and no less time. */
const THREADS = 2;
/** A lookup by trace id reads one or two row groups of a file. */
const ROW_GROUP_ROWS = 4_096;

const TABLES = ['spans', 'logs'] as const;

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
  #spans: Staging<Span> | undefined;
  #logs: Staging<LogRecord> | undefined;
  readonly #takenBytes = { spans: 0, logs: 0 };

  private constructor(duckdb: Duckdb, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#duckdb = duckdb;
    this.#instance = instance;
    this.#connection = connection;
  }

  /**
   * `directory` is what it can reach; what does not fit into memory goes to `temporary`.
   * @throws AgentlogError DATABASE_MISSING when the optional package is not installed.
   */
  static async open(directory: string, temporary: string, threads: number = THREADS): Promise<Database> {
    const duckdb = await loadDuckdb();
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
      memory_limit: MEMORY_LIMIT,
      threads: String(threads),
      allocator_flush_threshold: FLUSH_THRESHOLD,
      allocator_bulk_deallocation_flush_threshold: FLUSH_THRESHOLD,
      temp_directory: temporary,
      // Without, rows wait in memory for their turn; `ORDER BY` holds all the same.
      preserve_insertion_order: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    const statements = [
      `SET allowed_directories = [${quoted(directory)}]`,
      'SET enable_external_access = false',
      'SET lock_configuration = true',
      stagingTable('spans', SPAN_COLUMNS),
      stagingTable('logs', LOG_COLUMNS),
    ];
    // All at once: each statement is a way to the thread pool and back.
    await connection.run(statements.join(';'));
    return new Database(duckdb, instance, connection);
  }

  /**
   * Runs one statement; `values` are bound to `$1`, `$2`, ….
   * @throws AgentlogError DATABASE_FAILED, as all that follows.
   */
  async run(sql: string, values: readonly DuckDBValue[] = []): Promise<Row[]> {
    try {
      const reader = await this.#connection.runAndReadAll(sql, [...values]);
      return reader.getRowObjects();
    } catch (error) {
      throw databaseFailed(error);
    }
  }

  /** The rows of one statement, some at a time: for answers that need not fit into memory. */
  async *stream(sql: string, values: readonly DuckDBValue[] = []): AsyncGenerator<Row[]> {
    try {
      const result = await this.#connection.stream(sql, [...values]);
      yield* result.yieldRowObjects();
    } catch (error) {
      throw databaseFailed(error);
    }
  }

  async addSpans(spans: readonly Span[]): Promise<void> {
    this.#spans ??= await Staging.open(this.#duckdb, this.#connection, 'spans', SPAN_COLUMNS);
    this.#spans.add(spans);
  }

  async addLogs(logs: readonly LogRecord[]): Promise<void> {
    this.#logs ??= await Staging.open(this.#duckdb, this.#connection, 'logs', LOG_COLUMNS);
    this.#logs.add(logs);
  }

  /** Puts these Parquet files beside the rows of this process; before this there are no `spans` and `logs`. */
  async use(spanFiles: readonly string[], logFiles: readonly string[]): Promise<void> {
    const views = [unionView('spans', SPAN_COLUMNS, spanFiles), unionView('logs', LOG_COLUMNS, logFiles)];
    await this.run(views.join(';'));
  }

  /** Which traces {@link Database.takeTraces} is about. */
  async want(traceIds: readonly string[]): Promise<void> {
    const column: Column<string> = { name: 'trace_id', type: 'VARCHAR', read: (id) => id };
    await this.run('CREATE OR REPLACE TABLE staged_wanted (trace_id VARCHAR)');
    const wanted = await Staging.open(this.#duckdb, this.#connection, 'wanted', [column]);
    wanted.add(traceIds);
    wanted.close();
  }

  /** Takes over what a Parquet file holds of the wanted traces as rows of this process. */
  async takeTraces(table: 'spans' | 'logs', file: string): Promise<void> {
    const columns = (table === 'spans' ? SPAN_COLUMNS : LOG_COLUMNS).map(({ name, type }) =>
      type.startsWith('MAP') ? `to_json(${name})::VARCHAR` : name,
    );
    await this.run(
      `INSERT INTO staged_${table} SELECT ${columns.join(', ')} FROM read_parquet(${quoted(file)}) ` +
        'WHERE trace_id IN (SELECT trace_id FROM staged_wanted)',
    );
    const [row] = await this.run(
      `SELECT sum(strlen(attributes) + strlen(resource) + strlen(folded_text)) AS bytes FROM staged_${table}`,
    );
    this.#takenBytes[table] = Number(row?.bytes ?? 0);
  }

  /** About how much memory the rows of this process take. */
  get stagedBytes(): number {
    const { spans, logs } = this.#takenBytes;
    return spans + logs + (this.#spans?.sizeBytes ?? 0) + (this.#logs?.sizeBytes ?? 0);
  }

  /** The beginnings of the trace ids of the rows of this process, so many digits, each once. */
  async stagedIds(digits: number): Promise<string[]> {
    const ids = TABLES.map((table) => `SELECT left(trace_id, ${digits}) AS id FROM staged_${table}`);
    const rows = await this.run(`SELECT DISTINCT id FROM (${ids.join(' UNION ALL ')}) WHERE id IS NOT NULL`);
    return rows.map(({ id }) => String(id));
  }

  /**
   * Writes the rows of this process to a Parquet file, sorted for lookups, and forgets them; no rows, no file.
   * Returns how many they were.
   */
  async drainTo(table: 'spans' | 'logs', path: string): Promise<number> {
    const [rows] = await this.run(`SELECT count(*) AS count FROM staged_${table}`);
    const rowCount = Number(rows?.count);
    if (rowCount === 0) return 0;
    const columns: readonly Column<never>[] = table === 'spans' ? SPAN_COLUMNS : LOG_COLUMNS;
    const order = table === 'spans' ? 'trace_id, start_unix_nano' : 'trace_id NULLS FIRST, time_unix_nano';
    await this.run(
      // Sorted as text: with maps as maps the rows take several times the memory.
      `COPY (SELECT * REPLACE (${casts(columns)}) FROM (SELECT * FROM staged_${table} ORDER BY ${order})) TO ${quoted(path)} ` +
        `(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
    );
    await this.#forget(table);
    return rowCount;
  }

  /** What takes back the rows that come into it after this. */
  async mark(): Promise<() => Promise<void>> {
    const undo: string[] = [];
    for (const table of TABLES) {
      const [row] = await this.run(`SELECT max(rowid) AS last FROM staged_${table}`);
      undo.push(`DELETE FROM staged_${table} WHERE rowid > ${row?.last ?? -1}`);
    }
    return async () => {
      for (const statement of undo) await this.run(statement);
    };
  }

  /** Forgets the rows of this process. */
  async forget(): Promise<void> {
    for (const table of TABLES) await this.#forget(table);
  }

  async #forget(table: 'spans' | 'logs'): Promise<void> {
    if (table === 'spans') {
      this.#spans?.close();
      this.#spans = undefined;
      await this.run(stagingTable('spans', SPAN_COLUMNS));
    } else {
      this.#logs?.close();
      this.#logs = undefined;
      await this.run(stagingTable('logs', LOG_COLUMNS));
    }
    this.#takenBytes[table] = 0;
  }

  close(): void {
    this.#spans?.close();
    this.#logs?.close();
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

function stagingTable<T>(table: string, columns: readonly Column<T>[]): string {
  const list = columns.map(({ name, type }) => `${name} ${type.startsWith('MAP') ? 'VARCHAR' : type}`);
  return (
    `CREATE OR REPLACE TABLE staged_${table} (${list.join(', ')});` +
    `CREATE OR REPLACE VIEW own_${table} AS SELECT * REPLACE (${casts(columns)}) FROM staged_${table}`
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
