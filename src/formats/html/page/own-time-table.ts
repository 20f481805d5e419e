import { milliseconds } from '../../numbers.ts';
import type { PageData } from '../page-data.ts';
import { button, element } from './element.ts';
import { visible } from './visible.ts';

const TABLE_LIMIT = 200;

/** Kinds of work by the time they took themselves, the most first. */
export function ownTimeTable({ spans, services }: PageData, goTo: (span: number) => void): HTMLElement {
  const groups = new Map<
    string,
    {
      name: string;
      service: number;
      ownMs: number;
      max: number;
      count: number;
      errorCount: number;
      slowest: number;
    }
  >();
  let total = 0;
  for (const [index, span] of spans.entries()) {
    const key = `${span.service}\n${span.name}`;
    const group = groups.get(key) ?? {
      name: span.name,
      service: span.service,
      ownMs: 0,
      max: -1,
      count: 0,
      errorCount: 0,
      slowest: index,
    };
    groups.set(key, group);
    group.ownMs += span.ownMs;
    group.count += 1;
    if (span.isError) group.errorCount += 1;
    if (span.ownMs > group.max) Object.assign(group, { max: span.ownMs, slowest: index });
    total += span.ownMs;
  }
  const sorted = [...groups.values()].sort((a, b) => b.ownMs - a.ownMs);
  const body = element('tbody');
  for (const group of sorted.slice(0, TABLE_LIMIT)) {
    const share = total > 0 ? (100 * group.ownMs) / total : 0;
    const meter = element('i', `meter s${group.service % 8}`);
    meter.style.width = `${share}%`;
    body.append(
      element(
        'tr',
        '',
        element(
          'td',
          'mono',
          element('i', `dot s${group.service % 8}`),
          visible(group.name.slice(0, 200)),
          element('span', 'muted', ` ${visible(services[group.service] ?? '')}`),
        ),
        element('td', 'number', milliseconds(group.ownMs)),
        element('td', 'share', element('span', '', `${share.toFixed(1)}%`), meter),
        element('td', 'number', String(group.count)),
        element('td', group.errorCount > 0 ? 'number bad' : 'number muted', String(group.errorCount)),
        element('td', 'number', milliseconds(group.max)),
        element(
          'td',
          '',
          button('span-link', `#${group.slowest + 1}`, 'Show the slowest', () => goTo(group.slowest)),
        ),
      ),
    );
  }
  const head = ['Work', 'Own time', 'Share', 'Spans', 'Failed', 'Longest', 'Slowest'].map((text, index) =>
    element('th', [1, 3, 4, 5].includes(index) ? 'number' : '', text),
  );
  const made = element('table', '', element('thead', '', element('tr', '', ...head)), body);
  const rest = sorted.length - TABLE_LIMIT;
  return element(
    'div',
    '',
    made,
    ...(rest > 0 ? [element('p', 'muted', `${rest} more kinds of work.`)] : []),
  );
}
