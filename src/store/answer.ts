import type { LogRecord } from '../core/span.ts';
import type { Tally } from './coverage.ts';
import { holdsLogs, holdsSpans, type Listing, listTraces } from './listing.ts';
import { CANDIDATE_LIMIT, type Lookup, lookupTrace } from './lookup.ts';
import type { Manifest } from './parquet/manifest.ts';
import { Aggregation } from './query/aggregation.ts';
import { LogSearch } from './query/log-search.ts';
import type { AggregateQuery, AggregateRow, LogQuery, TraceQuery } from './query/query.ts';
import { scanAll } from './scan-all.ts';
import { askHistory, type Snapshot } from './snapshot.ts';

/** Everything of the trace whose id begins with `prefix`; see {@link lookupTrace}. */
export async function lookup(snapshot: Snapshot, prefix: string): Promise<Lookup> {
  const inFiles = (): Promise<Lookup> => lookupTrace(snapshot.files, prefix);
  const { manifests } = snapshot;
  const { manifestsWith } = await import('./parquet/trace-ids.ts');
  const mayHold = await manifestsWith(snapshot.path, manifests, prefix);
  const answer = await askHistory(
    { ...snapshot, manifests: mayHold },
    async (database) => {
      const { lookupRows } = await import('./parquet/history.ts');
      const [found, stored] = await Promise.all([inFiles(), lookupRows(database, prefix)]);
      const ids = new Set(found.traceIds);
      for (const { traceId } of [...stored.spans, ...stored.logs]) {
        if (traceId !== undefined && ids.size < CANDIDATE_LIMIT) ids.add(traceId);
      }
      const isUnique = ids.size === 1;
      return {
        ...found,
        traceIds: [...ids].sort(),
        spans: isUnique ? [...stored.spans, ...found.spans] : [],
        logs: isUnique ? [...stored.logs, ...found.logs] : [],
      };
    },
    inFiles,
  );
  answer.tally.unneededFileCount += manifests.length - mayHold.length;
  return answer;
}

/** The traces that fit; see {@link listTraces}. */
export async function search(snapshot: Snapshot, query: TraceQuery): Promise<Listing> {
  return askHistory(
    snapshot,
    async (database) => {
      const { addFiles } = await import('./parquet/history.ts');
      const { searchBySql } = await import('./parquet/sql-search.ts');
      const tally = await addFiles(database, snapshot.files);
      return { ...(await searchBySql(database, query)), isCut: false, tally };
    },
    () => listTraces(snapshot.files, query),
  );
}

/** What {@link aggregate} found. */
export interface Groups {
  readonly rows: AggregateRow[];
  readonly groupCount: number;
  readonly tally: Tally;
  /** Of the Parquet files, only some were asked. */
  readonly isSampled: boolean;
}

/**
 * The groups of a query and how many there are.
 * @throws AgentlogError DATABASE_MISSING when there are Parquet files and no DuckDB: part of a sum is no sum.
 */
export async function aggregate(snapshot: Snapshot, query: AggregateQuery): Promise<Groups> {
  const { startedIn, sampleOf } = await import('./parquet/manifest.ts');
  const inWindow = startedIn(snapshot.manifests, query);
  const asked = query.enough === undefined ? inWindow : sampleOf(inWindow, query.enough);
  const answer = await askHistory(
    { ...snapshot, manifests: asked.map((manifest) => ({ ...manifest, logs: [] })) },
    async (database) => {
      const { addFiles } = await import('./parquet/history.ts');
      const { aggregateBySql } = await import('./parquet/sql-aggregate.ts');
      const tally = await addFiles(database, snapshot.files);
      return { ...(await aggregateBySql(database, query)), tally };
    },
    async () => {
      const aggregation = new Aggregation(query);
      const tally = await scanAll(snapshot.files.filter(holdsSpans), query.sinceUnixNano, ({ spans }) => {
        for (const span of spans) aggregation.add(span);
      });
      return { ...aggregation.result(), tally };
    },
    false,
  );
  answer.tally.unneededFileCount += fileCountOf(snapshot.manifests) - fileCountOf(asked);
  return { ...answer, isSampled: asked !== inWindow };
}

function fileCountOf(manifests: readonly Manifest[]): number {
  return manifests.reduce((count, { spans }) => count + spans.length, 0);
}

/** The log records that fit, and how many did. */
export async function searchLogs(
  snapshot: Snapshot,
  query: LogQuery,
): Promise<{ logs: readonly LogRecord[]; matchCount: number; tally: Tally }> {
  return askHistory(
    snapshot,
    async (database) => {
      const { addFiles } = await import('./parquet/history.ts');
      const { logsBySql } = await import('./parquet/sql-search.ts');
      const tally = await addFiles(database, snapshot.files);
      return { ...(await logsBySql(database, query)), tally };
    },
    async () => {
      const found = new LogSearch(query);
      const files = snapshot.files.filter(holdsLogs);
      const tally = await scanAll(files, query.sinceUnixNano, ({ logs }) => found.addAll(logs));
      return { logs: found.result(), matchCount: found.matchCount, tally };
    },
  );
}
