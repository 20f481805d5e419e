import type { Item, PageData } from '../page-data.ts';
import { button, element } from './element.ts';
import { codeBlock, factsList, fold } from './facts-list.ts';
import { visible } from './visible.ts';

const LINK_LIMIT = 12;

/** The panel when no span is selected: what was found, what to do next, what the answer rests on. */
export function overview(data: PageData, goTo: (span: number) => void): HTMLElement {
  const root = element('div', 'overview');
  for (const { title, items, isFolded } of data.sections) {
    root.append(fold(title, isFolded === true, ...items.map((item) => itemBlock(item, goTo))));
  }
  return root;
}

/** One thing worth saying, with links to its evidence. */
export function itemBlock(item: Item, goTo: (span: number) => void): HTMLElement {
  const block = element('div', `item ${item.tone ?? ''}`);
  const line = element('p', 'item-text');
  if (item.label !== undefined) line.append(element('b', '', `${item.label} `));
  if (item.text !== undefined) line.append(...withCode(visible(item.text)), ' ');
  line.append(...spanLinks(item.spans ?? [], goTo));
  if (line.childNodes.length > 0) block.append(line);
  if (item.facts !== undefined && item.facts.length > 0) block.append(factsList(item.facts));
  if (item.code !== undefined) block.append(codeBlock(item.code.lines, item.code.marked));
  return block;
}

/** Our own words may hold a command between backticks. */
function withCode(text: string): (Node | string)[] {
  return text.split('`').map((part, index) => (index % 2 === 0 ? part : element('code', '', part)));
}

/** `#2` `#10–49`: buttons that lead to the spans. */
export function spanLinks(spans: readonly number[], goTo: (span: number) => void): Node[] {
  const ranges: [first: number, last: number][] = [];
  for (const span of spans) {
    const range = ranges.at(-1);
    if (range !== undefined && span === range[1] + 1) range[1] = span;
    else ranges.push([span, span]);
  }
  const links = ranges
    .slice(0, LINK_LIMIT)
    .map(([first, last]) =>
      button('span-link', first === last ? `#${first + 1}` : `#${first + 1}–${last + 1}`, 'Show it', () =>
        goTo(first),
      ),
    );
  const rest = ranges.slice(LINK_LIMIT).reduce((sum, [first, last]) => sum + last - first + 1, 0);
  return [...links, ...(rest > 0 ? [element('span', 'muted', ` +${rest} more`)] : [])];
}
