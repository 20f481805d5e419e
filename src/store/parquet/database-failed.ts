import { AgentlogError } from '../../core/errors.ts';

/** The error for a failure of DuckDB, whose own words may quote telemetry; they stay as the cause. */
export function databaseFailed(cause: unknown): AgentlogError {
  const words = cause instanceof Error ? cause.message : '';
  return new AgentlogError('DATABASE_FAILED', `The database could not do this: ${reasonOf(words)}`, {
    cause,
  });
}

function reasonOf(words: string): string {
  if (/no space left|failed to offload|max_temp_directory_size/i.test(words))
    return 'the disk is full. Free some of it, and try again.';
  if (/^out of memory/i.test(words))
    return 'it needs more than the 128 MB it may take. Narrow the question with --since, --service or another filter, or group by less.';
  if (/parquet|no files found|could not (?:read|open)|cannot open/i.test(words))
    return 'a file in `.agentlog/parquet` is missing or damaged. `agentlog-otel stats` says what is there; removing the manifest (.json) that names it lets the others answer.';
  return 'it failed in a way that is not known here. Please report it with what you asked.';
}
