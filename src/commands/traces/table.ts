import { isoTime, milliseconds } from '../../formats/numbers.ts';
import { renderTable } from '../../formats/terminal/table.ts';
import { named, quoted } from '../../formats/text.ts';
import type { SearchAnswer, TraceSummary } from '../../sources/source.ts';
import type { Terminal } from '../command.ts';

/** A terminal narrower than this gets the beginnings of ids, which other commands take, and errors behind the names. */
const WIDE_COLUMNS = 120;
const SHORT_ID = 8;

const COLUMNS = [
  { title: 'TRACE' },
  { title: 'START' },
  { title: 'DURATION', isNumber: true },
  { title: 'SPANS', isNumber: true },
  { title: 'STATUS' },
  { title: 'NAME' },
];

/** The traces as aligned columns that fit the terminal; piped, nothing is cut to a width. Failed ones are red. */
export function renderTraces({ traces }: SearchAnswer, terminal: Terminal): string {
  const isNarrow = terminal.columns !== undefined && terminal.columns < WIDE_COLUMNS;
  const rows = traces.map((trace) => ({
    cells: cells(trace, isNarrow),
    color: trace.errorCount > 0 ? ('red' as const) : undefined,
  }));
  return renderTable(COLUMNS, rows, terminal);
}

function cells(trace: TraceSummary, isNarrow: boolean): string[] {
  const time = isoTime(trace.startTimeUnixNano);
  const service = trace.rootService === '' ? '' : `${named(trace.rootService)} `;
  const name = `${service}${quoted(trace.rootName, 120)}${trace.hasRoot ? '' : ' (no root yet)'}`;
  return [
    isNarrow ? trace.traceId.slice(0, SHORT_ID) : trace.traceId,
    isNarrow ? time.slice(11, 19) : time.replace(/\.\d+Z$/, 'Z'),
    milliseconds(trace.durationMs),
    String(trace.spanCount),
    joined(status(trace), isNarrow ? '' : errorType(trace)),
    joined(name, isNarrow ? errorType(trace) : ''),
  ];
}

function status({ errorCount, httpStatusCode }: TraceSummary): string {
  const code = httpStatusCode === undefined ? '' : String(httpStatusCode);
  return errorCount === 0 ? code || 'ok' : joined(code, 'ERROR');
}

/** Not the status of a call below: beside the one of the request it would be taken for that. */
function errorType({ errorCount, errorType }: TraceSummary): string {
  if (errorCount === 0 || errorType === undefined || /^\d{3}$/.test(errorType)) return '';
  return named(errorType.slice(0, 40));
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
