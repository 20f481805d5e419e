import type { PageData } from '../page-data.ts';
import { groupDetails, spanDetails } from './details.ts';
import { button, element } from './element.ts';
import { header } from './header.ts';
import { listenToKeys } from './keyboard.ts';
import { logsView } from './logs-view.ts';
import { overview } from './overview.ts';
import { endOf } from './overview-map.ts';
import { Search } from './search.ts';
import { Store, type View } from './state.ts';
import { timeByWork } from './time-by-work.ts';
import { Tree } from './tree.ts';
import { Waterfall } from './waterfall.ts';

/** More log records than this would bury the spans they stand between. */
const MAX_LOG_ROWS = 200;

const data = JSON.parse(document.getElementById('data')?.textContent ?? '{}') as PageData;
const store = new Store({
  view: 'waterfall',
  selected: [],
  fromMs: 0,
  toMs: endOf(data),
  hits: undefined,
  showsLogs: data.logs.length <= MAX_LOG_ROWS,
  showsCriticalPath: true,
});
const waterfall = new Waterfall(data, store, new Tree(data, store.state.showsLogs));
const goTo = (span: number): void => {
  store.set({ view: 'waterfall' });
  waterfall.goTo(span);
};
const search = new Search(data, store, goTo);
const panel = element('aside', 'panel');
panel.setAttribute('aria-label', 'Details');
const main = element('main', 'split', views(), panel);
document.body.append(header(data), toolbar(), main);
showPanel();
store.listen((changed) => {
  if (changed.has('selected')) showPanel();
});
listenToKeys(data, store, waterfall, search);
addEventListener('beforeprint', () => waterfall.print(true));
addEventListener('afterprint', () => waterfall.print(false));

function views(): HTMLElement {
  const stage = element('div', 'stage');
  const made: Partial<Record<View, HTMLElement>> = { waterfall: waterfall.root };
  const makers: Record<View, () => HTMLElement> = {
    waterfall: () => waterfall.root,
    time: () => timeByWork(data, goTo),
    logs: () => logsView(data, store, goTo),
  };
  const show = (): void => {
    const { view } = store.state;
    made[view] ??= makers[view]();
    stage.replaceChildren(data.spans.length === 0 && view !== 'logs' ? empty() : made[view]);
    if (view === 'waterfall') waterfall.refresh();
  };
  store.listen((changed) => {
    if (changed.has('view')) show();
  });
  show();
  return stage;
}

function empty(): HTMLElement {
  return element('p', 'empty', 'No spans of this trace are here, only log records.');
}

function toolbar(): HTMLElement {
  const tab = (view: View, label: string): HTMLButtonElement => {
    const made = button('tab', label, '', () => store.set({ view }));
    made.setAttribute('role', 'tab');
    const mark = (): void => made.setAttribute('aria-selected', String(store.state.view === view));
    store.listen(mark);
    mark();
    return made;
  };
  const toggle = (
    key: 'showsLogs' | 'showsCriticalPath',
    label: string,
    title: string,
  ): HTMLButtonElement => {
    const made = button('toggle', label, title, () => store.set({ [key]: !store.state[key] }));
    const mark = (): void => made.setAttribute('aria-pressed', String(store.state[key]));
    store.listen(mark);
    mark();
    return made;
  };
  const tabs = element(
    'div',
    'tabs',
    tab('waterfall', 'Waterfall'),
    tab('time', 'Time'),
    tab('logs', `Logs ${data.logs.length}`),
  );
  tabs.setAttribute('role', 'tablist');
  return element(
    'nav',
    'toolbar',
    tabs,
    search.root,
    toggle('showsCriticalPath', 'Critical path', 'What the end waited for (c)'),
    toggle('showsLogs', 'Logs between', 'Log records between the spans (l)'),
  );
}

function showPanel(): void {
  const { selected } = store.state;
  const context = { data, goTo, logsOf: (span: number) => waterfall.tree.logsOf(span) };
  const [first] = selected;
  if (first === undefined) {
    panel.replaceChildren(overview(data, goTo));
  } else {
    const back = button('small back', '← Overview', 'Back to the overview (Esc)', () =>
      store.set({ selected: [] }),
    );
    panel.replaceChildren(
      back,
      selected.length > 1 ? groupDetails(context, selected) : spanDetails(context, first),
    );
  }
  panel.scrollTop = 0;
}
