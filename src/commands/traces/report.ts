import { describeCoverage } from '../../formats/json.ts';
import { counted, isoTime } from '../../formats/numbers.ts';
import { escapeJson } from '../../formats/text.ts';
import type { Coverage, SearchAnswer, TraceQuery } from '../../sources/source.ts';
import type { Terminal } from '../command.ts';
import { renderTable } from './table.ts';

/** What there is to render. */
export interface TracesContext {
  readonly answer: SearchAnswer;
  /** The answer without filters, when nothing was read because of them; else the same. */
  readonly unfiltered: SearchAnswer;
  readonly query: TraceQuery;
  readonly sourceName: string;
  readonly terminal: Terminal;
}

/** The table, or why it is empty, and what the answer rests on. */
export function renderReport(context: TracesContext): string {
  const { answer, terminal } = context;
  const table = answer.traces.length > 0 ? renderTable(answer, terminal) : '';
  const lines = [answer.traces.length > 0 ? countLine(context) : whyEmpty(context), faults(answer.coverage)];
  return `${table}${lines
    .filter((line) => line !== '')
    .map((line) => `# ${line}\n`)
    .join('')}`;
}

/** One object: `traces` newest first, and what the answer rests on. */
export function renderJson(context: TracesContext): string {
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
  const rest = {
    matchCount: answer.matchCount,
    traceCount: answer.traceCount,
    isCut: answer.isCut,
    ...(answer.traces.length === 0 && { whyEmpty: whyEmpty(context) }),
    source: sourceName,
    coverage: describeCoverage(answer.coverage),
  };
  const members = escapeJson(JSON.stringify(rest)).slice(1, -1);
  return `{"schemaVersion":1,"traces":[${list.length > 0 ? `\n${list.join(',\n')}\n` : ''}],\n${members}}\n`;
}

function countLine({ answer, query, terminal, sourceName }: TracesContext): string {
  const { traces, matchCount, isCut } = answer;
  if (terminal.columns !== undefined && traces.length === matchCount && !isCut) return '';
  const total = isCut ? `at least ${matchCount}` : String(matchCount);
  const next = traces.length < matchCount || isCut ? `; more: --limit ${(query.limit ?? 20) * 5}` : '';
  return `${traces.length} of ${total} traces in ${sourceName}${next}`;
}

function whyEmpty({ answer, unfiltered, query, sourceName }: TracesContext): string {
  const { coverage } = unfiltered;
  const fileCount = coverage.fileCount + coverage.unneededFileCount;
  if (fileCount === 0) {
    return (
      `No traces: ${sourceName} holds no .jsonl or .json file of traces. ` +
      'Start the app with `node --import @agentlog/otel/register app.js`, then send it a request.'
    );
  }
  const files = `${counted(fileCount, 'file')} in ${sourceName}`;
  const newest = coverage.newestUnixNano;
  if (newest === undefined) {
    return `No traces: there is no span in ${files}. A span is written within 100 ms of its end.`;
  }
  const filters = [query.errorsOnly ? '--errors' : '', query.sinceUnixNano === undefined ? '' : '--since'];
  const asked = filters.filter((filter) => filter !== '').join(' and ');
  const read = `${counted(answer.traceCount, 'trace')} read from ${files}`;
  return `No trace fits ${asked}: ${read}; the newest span ended at ${isoTime(newest)}. Ask without ${asked}.`;
}

function faults({ corruptLineCount, tornLineCount, longLineCount, skippedFileCount }: Coverage): string {
  const parts = [
    corruptLineCount > 0 ? counted(corruptLineCount, 'corrupt line') : '',
    tornLineCount > 0 ? counted(tornLineCount, 'torn last line') : '',
    longLineCount > 0 ? `${counted(longLineCount, 'line')} over 32 MiB` : '',
    skippedFileCount > 0 ? `${counted(skippedFileCount, 'file')} that cannot be read` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `Skipped: ${parts.join(', ')}.`;
}
