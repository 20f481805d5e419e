import type { PageData } from '../page-data.ts';
import { button, element } from './element.ts';
import { logMarks } from './log-marks.ts';
import { endOf, overviewMap } from './overview-map.ts';
import type { Store } from './state.ts';
import { inside, tickLabels, zoomed } from './time-axis.ts';
import type { Tree, TreeNode } from './tree.ts';
import { VirtualList } from './virtual-list.ts';
import { type RowContext, waterfallRow } from './waterfall-row.ts';

export const ROW_HEIGHT = 24;
const PRINT_LIMIT = 1_500;

/** The tree beside its time axis. */
export class Waterfall {
  readonly root: HTMLElement;
  readonly tree: Tree;
  readonly #data: PageData;
  readonly #store: Store;
  readonly #list: VirtualList;
  readonly #axis = element('div', 'axis');

  constructor(data: PageData, store: Store, tree: Tree) {
    this.#data = data;
    this.#store = store;
    this.tree = tree;
    const critical = new Map<number, (readonly [number, number])[]>();
    for (const [span, from, to] of data.criticalPath) {
      const known = critical.get(span);
      if (known === undefined) critical.set(span, [[from, to]]);
      else known.push([from, to]);
    }
    const context: RowContext = { data, state: store.state, tree, critical };
    this.#list = new VirtualList('waterfall-list', ROW_HEIGHT, (index) =>
      waterfallRow(context, tree.rows[index] as never, index),
    );
    const { root: list } = this.#list;
    list.tabIndex = 0;
    list.setAttribute('role', 'tree');
    list.setAttribute('aria-label', 'Spans');
    list.addEventListener('click', (event) => this.#click(event));
    list.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    const grip = element('div', 'grip');
    const head = element('div', 'time-head', element('div', 'name', this.#tools()), this.#lane(), grip);
    this.root = element('section', 'waterfall', head, list);
    this.#resizeBy(grip);
    new ResizeObserver(() => this.#drawAxis()).observe(this.#axis);
    store.listen((changed) => {
      if (changed.has('showsLogs')) {
        tree.flatten(store.state.showsLogs);
        this.refresh();
      } else if (
        ['selected', 'fromMs', 'toMs', 'hits', 'showsCriticalPath', 'tree'].some((key) =>
          changed.has(key as never),
        )
      ) {
        this.refresh();
      }
    });
    this.refresh();
  }

  refresh(): void {
    this.#list.refresh(this.tree.rows.length);
    this.#drawAxis();
    const row = this.selectedRow;
    if (row >= 0) this.#list.root.setAttribute('aria-activedescendant', `row-${row}`);
    else this.#list.root.removeAttribute('aria-activedescendant');
  }

  /** The row of what is selected, −1 for none. */
  get selectedRow(): number {
    const { selected } = this.#store.state;
    let row = this.tree.rowOf[selected[0] ?? -1] ?? -1;
    // The row of a group is above those of its members.
    if (selected.length > 1) while (row > 0 && !this.#isRowOf(row, selected)) row -= 1;
    return row;
  }

  focus(): void {
    this.#list.root.focus({ preventScroll: true });
  }

  /** Shows a span, whatever it is folded into, and selects it. */
  goTo(span: number): void {
    this.tree.reveal(span, this.#store.state.showsLogs);
    this.#store.set({ selected: [span] }, 'tree');
    this.#list.show(this.selectedRow);
  }

  /** Moves the selection by rows; log records are passed over. */
  move(by: number): void {
    const { rows } = this.tree;
    const step = by < 0 ? -1 : 1;
    let at = this.selectedRow < 0 ? (by < 0 ? rows.length : -1) : this.selectedRow;
    at = Math.min(rows.length - 1, Math.max(0, at + by));
    while (rows[at] !== undefined && rows[at]?.kind !== 'span') at += step;
    if (rows[at] === undefined)
      for (at -= step; rows[at] !== undefined && rows[at]?.kind !== 'span'; ) at -= step;
    this.#select(at);
  }

  movePage(direction: 1 | -1): void {
    this.move(direction * this.#list.pageSize);
  }

  /** Opens what is selected, or goes into it. */
  open(): void {
    const node = this.#selectedNode();
    if (node === undefined) return;
    const isClosed = node.spans.length > 1 ? !node.isUnfolded : node.isCollapsed;
    if (isClosed) this.#toggle(node);
    else if (this.tree.childrenOf(node).length > 0) this.move(1);
  }

  /** Closes what is selected, or goes to what it is in. */
  close(): void {
    const node = this.#selectedNode();
    if (node === undefined) return;
    const isOpen =
      node.spans.length > 1 ? node.isUnfolded : !node.isCollapsed && this.tree.childrenOf(node).length > 0;
    if (isOpen) this.#toggle(node);
    else if (node.above !== undefined) {
      this.#select(this.tree.rows.findIndex((row) => row.kind === 'span' && row.node === node.above));
    }
  }

  zoom(factor: number): void {
    const { fromMs, toMs, selected } = this.#store.state;
    const span = this.#data.spans[selected[0] ?? -1];
    const middle = span === undefined ? (fromMs + toMs) / 2 : span.startMs + span.ms / 2;
    const centre = Math.min(toMs, Math.max(fromMs, middle));
    this.#store.set(zoomed(this.#store.state, factor, centre, endOf(this.#data)));
  }

  zoomTo(span: number | undefined): void {
    const found = this.#data.spans[span ?? -1];
    const end = endOf(this.#data);
    if (found === undefined) this.#store.set({ fromMs: 0, toMs: end });
    else {
      const length = Math.min(end, Math.max(found.ms * 1.2, end * 1e-6));
      this.#store.set(inside(found.startMs - (length - found.ms) / 2, length, end));
    }
  }

  print(isPrinting: boolean): void {
    this.#list.printAll(isPrinting ? PRINT_LIMIT : 0);
  }

  #isRowOf(index: number, spans: readonly number[]): boolean {
    const row = this.tree.rows[index];
    return row?.kind === 'span' && row.node.spans.length === spans.length && row.node.spans[0] === spans[0];
  }

  #selectedNode(): TreeNode | undefined {
    const row = this.tree.rows[this.selectedRow];
    return row?.kind === 'span' ? row.node : undefined;
  }

  #select(at: number): void {
    const row = this.tree.rows[at];
    if (row?.kind !== 'span') return;
    this.#store.set({ selected: row.node.spans });
    this.#list.show(at);
  }

  #toggle(node: TreeNode): void {
    if (node.spans.length > 1) node.isUnfolded = !node.isUnfolded;
    else node.isCollapsed = !node.isCollapsed;
    this.tree.flatten(this.#store.state.showsLogs);
    this.#store.set({ selected: node.spans }, 'tree');
  }

  #click(event: MouseEvent): void {
    const target = event.target as HTMLElement;
    const row = this.tree.rows[Number(target.closest<HTMLElement>('.row')?.dataset.row ?? -1)];
    if (row === undefined) return;
    this.focus();
    if (row.kind === 'log') {
      const span = this.#data.logs[row.log]?.span;
      if (span !== undefined) this.#store.set({ selected: [span] });
    } else if (target.closest('.twisty, .times') !== null) this.#toggle(row.node);
    else this.#store.set({ selected: row.node.spans });
  }

  /** With Ctrl or ⌘ the wheel looks closer at the time under the pointer; sideways it moves along the axis. */
  #wheel(event: WheelEvent): void {
    const { fromMs, toMs } = this.#store.state;
    const { left, width } = this.#axis.getBoundingClientRect();
    const end = endOf(this.#data);
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const at = fromMs + (Math.min(width, Math.max(0, event.clientX - left)) / width) * (toMs - fromMs);
      this.#store.set(zoomed(this.#store.state, event.deltaY > 0 ? 1.25 : 0.8, at, end));
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      this.#store.set(inside(fromMs + (event.deltaX / width) * (toMs - fromMs), toMs - fromMs, end));
    }
  }

  #tools(): HTMLElement {
    const all = (isCollapsed: boolean) => (): void => {
      this.tree.setAll(isCollapsed);
      this.tree.flatten(this.#store.state.showsLogs);
      this.#store.set({}, 'tree');
    };
    return element(
      'div',
      'tools',
      button('small', 'Expand', 'Open everything but the groups', all(false)),
      button('small', 'Collapse', 'Close everything below the roots', all(true)),
    );
  }

  #lane(): HTMLElement {
    return element('div', 'lane', overviewMap(this.#data, this.#store), this.#logLine(), this.#axis);
  }

  /** Every log record as a mark above the axis. */
  #logLine(): HTMLElement {
    const line = element('div', 'log-line');
    const draw = (): void => {
      const marks = logMarks(this.#data, this.#store.state, [...this.#data.logs.keys()], ({ span }) => {
        if (span !== undefined) this.goTo(span);
      });
      line.replaceChildren(...marks);
    };
    this.#store.listen((changed) => {
      if (changed.has('fromMs') || changed.has('toMs')) draw();
    });
    draw();
    return line;
  }

  #drawAxis(): void {
    this.#axis.replaceChildren(...tickLabels(this.#store.state, this.#axis.clientWidth || 600));
  }

  #resizeBy(grip: HTMLElement): void {
    grip.addEventListener('pointerdown', (down) => {
      grip.setPointerCapture(down.pointerId);
      const { left, width } = this.root.getBoundingClientRect();
      const move = (event: PointerEvent): void => {
        const share = Math.min(75, Math.max(15, ((event.clientX - left) / width) * 100));
        this.root.style.setProperty('--name', `${share}%`);
      };
      grip.addEventListener('pointermove', move);
      grip.addEventListener('pointerup', () => grip.removeEventListener('pointermove', move), { once: true });
    });
  }
}
