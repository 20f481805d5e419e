import { isoTime, milliseconds } from '../../formats/numbers.ts';
import { named, quoted } from '../../formats/text.ts';
import type { SearchAnswer, TraceSummary } from '../../sources/source.ts';
import type { Terminal } from '../command.ts';

const RED = '\u001b[31m';
const PLAIN = '\u001b[39m';
/** A terminal narrower than this gets half of each id: still a prefix that `bundle` takes. */
const WIDE_COLUMNS = 120;

/** The traces as aligned columns that fit the terminal; piped, nothing is cut to a width. */
export function renderTable({ traces }: SearchAnswer, terminal: Terminal): string {
  const isNarrow = terminal.columns !== undefined && terminal.columns < WIDE_COLUMNS;
  const rows = traces.map((trace) => cells(trace, isNarrow));
  const header = ['TRACE', 'START', 'DURATION', 'SPANS', 'STATUS', 'NAME'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = [header, ...rows].map((row) => cutToWidth(align(row, widths), terminal.columns));
  return lines
    .map((line, index) => {
      const isError = index > 0 && (traces[index - 1]?.errorCount ?? 0) > 0;
      return terminal.hasColors && isError ? `${RED}${line}${PLAIN}` : line;
    })
    .map((line) => `${line}\n`)
    .join('');
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
    status(trace),
    name,
  ];
}

function status({ errorCount, httpStatusCode, errorType }: TraceSummary): string {
  const code = httpStatusCode === undefined ? '' : String(httpStatusCode);
  if (errorCount === 0) return code || 'ok';
  const type = errorType === undefined ? '' : named(errorType.slice(0, 40));
  return [code, 'ERROR', type === code ? '' : type].filter((part) => part !== '').join(' ');
}

/** All but the last column padded; numbers need no alignment of their own at these widths. */
function align(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
    .join('  ');
}

function cutToWidth(line: string, columns: number | undefined): string {
  if (columns === undefined || line.length <= columns) return line;
  return `${line.slice(0, Math.max(1, columns - 1))}…`;
}
