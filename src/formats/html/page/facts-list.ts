import { element } from './element.ts';
import { visibleLines } from './visible.ts';

/** Labels and values in two columns. Values are text from telemetry. */
export function factsList(facts: readonly (readonly [label: string, value: string])[]): HTMLElement {
  const list = element('dl', 'facts');
  for (const [label, value] of facts) {
    list.append(element('dt', '', visibleLines(label)), element('dd', '', visibleLines(value)));
  }
  return list;
}

/** Lines of code or of a stack, the marked ones standing out. */
export function codeBlock(lines: readonly string[], marked: readonly number[] = []): HTMLElement {
  const chosen = new Set(marked);
  const block = element('pre', 'code');
  block.tabIndex = 0;
  for (const [index, line] of lines.entries()) {
    block.append(element('span', chosen.has(index) ? 'line marked' : 'line', `${visibleLines(line)}\n`));
  }
  return block;
}

/** A part of the panel with a title of ours; folded ones are opened by the keyboard as well. */
export function fold(title: string, isFolded: boolean, ...children: Node[]): HTMLElement {
  const details = element('details', 'section', element('summary', '', title), ...children);
  details.open = !isFolded;
  return details;
}
