import type { LogRecord, Span } from '../core/span.ts';
import { buildTrace } from '../core/trace.ts';
import { tallyOf } from '../store/coverage.ts';
import { Aggregation } from '../store/query/aggregation.ts';
import { LogSearch } from '../store/query/log-search.ts';
import { isInWindow } from '../store/query/span-filter.ts';
import { SeenSpans } from '../store/seen-spans.ts';
import { Summaries } from '../store/summaries.ts';
import type {
  AggregateAnswer,
  AggregateQuery,
  Capabilities,
  Coverage,
  LogAnswer,
  LogQuery,
  OnRecords,
  SearchAnswer,
  TraceAnswer,
  TraceQuery,
  TraceSource,
  Window,
} from './source.ts';
import { parseTraceId, traceAmbiguous, traceNotFound } from './trace-id.ts';

/** Spans and log records already in memory: the reference that other sources are compared with. */
export class MemorySource implements TraceSource {
  readonly name = 'memory:';
  readonly #spans: readonly Span[];
  readonly #logs: readonly LogRecord[];

  constructor(spans: readonly Span[], logs: readonly LogRecord[] = []) {
    this.#spans = spans;
    this.#logs = logs;
  }

  capabilities(): Capabilities {
    return { canResolvePrefix: true, canSearch: true, hasLogs: true, canAggregate: true, canFindLinks: true };
  }

  async trace(id: string): Promise<TraceAnswer> {
    const prefix = parseTraceId(id);
    const fits = ({ traceId }: { traceId?: string }): boolean => traceId?.startsWith(prefix) === true;
    const spans = this.#spans.filter(fits);
    const logs = this.#logs.filter(fits);
    const ids = [...new Set([...spans, ...logs].map((each) => each.traceId as string))].sort();
    const [only] = ids;
    if (only === undefined) throw traceNotFound(prefix, this.name, await this.search({ limit: 5 }));
    if (ids.length > 1) throw traceAmbiguous(prefix, this.name, ids, false);
    return { trace: buildTrace(only, spans, logs), coverage: tallyOf(spans, logs) };
  }

  async search(query: TraceQuery): Promise<SearchAnswer> {
    const summaries = new Summaries(query);
    summaries.addAll(this.#spans, this.#logs);
    const { traceCount, isCut } = summaries;
    return { ...summaries.result(), traceCount, isCut, coverage: tallyOf(this.#spans, this.#logs) };
  }

  async aggregate(query: AggregateQuery): Promise<AggregateAnswer> {
    const aggregation = new Aggregation(query);
    for (const span of this.#spans) aggregation.add(span);
    return { ...aggregation.result(), accuracy: 'exact', coverage: tallyOf(this.#spans, this.#logs) };
  }

  async logs(query: LogQuery): Promise<LogAnswer> {
    const search = new LogSearch(query);
    search.addAll(this.#logs);
    const { matchCount } = search;
    return { logs: search.result(), matchCount, coverage: tallyOf(this.#spans, this.#logs) };
  }

  async read(window: Window, onRecords: OnRecords): Promise<Coverage> {
    const seen = new SeenSpans();
    await onRecords({
      spans: this.#spans.filter((span) => isInWindow(window, span.startTimeUnixNano) && seen.isNew(span)),
      logs: this.#logs.filter(({ timeUnixNano }) => isInWindow(window, timeUnixNano)),
    });
    return tallyOf(this.#spans, this.#logs);
  }

  async close(): Promise<void> {}
}
