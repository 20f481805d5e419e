import { AgentlogError } from '../core/errors.ts';

/** The error of a backend that holds traces only. */
export function unsupportedLogs(source: string): AgentlogError {
  return new AgentlogError(
    'QUERY_UNSUPPORTED',
    `${source} holds traces, no log records. Ask the local store (without --source), or the collector’s file with --dir.`,
  );
}
