import { milliseconds } from '../../numbers.ts';
import type { PageData } from '../page-data.ts';
import { element } from './element.ts';
import type { Store } from './state.ts';
import { VirtualList } from './virtual-list.ts';
import { visible } from './visible.ts';

const ROW_HEIGHT = 24;
const TEXT_LIMIT = 500;

/** All log records by time; one of a span leads to it. */
export function logsView(data: PageData, store: Store, goTo: (span: number) => void): HTMLElement {
  const list = new VirtualList('log-list', ROW_HEIGHT, (index) => {
    const log = data.logs[index];
    const span = log?.span;
    const classes = ['log-row', log?.level ?? 'log'];
    if (span !== undefined && store.state.selected.includes(span)) classes.push('selected');
    const attributes = (log?.attributes ?? [])
      .slice(0, 6)
      .flatMap(([key, value]) => [
        element('span', 'muted', ` ${visible(key)}=`),
        visible(typeof value === 'string' ? value.slice(0, 80) : (JSON.stringify(value) ?? '').slice(0, 80)),
      ]);
    const row = element(
      'div',
      classes.join(' '),
      element('span', 'number', `+${milliseconds(log?.atMs ?? 0)}`),
      element('span', `level ${log?.level}`, log?.level ?? ''),
      element('span', 'span-link', span === undefined ? '' : `#${span + 1}`),
      element('span', 'message', visible((log?.text ?? '').slice(0, TEXT_LIMIT)), ...attributes),
    );
    row.dataset.row = String(index);
    return row;
  });
  list.root.tabIndex = 0;
  list.root.addEventListener('click', (event) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('.log-row');
    const span = data.logs[Number(row?.dataset.row ?? -1)]?.span;
    if (span !== undefined) goTo(span);
  });
  store.listen((changed) => {
    if (changed.has('selected') || changed.has('view')) list.refresh(data.logs.length);
  });
  list.refresh(data.logs.length);
  if (data.logs.length > 0) return list.root;
  return element('p', 'empty', 'No log record belongs to this trace.');
}
