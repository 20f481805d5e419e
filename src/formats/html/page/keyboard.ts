import type { PageData } from '../page-data.ts';
import { copyPrompt, showHelp } from './dialogs.ts';
import type { Search } from './search.ts';
import type { Store } from './state.ts';
import type { Waterfall } from './waterfall.ts';

const ALL = 1e9;

/** Everything the page does, by key. Keys with Ctrl, Alt or ⌘ are the browser's. */
export function listenToKeys(data: PageData, store: Store, waterfall: Waterfall, search: Search): void {
  const failed = data.spans.flatMap((span, index) => (span.isError ? [index] : []));
  const toFailed = (step: 1 | -1): void => {
    const [at] = store.state.selected;
    const origin = data.sections[0]?.items[0]?.spans?.[0];
    const from = at ?? -1;
    let target = step > 0 ? failed.find((each) => each > from) : failed.findLast((each) => each < from);
    // The first one asked for is where it began.
    if (at === undefined && origin !== undefined && failed.includes(origin)) target = origin;
    target ??= step > 0 ? failed[0] : failed.at(-1);
    if (target !== undefined) waterfall.goTo(target);
  };
  const { state } = store;
  const acts: Record<string, () => void> = {
    ArrowDown: () => waterfall.move(1),
    j: () => waterfall.move(1),
    ArrowUp: () => waterfall.move(-1),
    k: () => waterfall.move(-1),
    PageDown: () => waterfall.movePage(1),
    PageUp: () => waterfall.movePage(-1),
    Home: () => waterfall.move(-ALL),
    End: () => waterfall.move(ALL),
    ArrowRight: () => waterfall.open(),
    ArrowLeft: () => waterfall.close(),
    Enter: () => waterfall.open(),
    '+': () => waterfall.zoom(0.6),
    '=': () => waterfall.zoom(0.6),
    '-': () => waterfall.zoom(1 / 0.6),
    '0': () => waterfall.zoomTo(undefined),
    f: () => waterfall.zoomTo(state.selected[0]),
    e: () => toFailed(1),
    E: () => toFailed(-1),
    n: () => search.next(1),
    N: () => search.next(-1),
    c: () => store.set({ showsCriticalPath: !state.showsCriticalPath }),
    l: () => store.set({ showsLogs: !state.showsLogs }),
    '1': () => store.set({ view: 'waterfall' }),
    '2': () => store.set({ view: 'time' }),
    '3': () => store.set({ view: 'logs' }),
    '/': () => search.focus(),
    '?': showHelp,
    p: () => void copyPrompt(data.prompt),
    Escape: () => store.set({ selected: [] }),
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]') !== null) return;
    const target = event.target as HTMLElement;
    const act = Object.hasOwn(acts, event.key) ? acts[event.key] : undefined;
    if (act === undefined || target.matches('input, textarea')) return;
    const isMove = /^(?:Arrow|Page|Home|End|Enter)/.test(event.key);
    // Outside the tree these keys scroll, and press buttons.
    if (isMove && target !== document.body && target.closest('.waterfall') === null) return;
    if (isMove && (state.view !== 'waterfall' || target.closest('button') !== null)) return;
    event.preventDefault();
    act();
    if (isMove) waterfall.focus();
  });
}
