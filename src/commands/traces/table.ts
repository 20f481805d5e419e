import { isoTime, milliseconds } from '../../formats/numbers.ts';
import { renderTable } from '../../formats/terminal/table.ts';
import { named, quoted } from '../../formats/text.ts';
import type { SearchAnswer, TraceSummary } from '../../sources/source.ts';
import type { Terminal } from '../command.ts';

/** A terminal narrower than this gets half of each id: still a prefix that other commands take. */
const WIDE_COLUMNS = 120;

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
    isNarrow ? trace.traceId.slice(0, 16) : trace.traceId,
    isNarrow ? time.slice(11, 19) : time.replace(/\.\d+Z$/, 'Z'),
    milliseconds(trace.durationMs),
    String(trace.spanCount),
    status(trace, isNarrow ? 20 : 40),
    name,
  ];
}

function status({ errorCount, httpStatusCode, errorType }: TraceSummary, typeLimit: number): string {
  const code = httpStatusCode === undefined ? '' : String(httpStatusCode);
  if (errorCount === 0) return code || 'ok';
  const type = errorType === undefined ? '' : named(errorType.slice(0, typeLimit));
  return [code, 'ERROR', type === code ? '' : type].filter((part) => part !== '').join(' ');
}
