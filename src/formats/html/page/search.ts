import type { PageData, PageValue } from '../page-data.ts';
import { button, element } from './element.ts';
import type { Store } from './state.ts';

const WAIT_MS = 60;

/** The search field: spans in which every word occurs, in a name, an attribute, an event, a log record. */
export class Search {
  readonly root: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #count = element('span', 'search-count');
  readonly #goTo: (span: number) => void;
  #hits: number[] = [];
  #at = -1;

  constructor(data: PageData, store: Store, goTo: (span: number) => void) {
    this.#goTo = goTo;
    this.#input = element('input');
    this.#input.type = 'search';
    this.#input.placeholder = 'Search spans, attributes, logs';
    this.#input.setAttribute('aria-label', 'Search');
    this.#count.setAttribute('role', 'status');
    let texts: string[] | undefined;
    let timer = 0;
    let searched = '';
    const run = (): void => {
      const words = this.#input.value.toLowerCase().split(/\s+/).filter(Boolean);
      texts ??= haystacks(data);
      searched = this.#input.value;
      this.#at = -1;
      if (words.length === 0) {
        this.#hits = [];
        this.#count.textContent = '';
        store.set({ hits: undefined });
        return;
      }
      this.#hits = texts.flatMap((text, index) =>
        words.every((word) => text.includes(word)) ? [index] : [],
      );
      this.#say();
      store.set({ hits: new Set(this.#hits) });
    };
    this.#input.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(run, WAIT_MS);
    });
    this.#input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') {
        event.preventDefault();
        clearTimeout(timer);
        if (this.#input.value !== searched) run();
        this.next(event.shiftKey ? -1 : 1);
      } else if (event.key === 'Escape') {
        this.#input.value = '';
        run();
        this.#input.blur();
      }
      event.stopPropagation();
    });
    this.root = element(
      'div',
      'search',
      this.#input,
      this.#count,
      button('small', '↑', 'Hit before (Shift+Enter)', () => this.next(-1)),
      button('small', '↓', 'Next hit (Enter)', () => this.next(1)),
    );
    this.root.setAttribute('role', 'search');
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  next(step: 1 | -1): void {
    if (this.#hits.length === 0) return;
    this.#at = (this.#at + step + this.#hits.length + (this.#at < 0 && step < 0 ? 1 : 0)) % this.#hits.length;
    this.#say();
    this.#goTo(this.#hits[this.#at] as number);
  }

  #say(): void {
    const { length } = this.#hits;
    this.#count.textContent =
      length === 0 ? 'none' : this.#at < 0 ? String(length) : `${this.#at + 1}/${length}`;
  }
}

/** All that is searched, in lower case, by span. */
function haystacks({ spans, services, logs }: PageData): string[] {
  const texts = spans.map((span, index) =>
    [
      `#${index + 1} ${span.id} ${span.name} ${services[span.service]} ${span.family} ${span.isError ? 'error' : ''}`,
      `${span.message ?? ''} ${span.detail ?? ''} ${span.chips?.join(' ') ?? ''}`,
      flat(span.attributes as never),
      flat((span.events ?? []).map((event) => [event.name, event.attributes]) as never),
    ].join('\n'),
  );
  for (const log of logs) {
    if (log.span !== undefined)
      texts[log.span] += `\n${log.text} ${log.level} ${flat(log.attributes as never)}`;
  }
  return texts.map((text) => text.toLowerCase());
}

function flat(value: PageValue): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map(flat).join(' ');
  return Object.entries(value)
    .map(([key, each]) => `${key} ${flat(each)}`)
    .join(' ');
}
