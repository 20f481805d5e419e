import type { DecodedLine } from '../core/otlp/decode.ts';
import type { LogRecord, Span } from '../core/span.ts';
import type { Tally } from './coverage.ts';
import type { StoreFile } from './files.ts';
import type { Database } from './parquet/database.ts';
import { scanFile } from './scan.ts';

/** What of a table comes at once. */
export type Rows =
  | { readonly table: 'spans'; readonly items: readonly Span[] }
  | { readonly table: 'logs'; readonly items: readonly LogRecord[] };

/**
 * The lines of a file in its order, a chunk of them at a time; reading waits for `take`.
 * Returns the error code when the file exists and cannot be read.
 * @throws what `take` throws.
 */
export async function streamLines(
  file: StoreFile,
  tally: Tally,
  take: (lines: readonly DecodedLine[]) => Promise<void> | void,
): Promise<string | undefined> {
  let waiting: DecodedLine[] = [];
  const hand = async (): Promise<void> => {
    const lines = waiting;
    waiting = [];
    if (lines.length > 0) await take(lines);
  };
  const code = await scanFile(file, { onLine: (line) => void waiting.push(line), onChunk: hand }, tally);
  await hand();
  return code;
}

/** The rows of a table, some thousand at a time, in an order of its columns or in none. */
export async function streamRows(
  database: Database,
  table: Rows['table'],
  take: (rows: Rows) => Promise<void> | void,
  order?: string,
): Promise<void> {
  const { LOG_SELECTION, RowReader, SPAN_SELECTION } = await import('./parquet/rows.ts');
  const reader = new RowReader();
  const selection = table === 'spans' ? SPAN_SELECTION : LOG_SELECTION;
  const sql = `SELECT ${selection} FROM ${table}${order === undefined ? '' : ` ORDER BY ${order}`}`;
  for await (const rows of database.stream(sql)) {
    if (table === 'spans') await take({ table, items: rows.map((row) => reader.span(row)) });
    else await take({ table, items: rows.map((row) => reader.log(row)) });
  }
}
