import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the tests build or install once per machine, outside the repository. */
export function cacheDirectory(): string {
  const { AGENTLOG_CACHE, XDG_CACHE_HOME } = process.env;
  return join(AGENTLOG_CACHE || XDG_CACHE_HOME || join(homedir(), '.cache'), 'agentlog-otel');
}
