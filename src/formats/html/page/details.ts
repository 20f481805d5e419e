import { milliseconds } from '../../numbers.ts';
import type { Item, PageAttributes, PageData, PageSpan, PageValue } from '../page-data.ts';
import { button, element } from './element.ts';
import { codeBlock, factsList, fold } from './facts-list.ts';
import { itemBlock, spanLinks } from './overview.ts';
import { visible } from './visible.ts';

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];
/** Attributes that are read as text, each in a block of its own. */
const BLOCKS: readonly (readonly [key: string, title: string])[] = [
  ['db.query.text', 'Statement'],
  ['db.statement', 'Statement'],
  ['exception.stacktrace', 'Stack'],
  ['gen_ai.system_instructions', 'Instructions'],
  ['gen_ai.input.messages', 'Given'],
  ['gen_ai.output.messages', 'Said'],
  ['gen_ai.tool.call.arguments', 'Arguments'],
  ['gen_ai.tool.call.result', 'Result'],
];
const MEMBER_LIMIT = 200;

export interface DetailsContext {
  readonly data: PageData;
  goTo(span: number): void;
  logsOf(span: number): readonly number[];
}

/** The panel for one span: everything that is known of it. */
export function spanDetails(context: DetailsContext, index: number): HTMLElement {
  const { data, goTo } = context;
  const span = data.spans[index];
  const root = element('div', 'details');
  if (span === undefined) return root;
  root.append(head(data, span, index));
  const about = said(data, index);
  if (about.length > 0) root.append(fold('Findings', false, ...about.map((item) => itemBlock(item, goTo))));
  const parent = span.parent;
  root.append(
    fold(
      'Span',
      false,
      factsList([
        ['starts at', `+${milliseconds(span.startMs)}`],
        ['took', milliseconds(span.ms)],
        [
          'own time',
          `${milliseconds(span.ownMs)}${span.ms > 0 ? ` (${Math.round((100 * span.ownMs) / span.ms)}%)` : ''}`,
        ],
        ...waited(data, index),
        ['kind', KINDS[span.kind] || 'unspecified'],
        ...(span.isError ? [['status', ['error', span.message].filter(Boolean).join(': ')] as const] : []),
        ...(span.isUnfinished ? [['unfinished', 'its process died before it ended'] as const] : []),
        ['span id', span.id],
        ['scope', span.scope],
        ...(span.droppedCount ? [['dropped', `${span.droppedCount} by the SDK's limits`] as const] : []),
      ]),
      ...(parent === undefined
        ? []
        : [element('p', 'item-text muted', 'below ', ...spanLinks([parent], goTo))]),
    ),
  );
  for (const [key, title] of BLOCKS) {
    const value = span.attributes.find(([name]) => name === key)?.[1];
    if (value !== undefined) root.append(fold(title, false, textBlock(value)));
  }
  const rest = span.attributes.filter(([key]) => !BLOCKS.some(([name]) => name === key));
  if (span.isCut)
    root.append(element('p', 'item-text muted', 'Its attributes are left out: too much for one page.'));
  if (rest.length > 0) root.append(fold(`Attributes (${rest.length})`, false, attributeList(rest)));
  for (const event of span.events ?? []) root.append(eventBlock(event));
  for (const link of span.links ?? []) {
    const facts = factsList([
      ['trace', link.traceId],
      ['span', link.spanId],
    ]);
    root.append(fold('Link', false, facts, attributeList(link.attributes)));
  }
  const logs = context.logsOf(index);
  if (logs.length > 0)
    root.append(
      fold(`Logs (${logs.length})`, false, ...logs.slice(0, MEMBER_LIMIT).map((log) => logBlock(data, log))),
    );
  root.append(fold('Resource', true, attributeList(data.resources[span.resource] ?? [])));
  return root;
}

/** The panel for several spans that share a row. */
export function groupDetails({ data, goTo }: DetailsContext, spans: readonly number[]): HTMLElement {
  const [first = 0] = spans;
  const members = spans.flatMap((index) => data.spans[index] ?? []);
  const durations = members.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (part: number): number => durations[Math.floor((durations.length - 1) * part)] ?? 0;
  const sum = durations.reduce((total, each) => total + each, 0);
  const span = members[0];
  const root = element('div', 'details');
  if (span === undefined) return root;
  root.append(head(data, span, first, spans.length));
  const about = said(data, first);
  if (about.length > 0) root.append(fold('Findings', false, ...about.map((item) => itemBlock(item, goTo))));
  root.append(
    fold(
      'Together',
      false,
      factsList([
        ['spans', String(spans.length)],
        ['sum', milliseconds(sum)],
        ['median', milliseconds(at(0.5))],
        ['95th percentile', milliseconds(at(0.95))],
        ['longest', milliseconds(at(1))],
        ['failed', String(members.filter(({ isError }) => isError).length)],
      ]),
    ),
  );
  const statement = span.attributes.find(([key]) => key === 'db.query.text' || key === 'db.statement')?.[1];
  if (statement !== undefined) root.append(fold('Statement', false, textBlock(statement)));
  const slowest = [...spans]
    .sort((a, b) => (data.spans[b]?.ms ?? 0) - (data.spans[a]?.ms ?? 0))
    .slice(0, MEMBER_LIMIT);
  const rows = slowest.map((index) =>
    element(
      'div',
      'member',
      ...spanLinks([index], goTo),
      ` ${milliseconds(data.spans[index]?.ms ?? 0)} `,
      element('span', 'muted', `at +${milliseconds(data.spans[index]?.startMs ?? 0)}`),
    ),
  );
  root.append(
    fold(
      `Slowest first${spans.length > MEMBER_LIMIT ? ` (${MEMBER_LIMIT} of ${spans.length})` : ''}`,
      false,
      ...rows,
    ),
  );
  return root;
}

function head(data: PageData, span: PageSpan, index: number, count = 1): HTMLElement {
  const service = data.services[span.service] ?? '';
  return element(
    'div',
    'details-head',
    element(
      'div',
      'details-name',
      ...(count > 1 ? [element('b', 'times', `×${count}`)] : []),
      visible(span.name),
    ),
    element(
      'div',
      'details-sub',
      element('span', 'handle', count > 1 ? `#${index + 1}–${index + count}` : `#${index + 1}`),
      element('i', `dot s${span.service % 8}`),
      element('span', 'mono', visible(service || '(unnamed service)')),
      ...(span.isError ? [element('span', 'pill failed', 'error')] : []),
      ...(span.chips ?? []).map((chip) => element('span', 'chip', visible(chip))),
    ),
  );
}

/** What was found about a span. */
function said(data: PageData, index: number): Item[] {
  return data.sections
    .filter(({ title }) => title === 'Findings' || title === 'Model calls')
    .flatMap(({ items }) => items.filter((item) => item.spans?.includes(index)));
}

function waited(data: PageData, index: number): (readonly [string, string])[] {
  let sum = 0;
  for (const [span, from, to] of data.criticalPath) if (span === index) sum += to - from;
  return sum > 0 ? [['on the critical path', milliseconds(sum)]] : [];
}

function attributeList(attributes: PageAttributes): HTMLElement {
  const sorted = [...attributes].sort(([a], [b]) => (a < b ? -1 : 1));
  return factsList(sorted.map(([key, value]) => [key, oneText(value)]));
}

function eventBlock(event: NonNullable<PageSpan['events']>[number]): HTMLElement {
  const stack = event.attributes.find(([key]) => key === 'exception.stacktrace')?.[1];
  const rest = event.attributes.filter(([key]) => key !== 'exception.stacktrace');
  const name = element(
    'p',
    'item-text mono',
    visible(event.name),
    element('span', 'muted', ` at +${milliseconds(event.atMs)}`),
  );
  const parts = [
    name,
    ...(rest.length > 0 ? [attributeList(rest)] : []),
    ...(stack === undefined ? [] : [textBlock(stack)]),
  ];
  return fold('Event', false, ...parts);
}

function logBlock(data: PageData, index: number): HTMLElement {
  const log = data.logs[index];
  const line = element(
    'p',
    'item-text',
    element('span', `level ${log?.level}`, log?.level ?? ''),
    ' ',
    element('span', 'mono', visible(log?.text ?? '')),
    element('span', 'muted', ` +${milliseconds(log?.atMs ?? 0)}`),
  );
  return element('div', 'item', line, attributeList(log?.attributes ?? []));
}

function textBlock(value: PageValue): HTMLElement {
  const text = oneText(value);
  const block = codeBlock(text.split('\n'));
  const copy = button(
    'small copy',
    'Copy',
    'Copy this text',
    () => void navigator.clipboard?.writeText(text),
  );
  return element('div', 'text-block', copy, block);
}

function oneText(value: PageValue): string {
  if (typeof value !== 'string')
    return typeof value === 'object' ? JSON.stringify(value, null, 1) : String(value);
  // Messages of models travel as JSON in a string.
  if (!/^[[{]/.test(value)) return value;
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
