import { type Color, paint } from './color.ts';
import { cutToWidth, displayWidth } from './width.ts';

export interface TableColumn {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
}

export interface TableRow {
  /** One for each column, fit to be shown. */
  readonly cells: readonly string[];
  readonly color?: Color | undefined;
}

/** What a table is fitted to. */
export interface Screen {
  /** Undefined: nothing is cut. */
  readonly columns: number | undefined;
  readonly hasColors: boolean;
}

/** Rows below a line of titles, columns aligned, no line wider than the screen. Ends with a line break. */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly TableRow[],
  { columns: width, hasColors }: Screen,
): string {
  const widths = columns.map(({ title }, index) =>
    rows.reduce((most, { cells }) => Math.max(most, displayWidth(cells[index] ?? '')), title.length),
  );
  const line = (cells: readonly string[]): string =>
    cutToWidth(
      cells
        .map((cell, index) => {
          const blanks = ' '.repeat((widths[index] ?? 0) - displayWidth(cell));
          if (columns[index]?.isNumber) return blanks + cell;
          return index === cells.length - 1 ? cell : cell + blanks;
        })
        .join('  '),
      width,
    );
  const titles = paint(line(columns.map(({ title }) => title)), 'bold', hasColors);
  return [titles, ...rows.map(({ cells, color }) => paint(line(cells), color, hasColors))]
    .map((each) => `${each}\n`)
    .join('');
}
