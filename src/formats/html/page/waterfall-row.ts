import { milliseconds } from '../../numbers.ts';
import type { PageData } from '../page-data.ts';
import { bars, criticalLines, durationLabel } from './bars.ts';
import { element } from './element.ts';
import { logMarks } from './log-marks.ts';
import type { State } from './state.ts';
import { percent } from './time-axis.ts';
import type { Row, Tree, TreeNode } from './tree.ts';
import { visible } from './visible.ts';

const INDENT = 14;
/** Deeper rows are not indented further. */
const MAX_INDENT = 24;
const TEXT_LIMIT = 240;

const FAMILIES: Record<string, string> = {
  server: 'in',
  database: 'db',
  http: 'http',
  client: 'out',
  model: 'llm',
  tool: 'tool',
  messaging: 'msg',
  internal: '',
};

export interface RowContext {
  readonly data: PageData;
  readonly state: State;
  readonly tree: Tree;
  readonly critical: ReadonlyMap<number, readonly (readonly [number, number])[]>;
}

/** One row: what ran on the left, when on the right. */
export function waterfallRow(context: RowContext, row: Row, index: number): HTMLElement {
  const made = row.kind === 'log' ? logRow(context, row.log, row.depth) : spanRow(context, row.node);
  made.id = `row-${index}`;
  made.dataset.row = String(index);
  made.setAttribute('role', 'treeitem');
  return made;
}

function spanRow(context: RowContext, node: TreeNode): HTMLElement {
  const { data, state, tree } = context;
  const [first = 0] = node.spans;
  const span = data.spans[first];
  const isGroup = node.spans.length > 1;
  const isSelected = isChosen(state, node);
  const classes = ['row'];
  if (span?.isError) classes.push('failed');
  if (isSelected) classes.push('selected');
  if (state.hits !== undefined)
    classes.push(node.spans.some((each) => state.hits?.has(each)) ? 'hit' : 'miss');
  const hasMore = isGroup || tree.childrenOf(node).length > 0;
  const isOpen = isGroup ? node.isUnfolded : !node.isCollapsed;
  const twisty = element('span', 'twisty', hasMore ? (isOpen ? '▾' : '▸') : '');
  const family = FAMILIES[span?.family ?? ''] ?? '';
  const name = element(
    'div',
    'name',
    twisty,
    element('i', `dot s${(span?.service ?? 0) % 8}`),
    ...(family === '' ? [] : [element('span', `family ${span?.family}`, family)]),
    ...(isGroup ? [element('b', 'times', `×${node.spans.length}`)] : []),
    element('span', 'label', visible((span?.name ?? '').slice(0, TEXT_LIMIT))),
    ...(isGroup ? [] : (span?.chips ?? []).map((chip) => element('span', 'chip', visible(chip)))),
    element('span', 'detail', visible((span?.detail ?? '').slice(0, TEXT_LIMIT))),
  );
  name.style.paddingLeft = `${6 + Math.min(node.depth, MAX_INDENT) * INDENT}px`;
  const lane = element('div', 'lane', ...bars(data, state, node.spans));
  if (state.showsCriticalPath) {
    lane.append(
      ...criticalLines(state, node.spans.flatMap((each) => context.critical.get(each) ?? []).sort(byTime)),
    );
  }
  const logs = node.spans.flatMap((each) => tree.logsOf(each)).sort((a, b) => a - b);
  lane.append(...logMarks(data, state, logs), durationLabel(data, state, node.spans));
  const made = element('div', classes.join(' '), name, lane);
  made.setAttribute('aria-level', String(node.depth + 1));
  made.setAttribute('aria-selected', String(isSelected));
  if (hasMore) made.setAttribute('aria-expanded', String(isOpen));
  return made;
}

/** A group that is unfolded is not its members. */
function isChosen({ selected }: State, node: TreeNode): boolean {
  const [first] = selected;
  if (first === undefined || !node.spans.includes(first)) return false;
  return selected.length === node.spans.length || !node.isUnfolded;
}

function byTime(a: readonly [number, number], b: readonly [number, number]): number {
  return a[0] - b[0];
}

function logRow({ data, state }: RowContext, index: number, depth: number): HTMLElement {
  const log = data.logs[index];
  const text = visible((log?.text ?? '').slice(0, TEXT_LIMIT));
  const level = log?.level ?? 'log';
  const name = element(
    'div',
    'name',
    element('span', 'twisty'),
    element('span', `level ${level}`, level),
    element('span', 'message', text),
  );
  name.style.paddingLeft = `${6 + Math.min(depth, MAX_INDENT) * INDENT}px`;
  const at = percent(state, log?.atMs ?? 0);
  const lane = element('div', 'lane');
  if (at >= 0 && at <= 100) {
    const mark = element('i', `mark ${level}`);
    mark.style.left = `${at}%`;
    const when = element('span', 'took', `+${milliseconds(log?.atMs ?? 0)}`);
    if (at < 86) when.style.left = `calc(${at}% + 9px)`;
    else when.style.right = `calc(${100 - at}% + 9px)`;
    lane.append(mark, when);
  }
  const made = element('div', `row log ${level}`, name, lane);
  made.setAttribute('aria-level', String(depth + 1));
  return made;
}
