/** Every failure the read side can report, with the exit code the CLI gives it. */
export const ERROR_CODES = {
  /** The command line is wrong: an unknown option, an id that is not hex. */
  USAGE: 2,
  /** No span carries the id that was asked for. */
  TRACE_NOT_FOUND: 1,
  /** The trace has no span of this number or id. */
  SPAN_NOT_FOUND: 1,
  /** The prefix fits more than one trace. */
  TRACE_AMBIGUOUS: 1,
  /** The directory or file does not exist. */
  STORE_MISSING: 1,
  /** The directory or file exists and cannot be read. */
  STORE_UNREADABLE: 1,
  /** Another process is compacting the store. */
  STORE_BUSY: 1,
  /** A backend could not be reached, or did not answer in time. */
  SOURCE_UNREACHABLE: 1,
  /** A backend answered with something that cannot be used: a refusal, an error, another program's page. */
  SOURCE_FAILED: 1,
  /** What a backend may be asked for one purpose was spent. */
  SOURCE_LIMIT: 1,
  /** No bundle has this name, or the prefix fits more than one. */
  BUNDLE_NOT_FOUND: 1,
  /** The output could not be written. */
  OUTPUT_FAILED: 1,
  /** The doctor found that something recorded would not arrive anywhere. */
  TELEMETRY_LOST: 1,
  /** `redact --check` found something that would be masked. */
  SECRETS_FOUND: 1,
  /** An optional package, @duckdb/node-api or @clickhouse/client, is needed and not installed. */
  DATABASE_MISSING: 1,
  /** The database could not do its part within its bounds: memory, the disk, a file that is damaged. */
  DATABASE_FAILED: 1,
  /** The source cannot answer this question; a narrower answer is never returned as the whole one. */
  QUERY_UNSUPPORTED: 1,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * The one error of the read side: what failed, on what, and what to do next.
 *
 * The message is for a person or an agent and never holds text taken from telemetry.
 */
export class AgentlogError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AgentlogError';
    this.code = code;
  }

  /** The exit code of a command that ends with this error: 2 for wrong usage, 1 for a failure. */
  get exitCode(): number {
    return ERROR_CODES[this.code];
  }
}
