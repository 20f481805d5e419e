import { AgentlogError } from '../core/errors.ts';
import type { SearchAnswer, TraceSource } from './source.ts';

/** Candidates named in a message. */
const NAMED_LIMIT = 10;

/**
 * The id or prefix in lower case.
 * @throws AgentlogError USAGE when it is not 8 to 32 hex digits.
 */
export function parseTraceId(id: string): string {
  if (/^[0-9a-fA-F]{8,32}$/.test(id)) return id.toLowerCase();
  const length = `${id.length} character${id.length === 1 ? '' : 's'}`;
  const problem = /^[0-9a-fA-F]*$/.test(id) ? length : `${length}, not all of them hex digits`;
  throw new AgentlogError(
    'USAGE',
    `Expected a trace id of 32 hex digits or a prefix of at least 8, got ${problem}. ` +
      '`agentlog-otel traces` lists the ids.',
  );
}

/**
 * A whole id in lower case, for a source that cannot look for a prefix.
 * @throws AgentlogError USAGE
 */
export function parseWholeTraceId(id: string, source: string): string {
  const parsed = parseTraceId(id);
  if (parsed.length === 32) return parsed;
  throw new AgentlogError(
    'USAGE',
    `${source} finds traces by all 32 hex digits only, got ${parsed.length}. \`agentlog-otel traces\` lists the ids.`,
  );
}

/** {@link traceNotFound} of a backend, with its newest traces if it tells them. */
export async function remoteTraceNotFound(id: string, source: TraceSource): Promise<AgentlogError> {
  return traceNotFound(id, source.name, await source.search({ limit: 5 }));
}

/** The error for an id that only Parquet files may carry, where nothing reads them. */
export function traceUnread(id: string, source: string): AgentlogError {
  return new AgentlogError(
    'DATABASE_MISSING',
    `Trace \`${id}\` may be in the Parquet files of ${source}, which need DuckDB: npm i -D @duckdb/node-api`,
  );
}

/** The error for an id that nothing carries; `newest` is the answer to a search without filters. */
export function traceNotFound(id: string, source: string, newest: SearchAnswer): AgentlogError {
  const { coverage, traces } = newest;
  const what = id.length === 32 ? `Trace \`${id}\`` : `A trace beginning with \`${id}\``;
  const fileCount = coverage.fileCount + coverage.unneededFileCount;
  const time = coverage.newestUnixNano;
  const rests = [
    ...(source.startsWith('jsonl:') ? [fileCount === 1 ? '1 file' : `${fileCount} files`] : []),
    ...(time === undefined ? [] : [`newest span ${isoSeconds(time)}`]),
  ].join(', ');
  const list = traces.map((each) => `\n  ${each.traceId}  ${isoSeconds(each.startTimeUnixNano)}`).join('');
  const next =
    list !== ''
      ? `The newest traces are:${list}`
      : coverage.missingPackage !== undefined
        ? `What is there lies in Parquet files, which need DuckDB: npm i -D ${coverage.missingPackage}`
        : 'No span is there at all: has the app handled a request with agentlog-otel loaded?';
  return new AgentlogError(
    'TRACE_NOT_FOUND',
    `${what} not found in ${source}${rests === '' ? '' : ` (${rests})`}. ` +
      `If the app is still running, wait 1 s and try again. ${next}`,
  );
}

/** The error for a prefix that several traces begin with. */
export function traceAmbiguous(
  prefix: string,
  source: string,
  candidates: readonly string[],
  isCut: boolean,
): AgentlogError {
  const named = candidates.slice(0, NAMED_LIMIT);
  const rest = candidates.length - named.length;
  const more = rest > 0 ? `\n  and ${rest}${isCut ? ' or more' : ''} others` : '';
  return new AgentlogError(
    'TRACE_AMBIGUOUS',
    `\`${prefix}\` fits ${candidates.length}${isCut ? ' or more' : ''} traces in ${source}. Give more digits of one of:` +
      `${named.map((id) => `\n  ${id}`).join('')}${more}`,
  );
}

function isoSeconds(unixNano: bigint): string {
  const ms = Number(unixNano / 1_000_000n);
  return Number.isSafeInteger(ms) && ms < 8.64e15 ? `${new Date(ms).toISOString().slice(0, 19)}Z` : 'unknown';
}
