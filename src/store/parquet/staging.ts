import type { DuckDBAppender, DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type { Cell, Column } from './columns.ts';
import { databaseFailed } from './database-failed.ts';

type Duckdb = typeof import('@duckdb/node-api');

/** What DuckDB takes at once. */
const CHUNK_ROWS = 2_048;
/** Long rows go over in smaller chunks. */
const CHUNK_BYTES = 4 * 1024 * 1024;
/** What a row of short texts takes. */
const ROW_BYTES = 1_000;
const SHORT_CHARS = 100;

/**
 * Takes rows of this process over into a table `staged_…`. Maps stand as JSON text in it: handing over a map value by
 * value costs ten times as much.
 *
 * One chunk is used again and again: what DuckDB's client makes is let go only when V8 collects it, and V8 sees a few
 * bytes of it where there are megabytes.
 */
export class Staging<T> {
  /** About how much memory the rows take. */
  sizeBytes = 0;
  readonly #appender: DuckDBAppender;
  readonly #chunk: DuckDBDataChunk;
  readonly #columns: readonly Column<T>[];

  private constructor(appender: DuckDBAppender, chunk: DuckDBDataChunk, columns: readonly Column<T>[]) {
    this.#appender = appender;
    this.#chunk = chunk;
    this.#columns = columns;
  }

  static async open<T>(
    duckdb: Duckdb,
    connection: DuckDBConnection,
    table: string,
    columns: readonly Column<T>[],
  ): Promise<Staging<T>> {
    const { VARCHAR, UBIGINT, DOUBLE, BOOLEAN } = duckdb;
    const types = { VARCHAR, UBIGINT, DOUBLE, BOOLEAN, 'MAP(VARCHAR, JSON)': VARCHAR };
    const chunk = duckdb.DuckDBDataChunk.create(columns.map(({ type }) => types[type]));
    return new Staging(await connection.createAppender(`staged_${table}`), chunk, columns);
  }

  add(items: readonly T[]): void {
    let cells: Cell[][] = this.#columns.map(() => []);
    let rowCount = 0;
    let bytes = 0;
    const hand = (): void => {
      this.#chunk.reset();
      this.#chunk.setColumns(cells);
      attempt(() => this.#appender.appendDataChunk(this.#chunk));
      this.sizeBytes += bytes;
      cells = this.#columns.map(() => []);
      rowCount = 0;
      bytes = 0;
    };
    for (const item of items) {
      for (const [index, { read }] of this.#columns.entries()) {
        const cell = read(item);
        if (typeof cell === 'string' && cell.length > SHORT_CHARS) bytes += Buffer.byteLength(cell);
        cells[index]?.push(cell);
      }
      rowCount += 1;
      bytes += ROW_BYTES;
      if (rowCount === CHUNK_ROWS || bytes >= CHUNK_BYTES) hand();
    }
    if (rowCount > 0) hand();
    attempt(() => this.#appender.flushSync());
  }

  close(): void {
    this.#appender.closeSync();
  }
}

function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    throw databaseFailed(error);
  }
}
