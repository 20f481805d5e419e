import { visible } from './text.ts';

export type CsvCell = string | number | boolean | undefined;

/** What a spreadsheet would take for a formula, also behind blanks and in its wide forms. */
const FORMULA = /^[\s\p{Z}]*[=+\-@＝＋－＠]/u;

/**
 * One line of CSV (RFC 4180, with a line feed). Text stays on its line; what a spreadsheet would run as a formula gets
 * `'` before it. Numbers are written as they are; undefined is empty.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

function csvCell(cell: CsvCell): string {
  if (cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = visible(FORMULA.test(cell) ? `'${cell}` : cell);
  return /[",\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
