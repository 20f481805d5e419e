import { AgentlogError } from '../../core/errors.ts';
import type { Connection } from './connection.ts';

/** What the exporter made in this database, by its version and its options. */
export interface Schema {
  readonly hasTraces: boolean;
  readonly hasLogs: boolean;
  /** From when to when a trace goes, by id: keeps a lookup to a few parts. */
  readonly hasLookup: boolean;
  readonly hasEventName: boolean;
}

/**
 * Looks at the columns of the tables.
 * @throws AgentlogError SOURCE_FAILED when there are none, QUERY_UNSUPPORTED for attributes in columns of JSON.
 */
export async function readSchema(connection: Connection, source: string, database: string): Promise<Schema> {
  const rows = await connection.rows(
    `SELECT table, name, type FROM system.columns WHERE database = currentDatabase()
      AND table IN ('otel_traces', 'otel_logs', 'otel_traces_trace_id_ts')
      AND name IN ('SpanAttributes', 'LogAttributes', 'TraceId', 'EventName')`,
  );
  if (rows.some((row) => typeof row.table !== 'string')) {
    throw new AgentlogError(
      'SOURCE_FAILED',
      `${source} answers, but not as ClickHouse does. Check the address and the port (8123, or 8443 with https://).`,
    );
  }
  const typeOf = (table: string, name: string): string | undefined =>
    rows.find((row) => row.table === table && row.name === name)?.type as string | undefined;
  const [spans, logs] = [typeOf('otel_traces', 'SpanAttributes'), typeOf('otel_logs', 'LogAttributes')];
  const place = `${source} (database \`${database}\`)`;
  if (spans === undefined && logs === undefined) {
    throw new AgentlogError(
      'SOURCE_FAILED',
      `${place} has no table otel_traces that this user may read. Name the database that the collector’s exporter writes to, at the end of the address, such as http://host:8123/otel.`,
    );
  }
  for (const type of [spans, logs]) {
    if (type === undefined || type.startsWith('Map(')) continue;
    throw new AgentlogError(
      'QUERY_UNSUPPORTED',
      `${place} keeps attributes in columns of type JSON, which are not read. Let the exporter write maps (\`json: false\`, its default).`,
    );
  }
  return {
    hasTraces: spans !== undefined,
    hasLogs: logs !== undefined,
    hasLookup: typeOf('otel_traces_trace_id_ts', 'TraceId') !== undefined,
    hasEventName: typeOf('otel_logs', 'EventName') !== undefined,
  };
}
