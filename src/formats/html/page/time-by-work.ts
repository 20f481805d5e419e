import { milliseconds } from '../../numbers.ts';
import type { PageData } from '../page-data.ts';
import { button, element } from './element.ts';
import { ownTimeTable } from './own-time-table.ts';
import { visible } from './visible.ts';

const ROW_HEIGHT = 22;
const MIN_PERCENT = 0.12;
const MAX_DEPTH = 200;

interface Frame {
  readonly name: string;
  readonly service: number;
  readonly below: Map<string, Frame>;
  readonly above: Frame | undefined;
  ownMs: number;
  totalMs: number;
  count: number;
  errorCount: number;
  first: number;
}

/** Where the time went: spans of one name at one place of the tree as one frame, as wide as the own time in it. */
export function timeByWork(data: PageData, goTo: (span: number) => void): HTMLElement {
  const root = gather(data);
  const stage = element('div', 'flame');
  const crumbs = element('div', 'crumbs');
  const show = (focus: Frame): void => {
    const path: Frame[] = [];
    for (let at: Frame | undefined = focus; at !== undefined; at = at.above) path.unshift(at);
    crumbs.replaceChildren(
      ...path.map((frame) =>
        button('small', frame === root ? 'All' : visible(frame.name.slice(0, 60)), 'Show this', () =>
          show(frame),
        ),
      ),
    );
    stage.replaceChildren(...frames(data, focus, show));
    const depth = Math.max(
      ...[...stage.children].map((each) => Number((each as HTMLElement).dataset.depth)),
      0,
    );
    stage.style.height = `${(depth + 1) * ROW_HEIGHT}px`;
  };
  show(root);
  return element(
    'section',
    'time-by-work',
    element('h2', '', 'Time by place'),
    crumbs,
    stage,
    element('h2', '', 'Own time by work'),
    ownTimeTable(data, goTo),
  );
}

function gather({ spans }: PageData): Frame {
  const make = (name: string, service: number, above: Frame | undefined, first: number): Frame => ({
    name,
    service,
    above,
    below: new Map(),
    ownMs: 0,
    totalMs: 0,
    count: 0,
    errorCount: 0,
    first,
  });
  const root = make('', 0, undefined, 0);
  const frameOf = new Map<number, Frame>();
  const depths = new Map<Frame, number>([[root, 0]]);
  // Parents come before their children, but for those that are each other's parents.
  for (const [index, span] of spans.entries()) {
    const above = frameOf.get(span.parent ?? -1) ?? root;
    const depth = depths.get(above) ?? 0;
    const parent = depth >= MAX_DEPTH ? (above.above ?? root) : above;
    const key = `${span.service}\n${span.name}`;
    let frame = parent.below.get(key);
    if (frame === undefined) {
      frame = make(span.name, span.service, parent, index);
      parent.below.set(key, frame);
      depths.set(frame, (depths.get(parent) ?? 0) + 1);
    }
    frame.ownMs += span.ownMs;
    frame.count += 1;
    if (span.isError) frame.errorCount += 1;
    frameOf.set(index, frame);
    for (let at: Frame | undefined = frame; at !== undefined; at = at.above) at.totalMs += span.ownMs;
  }
  return root;
}

function frames(data: PageData, focus: Frame, show: (frame: Frame) => void): HTMLElement[] {
  const made: HTMLElement[] = [];
  const whole = focus.totalMs || 1;
  const stack: { frame: Frame; left: number; depth: number }[] = [{ frame: focus, left: 0, depth: 0 }];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const { frame, left, depth } = at;
    const width = (100 * frame.totalMs) / whole;
    if (width < MIN_PERCENT || made.length > 3_000) continue;
    const isRoot = frame.above === undefined;
    const label = isRoot ? `all ${milliseconds(frame.totalMs)}` : visible(frame.name.slice(0, 120));
    const block = button(
      `frame ${isRoot ? 'root' : `s${frame.service % 8}`}${frame.errorCount > 0 ? ' failed' : ''}`,
      '',
      title(data, frame),
      () => show(frame),
    );
    block.append(element('span', '', label));
    block.style.left = `${left}%`;
    block.style.width = `${width}%`;
    block.style.top = `${depth * ROW_HEIGHT}px`;
    block.dataset.depth = String(depth);
    made.push(block);
    let offset = left;
    for (const below of [...frame.below.values()].sort((a, b) => b.totalMs - a.totalMs)) {
      stack.push({ frame: below, left: offset, depth: depth + 1 });
      offset += (100 * below.totalMs) / whole;
    }
  }
  return made;
}

function title({ services }: PageData, frame: Frame): string {
  const name =
    frame.above === undefined
      ? 'everything'
      : `${visible(frame.name.slice(0, 200))} [${visible(services[frame.service] ?? '')}]`;
  return `${name}: ${milliseconds(frame.totalMs)} with what is below, ${milliseconds(frame.ownMs)} itself, ${frame.count} times`;
}
