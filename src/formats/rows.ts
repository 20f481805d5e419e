import type { Bundle, TreeRow } from '../bundles/bundle.ts';
import {
  DB_QUERY_TEXT,
  DB_SYSTEM_NAME,
  ERROR_TYPE,
  EXCEPTION_TYPE,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_RESPONSE_MODEL,
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  HTTP_RESPONSE_STATUS_CODE,
  HTTP_ROUTE,
  OLD_DB_STATEMENT,
  OLD_DB_SYSTEM,
  SERVER_ADDRESS,
  SERVICE_NAME,
  SPAN_UNFINISHED,
  URL_FULL,
} from '../core/attributes.ts';
import { durationMs, SPAN_KIND, type Span, STATUS_CODE } from '../core/span.ts';
import { isMethodAlone, titleOf } from '../core/span-title.ts';
import { milliseconds, offset } from './numbers.ts';
import { named, placed, quoted } from './text.ts';

/** Deeper rows are not indented further: 10,000 levels must not make 100 MB of blanks. */
const MAX_INDENT = 24;
const SQL_LIMIT = 240;
const NAME_LIMIT = 120;

/** How long a row may be. */
export interface RowLength {
  /** The name or statement is cut at so many characters. */
  readonly labelLimit?: number;
  /** Without kind and system; of repeats only how many and how long in all, of a place the file without its folders. */
  readonly isBrief?: boolean;
}

/** One row of the tree on one line. `above` is the service of the row it hangs below. */
export function renderRow(
  bundle: Pick<Bundle, 'startTimeUnixNano'>,
  row: TreeRow,
  above: string | undefined,
  { labelLimit = SQL_LIMIT, isBrief = false }: RowLength = {},
): string {
  const spans = row.spans as readonly [Span, ...Span[]];
  const [span] = spans;
  const service = serviceOf(span);
  const parts = [
    handleOf(row),
    isBrief ? undefined : KIND_LABELS[span.kind],
    label(spans, labelLimit, isBrief),
    row.spans.length === 1 ? single(bundle, span) : group(row.spans, isBrief),
    ...details(span, row.spans, isBrief),
    service !== above && service !== '' ? `[${named(service)}]` : undefined,
  ];
  const indent = '  '.repeat(Math.min(row.depth, MAX_INDENT));
  const level = row.depth > MAX_INDENT ? `(level ${row.depth}) ` : '';
  return indent + level + parts.filter((part) => part !== undefined && part !== '').join(' ');
}

export function serviceOf(span: Span): string {
  const service = span.resource.attributes[SERVICE_NAME];
  return typeof service === 'string' ? service : '';
}

const KIND_LABELS: Record<number, string | undefined> = {
  [SPAN_KIND.server]: 'server',
  [SPAN_KIND.client]: 'client',
  [SPAN_KIND.producer]: 'producer',
  [SPAN_KIND.consumer]: 'consumer',
};

function handleOf({ firstHandle, spans }: TreeRow): string {
  return spans.length === 1 ? `#${firstHandle}` : `#${firstHandle}-${firstHandle + spans.length - 1}`;
}

/** The statement, or the request with its address, says more than the span's name, which is only its summary. */
function label(spans: readonly [Span, ...Span[]], limit: number, isBrief: boolean): string {
  const [{ name, attributes }] = spans;
  const statement = attributes[DB_QUERY_TEXT] ?? attributes[OLD_DB_STATEMENT];
  const isSql = typeof statement === 'string' && statement !== '';
  const text = isSql ? statement.replace(/\s+/g, ' ').trim() : (requestOf(spans) ?? name);
  if (isBrief) return quoted(text.length > limit ? `${text.slice(0, limit - 1)}…` : text);
  const system = attributes[DB_SYSTEM_NAME] ?? attributes[OLD_DB_SYSTEM];
  if (!isSql) return quoted(text, Math.min(limit, NAME_LIMIT));
  return typeof system === 'string' ? `${named(system)} ${quoted(text, limit)}` : quoted(text, limit);
}

/** `GET https://stock/items/7` for a name that says no more than the method; of several what they have in common. */
function requestOf([span, ...others]: readonly [Span, ...Span[]]): string | undefined {
  const { name } = span;
  if (!isMethodAlone(name)) return undefined;
  const url = urlOf(span);
  if (url === undefined) return undefined;
  const isAlike = others.every((each) => urlOf(each) === url);
  if (isAlike) return `${name} ${url}`;
  const title = titleOf(span);
  return others.every((each) => titleOf(each) === title) ? title : undefined;
}

function urlOf({ attributes }: Span): string | undefined {
  const url =
    attributes[URL_FULL] ?? attributes['http.url'] ?? attributes['url.path'] ?? attributes['http.target'];
  return typeof url === 'string' && url !== '' ? url : undefined;
}

function single(bundle: Pick<Bundle, 'startTimeUnixNano'>, span: Span): string {
  return `${milliseconds(durationMs(span))} at ${offset(bundle.startTimeUnixNano, span.startTimeUnixNano)}`;
}

/** `×40 sequential Σ214.5ms p50 5.6ms max 8ms`. */
function group(spans: readonly Span[], isBrief: boolean): string {
  const durations = spans.map(durationMs).sort((a, b) => a - b);
  const total = durations.reduce((sum, each) => sum + each, 0);
  if (isBrief) return `×${spans.length} Σ${milliseconds(total)}`;
  const median = durations[Math.floor((durations.length - 1) / 2)] ?? 0;
  const order = isParallel(spans, total) ? 'parallel' : 'sequential';
  const longest = milliseconds(durations.at(-1) ?? 0);
  return `×${spans.length} ${order} Σ${milliseconds(total)} p50 ${milliseconds(median)} max ${longest}`;
}

/** More than half of the time lies under another span of the group: 1 − union ÷ sum > 0.5. */
function isParallel(spans: readonly Span[], totalMs: number): boolean {
  const byStart = [...spans].sort((a, b) => (a.startTimeUnixNano < b.startTimeUnixNano ? -1 : 1));
  let unionNanos = 0n;
  let end = 0n;
  for (const { startTimeUnixNano: start, endTimeUnixNano } of byStart) {
    const from = start > end ? start : end;
    if (endTimeUnixNano > from) {
      unionNanos += endTimeUnixNano - from;
      end = endTimeUnixNano;
    }
  }
  return totalMs > 0 && 1 - Number(unionNanos) / 1e6 / totalMs > 0.5;
}

function details(span: Span, group: readonly Span[], isBrief: boolean): (string | undefined)[] {
  const { name, attributes, status, kind } = span;
  const code = attributes[HTTP_RESPONSE_STATUS_CODE];
  const route = attributes[HTTP_ROUTE];
  const host = attributes[SERVER_ADDRESS];
  const isRemoteCall =
    kind === SPAN_KIND.client && typeof host === 'string' && attributes[DB_SYSTEM_NAME] === undefined;
  return [
    typeof code === 'number' ? `status ${code}` : undefined,
    typeof route === 'string' && !name.includes(route) ? `route ${quoted(route, 120)}` : undefined,
    isRemoteCall && !isAddressed(span) ? `to ${named(host)}` : undefined,
    messageOf(attributes, group),
    modelOf(attributes, group),
    status.code === STATUS_CODE.error ? `ERROR${errorOf(span)}` : undefined,
    attributes[SPAN_UNFINISHED] === true ? 'UNFINISHED' : undefined,
    callSiteOf(group, isBrief),
  ];
}

/** The tokens of a group are those of all its spans. */
function modelOf(attributes: Span['attributes'], group: readonly Span[]): string | undefined {
  const model = attributes[GEN_AI_RESPONSE_MODEL] ?? attributes[GEN_AI_REQUEST_MODEL];
  if (typeof model !== 'string') return undefined;
  const [input, output] = [GEN_AI_USAGE_INPUT_TOKENS, GEN_AI_USAGE_OUTPUT_TOKENS].map((key) => {
    const counts = group.flatMap((span) => {
      const count = span.attributes[key];
      return typeof count === 'number' ? [count] : [];
    });
    return counts.length === 0 ? '?' : counts.reduce((sum, count) => sum + count, 0);
  });
  // The span of an agent names the model; what was used stands at its calls.
  if (input === '?' && output === '?') return `model ${named(model)}`;
  return `model ${named(model)} tokens ${group.length > 1 ? 'Σ' : ''}${input}→${output}`;
}

function errorOf({ attributes, events, status: { message } }: Span): string {
  const exception = events.find((event) => event.name === 'exception')?.attributes ?? attributes;
  const type = exception[EXCEPTION_TYPE] ?? attributes[ERROR_TYPE];
  if (typeof type === 'string' && type !== '' && !/^\d{3}$/.test(type)) return ` ${named(type)}`;
  return message === undefined ? '' : ` ${quoted(message, 80)}`;
}

/** Of repeated calls only the third and later ones say where they were made. */
function callSiteOf(group: readonly Span[], isBrief: boolean): string | undefined {
  for (const { attributes } of group.slice(0, 10)) {
    const path = attributes['code.file.path'] ?? attributes['code.filepath'];
    const line = attributes['code.line.number'] ?? attributes['code.lineno'];
    if (typeof path !== 'string') continue;
    const file = isBrief ? path.replace(/^.*[\\/]/, '') : path;
    return typeof line === 'number' ? `(${placed(`${file}:${line}`)})` : `(${named(file)})`;
  }
  return undefined;
}

/** Whether the label names the host already. */
function isAddressed(span: Span): boolean {
  return isMethodAlone(span.name) && /^[a-z]+:\/\//.test(urlOf(span) ?? '');
}

/** Which message, of which queue. */
function messageOf(attributes: Span['attributes'], group: readonly Span[]): string | undefined {
  const id = attributes['messaging.message.id'];
  const place = attributes['messaging.destination.name'];
  const parts = [
    typeof place === 'string' ? `queue ${quoted(place, 80)}` : '',
    typeof id === 'string' && group.length === 1 ? `message ${quoted(id, 80)}` : '',
  ].filter(Boolean);
  return parts.length === 0 ? undefined : parts.join(' ');
}
