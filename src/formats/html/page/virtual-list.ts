import { element } from './element.ts';

/** Rows drawn above and below what is seen, so that scrolling meets no blank. */
const OVERSCAN = 12;

/** A list of rows of one height of which only those that are seen exist. */
export class VirtualList {
  readonly root: HTMLElement;
  readonly #body: HTMLElement;
  readonly #rowHeight: number;
  readonly #render: (index: number) => HTMLElement;
  readonly #drawn = new Map<number, HTMLElement>();
  #count = 0;
  #drawsAll = false;

  constructor(className: string, rowHeight: number, render: (index: number) => HTMLElement) {
    this.#rowHeight = rowHeight;
    this.#render = render;
    this.#body = element('div', 'list-body');
    this.root = element('div', `list ${className}`, this.#body);
    this.root.addEventListener('scroll', () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#draw()).observe(this.root);
  }

  /** Draws anew, with this many rows. */
  refresh(count: number): void {
    this.#count = count;
    this.#body.style.height = `${count * this.#rowHeight}px`;
    for (const row of this.#drawn.values()) row.remove();
    this.#drawn.clear();
    this.#draw();
  }

  /** Scrolls as little as needed. */
  show(index: number): void {
    const top = index * this.#rowHeight;
    const { scrollTop, clientHeight } = this.root;
    if (top < scrollTop + this.#rowHeight) this.root.scrollTop = top - this.#rowHeight * 3;
    else if (top > scrollTop + clientHeight - 2 * this.#rowHeight) {
      this.root.scrollTop = top - clientHeight + this.#rowHeight * 4;
    }
    this.#draw();
  }

  rowAt(index: number): HTMLElement | undefined {
    return this.#drawn.get(index);
  }

  /** How many rows fit. */
  get pageSize(): number {
    return Math.max(1, Math.floor(this.root.clientHeight / this.#rowHeight) - 1);
  }

  /** For paper: the first `limit` rows exist at once. */
  printAll(limit: number): void {
    this.#drawsAll = limit > 0;
    if (limit > 0) {
      const count = Math.min(limit, this.#count);
      for (let index = 0; index < count; index += 1) this.#drawRow(index);
      this.#body.style.height = `${count * this.#rowHeight}px`;
    } else this.refresh(this.#count);
  }

  #draw(): void {
    if (this.#drawsAll) return;
    const { scrollTop, clientHeight } = this.root;
    const first = Math.max(0, Math.floor(scrollTop / this.#rowHeight) - OVERSCAN);
    const last = Math.min(this.#count, Math.ceil((scrollTop + clientHeight) / this.#rowHeight) + OVERSCAN);
    for (const [index, row] of this.#drawn) {
      if (index >= first && index < last) continue;
      row.remove();
      this.#drawn.delete(index);
    }
    for (let index = first; index < last; index += 1) this.#drawRow(index);
  }

  #drawRow(index: number): void {
    if (this.#drawn.has(index)) return;
    const row = this.#render(index);
    row.style.top = `${index * this.#rowHeight}px`;
    this.#drawn.set(index, row);
    this.#body.append(row);
  }
}
