import type { Redactor } from '../../core/redaction/redactor.ts';
import { csvLine } from '../../formats/csv.ts';
import { describeCoverage } from '../../formats/json.ts';
import { counted, isoTime } from '../../formats/numbers.ts';
import { escapeJson } from '../../formats/text.ts';
import type { SearchAnswer, TraceQuery, TraceSummary } from '../../sources/source.ts';
import type { Terminal } from '../command.ts';
import { faultsOf } from '../faults.ts';
import { writePage } from './query.ts';
import { renderTraces } from './table.ts';

/** What there is to render. */
export interface TracesContext {
  readonly answer: SearchAnswer;
  /** The answer without filters, when nothing was read because of them; else the same. */
  readonly unfiltered: SearchAnswer;
  readonly query: TraceQuery;
  /** The options that narrow the answer. */
  readonly filters: readonly string[];
  /** What could have been asked for, when there is no answer. */
  readonly known: string;
  readonly sourceName: string;
  readonly terminal: Terminal;
}

/** An answer in each form it can be asked for. */
export interface TracesReport {
  /** The table, or why it is empty, and what the answer rests on. */
  text(): string;
  /** One object: `traces` in their order, `nextCursor`, and what the answer rests on. */
  json(): string;
  /** A line of titles and one a trace. */
  csv(): string;
  /** What stands below the table. */
  notes(): string[];
}

export function reportOf(context: TracesContext): TracesReport {
  const { answer, terminal } = context;
  const notes = (): string[] => {
    const first = answer.traces.length > 0 ? countLine(context) : whyEmpty(context);
    return [first, faultsOf(answer.coverage)].filter((line) => line !== '');
  };
  return {
    notes,
    text: () =>
      (answer.traces.length > 0 ? renderTraces(answer, terminal) : '') +
      notes()
        .map((line) => `# ${line}\n`)
        .join(''),
    json: () => renderJson(context),
    csv: () => renderCsv(answer.traces),
  };
}

/** The answer with the texts of telemetry masked by the newest rules. */
export function redactAnswer(answer: SearchAnswer, redactor: Redactor): SearchAnswer {
  const traces = answer.traces.map((trace) => ({
    ...trace,
    rootName: redactor.text(trace.rootName),
    rootService: redactor.text(trace.rootService),
    ...(trace.errorType !== undefined && { errorType: redactor.text(trace.errorType) }),
    services: trace.services.map((service) => redactor.text(service)),
  }));
  return { ...answer, traces };
}

function renderJson(context: TracesContext): string {
  const { answer, sourceName } = context;
  const list = answer.traces.map((trace) =>
    escapeJson(
      JSON.stringify({
        ...trace,
        startTimeUnixNano: String(trace.startTimeUnixNano),
        startTime: isoTime(trace.startTimeUnixNano),
      }),
    ),
  );
  const nextCursor = pageOf(context);
  const rest = {
    matchCount: answer.matchCount,
    traceCount: answer.traceCount,
    isCut: answer.isCut,
    ...(nextCursor !== undefined && { nextCursor }),
    ...(answer.traces.length === 0 && { whyEmpty: whyEmpty(context) }),
    source: sourceName,
    coverage: describeCoverage(answer.coverage),
  };
  const members = escapeJson(JSON.stringify(rest)).slice(1, -1);
  return `{"schemaVersion":1,"traces":[${list.length > 0 ? `\n${list.join(',\n')}\n` : ''}],\n${members}}\n`;
}

function renderCsv(traces: readonly TraceSummary[]): string {
  const titles = [
    'trace_id',
    'start_time',
    'duration_ms',
    'span_count',
    'error_count',
    'http_status',
    'error_type',
    'service',
    'name',
    'has_root',
  ];
  const rows = traces.map((trace) => [
    trace.traceId,
    isoTime(trace.startTimeUnixNano),
    trace.durationMs,
    trace.spanCount,
    trace.errorCount,
    trace.httpStatusCode,
    trace.errorType,
    trace.rootService,
    trace.rootName,
    trace.hasRoot,
  ]);
  return [titles, ...rows].map(csvLine).join('');
}

function pageOf({ answer: { nextCursor }, query }: TracesContext): string | undefined {
  return nextCursor === undefined ? undefined : writePage(nextCursor, query);
}

function countLine(context: TracesContext): string {
  const { traces, matchCount, isCut } = context.answer;
  const page = pageOf(context);
  if (context.terminal.columns !== undefined && traces.length === matchCount && !isCut) return '';
  const total = isCut ? `at least ${matchCount}` : String(matchCount);
  const next = page === undefined ? '' : `; next page: --cursor ${page}`;
  return `${traces.length} of ${total} traces in ${context.sourceName}${next}`;
}

function whyEmpty({ answer, unfiltered, query, filters, known, sourceName }: TracesContext): string {
  const { coverage } = unfiltered;
  const fileCount = coverage.fileCount + coverage.unneededFileCount;
  const isBackend = !/^(?:jsonl|memory):/.test(sourceName);
  if (isBackend && coverage.spanCount === 0) {
    const asked = filters.length === 0 ? '' : ` for ${filters.join(' and ')}`;
    return `No traces: ${sourceName} gave none${asked}. Is the app’s telemetry sent there, and did the window hold a request?`;
  }
  if (coverage.missingPackage !== undefined && coverage.spanCount === 0) {
    return `No traces: those of ${sourceName} are in Parquet files, which need DuckDB: npm i -D ${coverage.missingPackage}`;
  }
  if (fileCount === 0 && coverage.spanCount === 0) {
    return (
      `No traces: ${sourceName} holds no .jsonl or .json file of traces. ` +
      'Start the app with `node --import @agentlog/otel/register app.js`, then send it a request.'
    );
  }
  const files = isBackend ? sourceName : `${counted(fileCount, 'file')} in ${sourceName}`;
  const newest = coverage.newestUnixNano;
  if (newest === undefined) {
    return `No traces: there is no span in ${files}. A span is written within 100 ms of its end.`;
  }
  if (query.cursor !== undefined) return `No more traces in ${sourceName}.`;
  const asked = filters.join(' and ');
  const read = `${counted(answer.traceCount, 'trace')} read from ${files}`;
  return `No trace fits ${asked}: ${read}; the newest span ended at ${isoTime(newest)}.${known} Ask without ${asked}.`;
}
