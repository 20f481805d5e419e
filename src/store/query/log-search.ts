import { SERVICE_NAME } from '../../core/attributes.ts';
import type { LogRecord } from '../../core/span.ts';
import { attributeTest, textOfValue } from './attribute-test.ts';
import { DEFAULT_LIMIT, type LogQuery } from './query.ts';
import { isInWindow } from './span-filter.ts';
import { wordSearch } from './words.ts';

/** The newest log records that fit, from records in any order; keeps at most twice the limit. */
export class LogSearch {
  matchCount = 0;
  readonly #fits: (log: LogRecord) => boolean;
  readonly #limit: number;
  readonly #kept: LogRecord[] = [];

  /** @throws AgentlogError USAGE for an expression that cannot be used. */
  constructor(query: LogQuery) {
    this.#fits = logTest(query);
    this.#limit = query.limit ?? DEFAULT_LIMIT;
  }

  addAll(logs: readonly LogRecord[]): void {
    for (const log of logs) {
      if (!this.#fits(log)) continue;
      this.matchCount += 1;
      this.#kept.push(log);
      if (this.#kept.length >= 2 * this.#limit + 100) this.#trim();
    }
  }

  /** Newest first; ties by trace, span and body, so that every source has one order. */
  result(): LogRecord[] {
    this.#trim();
    return [...this.#kept];
  }

  #trim(): void {
    this.#kept.sort(newestFirst);
    this.#kept.length = Math.min(this.#kept.length, this.#limit);
  }
}

function logTest(query: LogQuery): (log: LogRecord) => boolean {
  const { service, traceId, spanId, minSeverity } = query;
  const words = wordSearch(query.text);
  const attributes = (query.attributes ?? []).map(attributeTest);
  return (log) =>
    isInWindow(query, log.timeUnixNano) &&
    (service === undefined || log.resource.attributes[SERVICE_NAME] === service) &&
    (traceId === undefined || log.traceId === traceId) &&
    (spanId === undefined || log.spanId === spanId) &&
    (minSeverity === undefined || log.severityNumber >= minSeverity) &&
    attributes.every((fits) => fits(log.attributes, log.resource.attributes)) &&
    (words === undefined || words.inLog(log) === words.all);
}

function newestFirst(a: LogRecord, b: LogRecord): number {
  if (a.timeUnixNano !== b.timeUnixNano) return a.timeUnixNano < b.timeUnixNano ? 1 : -1;
  const [left, right] = [tieOf(a), tieOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function tieOf({ traceId = '', spanId = '', body }: LogRecord): string {
  return `${traceId}\n${spanId}\n${textOfValue(body)}`;
}
