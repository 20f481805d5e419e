import type { TreeRow } from '../../bundles/bundle.ts';
import type { TraceView } from '../../bundles/trace-view.ts';
import { SPAN_UNFINISHED } from '../../core/attributes.ts';
import { STATUS_CODE } from '../../core/span.ts';
import { counted, handleRanges, isoTime, milliseconds } from '../numbers.ts';
import { renderRow, serviceOf } from '../rows.ts';
import { VERDICTS } from '../verdicts.ts';
import { chooseRows } from './choose-rows.ts';
import { type Color, paint } from './color.ts';
import { focusOn } from './focus.ts';
import { type Marks, marksOf, renderMarks } from './marks.ts';
import type { Screen } from './table.ts';
import { cutToWidth, displayWidth } from './width.ts';

export interface TreeOptions {
  /** Only this span, what is above and what is below it. */
  readonly focus?: string;
  /** The whole text stays below this; what is left out is counted. */
  readonly maxChars?: number;
  /** Sentences for below the tree. */
  readonly notes?: readonly string[];
}

const FINDING_LIMIT = 8;
/** What is tried before a line is cut, which would take the marks at its end: shorter labels, then fewer facts. */
const LENGTHS = [
  ...[240, 120, 60, 30].map((labelLimit) => ({ labelLimit, isBrief: false })),
  ...[60, 40, 24, 16].map((labelLimit) => ({ labelLimit, isBrief: true })),
];
/** Room for the sentence that says what was left out. */
const LEFT_OUT_CHARS = 170;

/** One trace as a tree: a line a span, or a group of siblings that are alike; `*` before those the end waited for. */
export function renderTree(bundle: TraceView, options: TreeOptions, screen: Screen): string {
  const marks = marksOf(bundle);
  const rows = options.focus === undefined ? bundle.tree : focusOn(bundle, options.focus);
  const narrowed = (line: string): string => cutToWidth(line, screen.columns);
  const head = [`Trace ${bundle.traceId}: ${VERDICTS[bundle.outcome]}`, overview(bundle)].map(narrowed);
  const body = renderRows(bundle, rows, marks, screen);
  const shownIds = new Set(rows.flatMap(({ spans }) => spans.map((span) => span.spanId)));
  const tail = [...findingLines(bundle, shownIds), ...(options.notes ?? [])].map((line) =>
    narrowed(`# ${line}`),
  );
  const { maxChars } = options;
  const shown =
    maxChars === undefined
      ? { head, kept: new Set(body.keys()), tail }
      : cut(head, body, tail, rows, marks, maxChars);
  const leftOut = rows.filter((_, index) => !shown.kept.has(index));
  const lines = [
    ...shown.head.map((line, index) => paint(line, index === 0 ? 'bold' : 'dim', screen.hasColors)),
    ...body.flatMap((line, index) =>
      shown.kept.has(index) ? paint(line, colorOf(rows[index]), screen.hasColors) : [],
    ),
    ...(leftOut.length > 0 ? [leftOutLine(leftOut, maxChars)] : []),
    ...shown.tail.map((line) => paint(line, 'dim', screen.hasColors)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function overview({ startTimeUnixNano, durationMs, trace, services, tree }: TraceView): string {
  const counts = [
    counted(trace.spans.length, 'span'),
    counted(services.length, 'service'),
    counted(trace.logs.length, 'log record'),
  ].join(', ');
  const legend = tree.length > 0 ? ' `#n` names a span, `*` is the critical path.' : '';
  return `${isoTime(startTimeUnixNano)}, ${milliseconds(durationMs)}, ${counts}.${legend}`;
}

function renderRows(
  bundle: TraceView,
  rows: readonly TreeRow[],
  marks: Marks,
  { columns }: Screen,
): string[] {
  const services: string[] = [];
  return rows.map((row) => {
    const above = row.depth === 0 ? undefined : services[row.depth - 1];
    const [first] = row.spans;
    if (first !== undefined) services[row.depth] = serviceOf(first);
    const star = marks.isCritical(row) ? '* ' : '  ';
    const end = renderMarks(marks, row);
    let line = '';
    for (const length of LENGTHS) {
      line = `${star}${renderRow(bundle, row, above, length)}${end}`;
      if (columns === undefined || displayWidth(line) <= columns) return line;
    }
    return cutToWidth(line, columns);
  });
}

function findingLines({ findings, handles }: TraceView, shown: ReadonlySet<string>): string[] {
  const told = findings.filter(
    ({ severity, spanIds }) =>
      severity !== 'info' && (spanIds.length === 0 || spanIds.some((id) => shown.has(id))),
  );
  const lines = told.slice(0, FINDING_LIMIT).map(({ severity, analysis, title, spanIds }) => {
    const where = handleRanges(
      spanIds.flatMap((id) => handles.get(id) ?? []),
      4,
    );
    return `${[severity.toUpperCase(), analysis, where].filter(Boolean).join(' ')}: ${title}`;
  });
  const rest = told.length - lines.length;
  return rest > 0 ? [...lines, `${counted(rest, 'finding')} more: \`bundle\` tells all of them.`] : lines;
}

/** Whole lines: the head, then rows by what matters, then what stands below, as far as each fits. */
function cut(
  head: readonly string[],
  body: readonly string[],
  tail: readonly string[],
  rows: readonly TreeRow[],
  marks: Marks,
  maxChars: number,
): { head: string[]; kept: Set<number>; tail: string[] } {
  let room = maxChars - LEFT_OUT_CHARS;
  const take = (lines: readonly string[]): string[] =>
    lines.filter((line) => {
      if (line.length + 1 > room) return false;
      room -= line.length + 1;
      return true;
    });
  const keptHead = take(head);
  const isFailed = ({ spans }: TreeRow): boolean =>
    spans.some(({ status }) => status.code === STATUS_CODE.error);
  const lengths = body.map((line) => line.length + 1);
  const kept = chooseRows(rows, lengths, room, (row) => isFailed(row) || marks.isEvidence(row));
  for (const index of kept) room -= lengths[index] ?? 0;
  return { head: keptHead, kept, tail: take(tail) };
}

function leftOutLine(rows: readonly TreeRow[], maxChars: number | undefined): string {
  const spanCount = rows.reduce((sum, { spans }) => sum + spans.length, 0);
  return `# ${counted(spanCount, 'span')} in ${counted(rows.length, 'row')} left out by --max-chars ${maxChars}; see more with a larger one, or --focus <n>.`;
}

function colorOf(row: TreeRow | undefined): Color | undefined {
  if (row?.spans.some(({ status }) => status.code === STATUS_CODE.error)) return 'red';
  return row?.spans.some(({ attributes }) => attributes[SPAN_UNFINISHED] === true) ? 'yellow' : undefined;
}
