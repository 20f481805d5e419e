import { buildTrace } from '../core/trace.ts';
import { type FileListing, listFiles } from '../store/files.ts';
import { holdsLogs, holdsSpans, listTraces } from '../store/listing.ts';
import { CANDIDATE_LIMIT, lookupTrace } from '../store/lookup.ts';
import { Aggregation } from '../store/query/aggregation.ts';
import { LogSearch } from '../store/query/log-search.ts';
import { scanAll } from '../store/scan-all.ts';
import type {
  AggregateAnswer,
  AggregateQuery,
  Capabilities,
  LogAnswer,
  LogQuery,
  SearchAnswer,
  TraceAnswer,
  TraceQuery,
  TraceSource,
} from './source.ts';
import { parseTraceId, traceAmbiguous, traceNotFound } from './trace-id.ts';

const NEWEST_BYTES = 64 * 1024 * 1024;

/**
 * OTLP/JSON files: a directory `.agentlog/`, any folder of `.jsonl` and `.json` files, or one such file, whoever
 * wrote it (the collector's `file` exporter included). Looks at the directory anew for each answer, so it sees
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
    return { canResolvePrefix: true, canSearch: true, hasLogs: true, canAggregate: true };
  }

  async trace(id: string): Promise<TraceAnswer> {
    const prefix = parseTraceId(id);
    const { files, skippedCount } = await this.#list();
    const { traceIds, spans, logs, tally } = await lookupTrace(files, prefix);
    const [only] = traceIds;
    if (only === undefined) throw traceNotFound(prefix, this.name, await this.#newest());
    if (traceIds.length > 1) {
      throw traceAmbiguous(prefix, this.name, traceIds, traceIds.length >= CANDIDATE_LIMIT);
    }
    tally.skippedFileCount += skippedCount;
    return { trace: buildTrace(only, spans, logs), coverage: tally };
  }

  async search(query: TraceQuery): Promise<SearchAnswer> {
    const { files, skippedCount } = await this.#list();
    const { tally, ...listing } = await listTraces(files, query);
    tally.skippedFileCount += skippedCount;
    return { ...listing, coverage: tally };
  }

  async aggregate(query: AggregateQuery): Promise<AggregateAnswer> {
    const aggregation = new Aggregation(query);
    const { files, skippedCount } = await this.#list();
    const coverage = await scanAll(files.filter(holdsSpans), query.sinceUnixNano, ({ spans }) => {
      for (const span of spans) aggregation.add(span);
    });
    coverage.skippedFileCount += skippedCount;
    return { ...aggregation.result(), accuracy: 'exact', coverage };
  }

  async logs(query: LogQuery): Promise<LogAnswer> {
    const search = new LogSearch(query);
    const { files, skippedCount } = await this.#list();
    const coverage = await scanAll(files.filter(holdsLogs), query.sinceUnixNano, ({ logs }) =>
      search.addAll(logs),
    );
    coverage.skippedFileCount += skippedCount;
    return { logs: search.result(), matchCount: search.matchCount, coverage };
  }

  async close(): Promise<void> {}

  /** For the message of an id that was not found: out of the files written last, so that it comes quickly. */
  async #newest(): Promise<SearchAnswer> {
    const { files } = await this.#list();
    const byAge = files.filter(holdsSpans).sort((a, b) => b.modifiedMs - a.modifiedMs);
    let sizeBytes = 0;
    const newest = byAge.filter((file, index) => {
      sizeBytes += file.sizeBytes;
      return index === 0 || sizeBytes <= NEWEST_BYTES;
    });
    const { tally, ...listing } = await listTraces(newest, { limit: 5 });
    tally.unneededFileCount += byAge.length - newest.length;
    return { ...listing, coverage: tally };
  }

  #list(): Promise<FileListing> {
    return listFiles(this.#path);
  }
}
