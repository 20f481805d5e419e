import { buildTrace } from '../core/trace.ts';
import { aggregate, lookup, search, searchLogs } from '../store/answer.ts';
import { listFiles } from '../store/files.ts';
import { holdsSpans, listTraces } from '../store/listing.ts';
import { CANDIDATE_LIMIT } from '../store/lookup.ts';
import { readAll } from '../store/read-all.ts';
import { askStore, takeSnapshot } from '../store/snapshot.ts';
import type {
  AggregateAnswer,
  AggregateQuery,
  Capabilities,
  Coverage,
  HealthQuery,
  LogAnswer,
  LogQuery,
  OnRecords,
  ProcessHealth,
  SearchAnswer,
  TraceAnswer,
  TraceQuery,
  TraceSource,
  Window,
} from './source.ts';
import { parseTraceId, traceAmbiguous, traceNotFound, traceUnread } from './trace-id.ts';

const NEWEST_BYTES = 64 * 1024 * 1024;
const NEWEST_MANIFESTS = 3;

/**
 * OTLP/JSON files: a directory `.agentlog/`, any folder of `.jsonl` and `.json` files, or one such file, whoever
 * wrote it (the collector's `file` exporter included), with the Parquet files that `compact` made. Looks at the directory anew for each answer, so it sees
 * files that have come meanwhile.
 */
export class JsonlSource implements TraceSource {
  readonly name: string;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    this.name = `jsonl:${path}`;
  }

  capabilities(): Capabilities {
    return { canResolvePrefix: true, canSearch: true, hasLogs: true, canAggregate: true, canFindLinks: true };
  }

  async trace(id: string): Promise<TraceAnswer> {
    const prefix = parseTraceId(id);
    const found = await askStore(this.#path, (snapshot) => lookup(snapshot, prefix));
    const [only] = found.traceIds;
    if (only === undefined && found.tally.missingPackage !== undefined) throw traceUnread(prefix, this.name);
    if (only === undefined) throw traceNotFound(prefix, this.name, await this.#newest());
    if (found.traceIds.length > 1) {
      throw traceAmbiguous(prefix, this.name, found.traceIds, found.traceIds.length >= CANDIDATE_LIMIT);
    }
    return { trace: buildTrace(only, found.spans, found.logs), coverage: found.tally };
  }

  async search(query: TraceQuery): Promise<SearchAnswer> {
    const { tally, ...listing } = await askStore(this.#path, (snapshot) => search(snapshot, query));
    return { ...listing, coverage: tally };
  }

  async aggregate(query: AggregateQuery): Promise<AggregateAnswer> {
    const answer = await askStore(this.#path, (snapshot) => aggregate(snapshot, query));
    const { rows, groupCount, tally, isSampled } = answer;
    if (isSampled) return { rows, groupCount, accuracy: 'sampled', isCut: true, coverage: tally };
    return { rows, groupCount, accuracy: 'exact', coverage: tally };
  }

  async logs(query: LogQuery): Promise<LogAnswer> {
    const { tally, ...answer } = await askStore(this.#path, (snapshot) => searchLogs(snapshot, query));
    return { ...answer, coverage: tally };
  }

  async read(window: Window, onRecords: OnRecords): Promise<Coverage> {
    const snapshot = await takeSnapshot(this.#path);
    const tally = await readAll(snapshot, window, onRecords);
    tally.skippedFileCount += snapshot.skippedCount;
    return tally;
  }

  async follow(signal: AbortSignal, onRecords: OnRecords): Promise<void> {
    const { followStore } = await import('../store/follow.ts');
    await followStore(this.#path, signal, onRecords);
  }

  async health(query: HealthQuery): Promise<ProcessHealth | undefined> {
    const { readProcessHealth } = await import('../store/process-health.ts');
    return readProcessHealth((await listFiles(this.#path)).files, query);
  }

  async close(): Promise<void> {}

  /** For the message of an id that was not found: out of the files written last, so that it comes quickly. */
  async #newest(): Promise<SearchAnswer> {
    const { tally, ...listing } = await askStore(this.#path, async (snapshot) => {
      const byAge = snapshot.files.filter(holdsSpans).sort((a, b) => b.modifiedMs - a.modifiedMs);
      let sizeBytes = 0;
      const newest = byAge.filter((file, index) => {
        sizeBytes += file.sizeBytes;
        return index === 0 || sizeBytes <= NEWEST_BYTES;
      });
      let found = await listTraces(newest, { limit: 5 });
      let unread = snapshot.manifests;
      if (found.traces.length === 0 && unread.length > 0) {
        const manifests = unread.slice(-NEWEST_MANIFESTS);
        unread = unread.slice(0, -NEWEST_MANIFESTS);
        found = await search({ ...snapshot, files: [], manifests }, { limit: 5 });
      }
      found.tally.unneededFileCount += byAge.length - newest.length;
      for (const { spans } of unread) found.tally.unneededFileCount += spans.length;
      return found;
    });
    return { ...listing, coverage: tally };
  }
}
