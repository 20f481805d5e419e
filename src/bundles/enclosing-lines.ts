/** Lines on each side of one, whatever is there. */
const AROUND = 5;
/** A file of no more lines is read whole. */
const WHOLE_FILE = 40;
/** The longest function that is shown whole. */
const MOST = 32;

/** Lines of a file, counted from 1, both ends included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/**
 * What is read together with one line: all of a short file, else the largest function or statement around it of up to 32
 * lines, by indentation; at least five lines on each side. Linear; for any language that is indented.
 */
export function enclosingLines(lines: readonly string[], line: number): LineRange {
  if (lines.length <= WHOLE_FILE) return { first: 1, last: lines.length };
  const { first, last } = enclosingBlock(lines, line);
  return {
    first: Math.max(1, Math.min(first, line - AROUND)),
    last: Math.min(lines.length, Math.max(last, line + AROUND)),
  };
}

/** The largest function or statement around a line of up to 32 lines; the line alone where there is none. */
export function enclosingBlock(lines: readonly string[], line: number): LineRange {
  let block: LineRange = { first: line, last: line };
  const own = { first: line, last: endOf(lines, line, line + 1) };
  if (own.last - own.first < MOST) block = own;
  for (let next = blockAround(lines, block); next !== undefined; next = blockAround(lines, next)) {
    if (next.last - next.first >= MOST) break;
    block = next;
  }
  return block;
}

/** From the line that opens the block in which a range stands to the one that closes it; undefined at the top level. */
function blockAround(lines: readonly string[], range: LineRange): LineRange | undefined {
  const depth = indentOf(lines[range.first - 1] ?? '');
  if (depth === 0) return undefined;
  let first = range.first - 1;
  while (first > 0 && !opens(lines[first - 1] as string, depth)) first--;
  if (first === 0) return undefined;
  return { first, last: endOf(lines, first, range.last + 1) };
}

/** Where the block ends that the line `first` opens, looked for from `from` on; `first` itself where it opens none. */
function endOf(lines: readonly string[], first: number, from: number): number {
  const outer = indentOf(lines[first - 1] ?? '');
  if (outer === Number.POSITIVE_INFINITY) return first;
  let last = from;
  while (last <= lines.length && !endsAt(lines[last - 1] as string, outer)) last++;
  // What stands no deeper than the opening line closes the block, or is what follows it.
  const isClosing = last > first + 1 && /^\s*[)\]}]/.test(lines[last - 1] ?? '');
  return isClosing ? last : Math.min(last - 1, lines.length);
}

function opens(text: string, depth: number): boolean {
  return text.trim() !== '' && indentOf(text) < depth && !/^\s*[)\]}]/.test(text);
}

function endsAt(text: string, outer: number): boolean {
  return text.trim() !== '' && indentOf(text) <= outer;
}

/** A blank line stands as deep as one can. */
function indentOf(text: string): number {
  const depth = text.search(/\S/);
  return depth < 0 ? Number.POSITIVE_INFINITY : depth;
}
