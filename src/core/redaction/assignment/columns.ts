import type { ScanMemo } from '../rule.ts';
import { workOf } from '../work.ts';
import { isPlaceholder } from './placeholder.ts';

/** What may stand between a name and the end of its cell. */
const CELL_END = /["'`]?[ \t]{0,200}(?:[,;|│\t]|\r?\n)/y;
const MAX_LINE = 1_000;
const MAX_ROWS = 200;
/** A line of a drawn table. */
const RULER = /^[\s|+:=\u2500-\u257f-]+$/;
/** The name of a column. Words are parted by spaces only where a sign of its own parts the columns. */
const NAME = /^["'`]?[\p{L}_][\p{L}\p{M}\w.-]{0,60}["'`]?$/u;
const TITLE = /^(?:[\p{L}_][\p{L}\p{M}\w. -]{0,60}|\(index\))$/u;

/**
 * The cells below a name at the head of a column, in CSV, tabs and drawn tables (`console.table`): `name,password⏎bob,…`. Rows are read as
 * long as they have as many cells as the head.
 */
export function cellsBelow(
  text: string,
  nameStart: number,
  nameEnd: number,
  memo: ScanMemo,
): { start: number; end: number }[] | undefined {
  CELL_END.lastIndex = nameEnd;
  if (nameStart < memo.tableEnd || !CELL_END.test(text)) return undefined;
  const headStart = text.lastIndexOf('\n', nameStart - 1) + 1;
  const headEnd = text.indexOf('\n', nameEnd);
  if (headEnd < 0 || headEnd - headStart > MAX_LINE) return undefined;
  const head = text.slice(headStart, headEnd).trimEnd();
  const sign = /[|│\t;,]/.exec(head)?.[0];
  if (sign === undefined) return undefined;
  const names = head.split(sign);
  const isDrawn = sign === '|' || sign === '│';
  const form = isDrawn || sign === '\t' ? TITLE : NAME;
  if (
    !names.every(
      (name, index) => form.test(name.trim()) || (name.trim() === '' && isDrawn && isEdge(names, index)),
    )
  )
    return undefined;
  const column = text.slice(headStart, nameStart).split(sign).length - 1;
  const cells: { start: number; end: number }[] = [];
  let start = headEnd + 1;
  for (let row = 0; row < MAX_ROWS && start < text.length; row++) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    if (end - start > MAX_LINE) break;
    const line = text.slice(start, end);
    if (!RULER.test(line)) {
      const cell = cellOf(line, sign, column, names.length);
      if (cell === undefined) break;
      if (cell.value !== '') cells.push({ start: start + cell.at, end: start + cell.at + cell.value.length });
    }
    start = end + 1;
  }
  memo.work += 2 + 4 * workOf(start - headStart);
  memo.tableEnd = Math.max(memo.tableEnd, Math.min(start, text.length));
  return cells.length === 0 ? undefined : cells;
}

function isEdge(names: readonly string[], index: number): boolean {
  return index === 0 || index === names.length - 1;
}

/** The cell of a row, without its quotes; undefined where the row is of another form. A placeholder is no value. */
function cellOf(
  line: string,
  sign: string,
  column: number,
  count: number,
): { at: number; value: string } | undefined {
  const parts = line.split(sign);
  if (parts.length !== count) return undefined;
  const part = parts[column] as string;
  const value = part.trim().replace(/^["'`]|["'`]$/g, '');
  // In prose a space stands behind a comma.
  if ((sign === ',' || sign === ';') && /^\s/.test(part)) return undefined;
  const at = parts.slice(0, column).join(sign).length + (column > 0 ? 1 : 0) + part.indexOf(value);
  return { at, value: value.length < 3 || isPlaceholder(value) ? '' : value };
}
