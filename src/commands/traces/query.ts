import { AgentlogError } from '../../core/errors.ts';
import type { SpanFilter, TraceQuery } from '../../sources/source.ts';
import { parseAttributes } from '../attribute-option.ts';
import type { Terminal } from '../command.ts';
import { parseCount } from '../parse-count.ts';
import { parseDuration, parseWindow, type Window, type WindowOptions } from '../window-options.ts';

/** The options of `traces` that make its query. */
export interface QueryOptions extends WindowOptions {
  readonly errors?: boolean;
  readonly service?: string;
  readonly route?: string;
  readonly name?: string;
  readonly status?: string;
  readonly httpStatus?: string;
  readonly minDuration?: string;
  readonly maxDuration?: string;
  readonly attr?: readonly string[];
  readonly text?: string;
  readonly order?: string;
  readonly limit: string;
  readonly cursor?: string;
}

export const ORDERS = ['newest', 'slowest', 'errors'] as const;

const LIMIT_MAX = 10_000;

/** @throws AgentlogError USAGE. */
export function readQuery(options: QueryOptions, terminal: Terminal): TraceQuery {
  const order = ORDERS.find((each) => each === (options.order ?? 'newest'));
  if (order === undefined) throw new AgentlogError('USAGE', `Expected --order to be ${ORDERS.join(', ')}.`);
  const status = readStatus(options);
  const where: SpanFilter = {
    ...(options.service !== undefined && { service: options.service }),
    ...(options.route !== undefined && { route: options.route }),
    ...(options.name !== undefined && { name: options.name }),
    ...status.where,
    ...readDurations(options),
    ...parseAttributes(options.attr),
  };
  return {
    limit: parseCount(options.limit, '--limit', LIMIT_MAX),
    ...((options.errors || status.isError) && { errorsOnly: true }),
    ...(Object.keys(where).length > 0 && { where }),
    ...(options.text !== undefined && { text: options.text }),
    ...(order !== 'newest' && { order }),
    ...readPage(options, terminal),
  };
}

/** The options in force that can make an answer empty, as they are written. */
export function filtersOf(options: QueryOptions): string[] {
  const names = {
    errors: '--errors',
    since: '--since',
    until: '--until',
    service: '--service',
    route: '--route',
    name: '--name',
    status: '--status',
    httpStatus: '--http-status',
    minDuration: '--min-duration',
    maxDuration: '--max-duration',
    attr: '--attr',
    text: '--text',
  } as const;
  return Object.entries(names).flatMap(([key, name]) =>
    options[key as keyof QueryOptions] === undefined ? [] : [name],
  );
}

/** An age moves on between two pages, so a cursor carries the window of the first one. */
export function writePage(cursor: string, { sinceUnixNano, untilUnixNano }: Window): string {
  return [sinceUnixNano, untilUnixNano]
    .map((time) => time?.toString(36) ?? '')
    .concat(cursor)
    .join('.');
}

function readPage({ cursor, since, until }: QueryOptions, terminal: Terminal): Partial<TraceQuery> {
  const window = parseWindow({ ...(since && { since }), ...(until && { until }) }, terminal);
  if (cursor === undefined) return window;
  const [, from, to, inner] = /^([0-9a-z]{0,14})\.([0-9a-z]{0,14})\.([\w-]+)$/.exec(cursor) ?? [];
  const isOfWindow = Boolean(from) === Boolean(since) && Boolean(to) === Boolean(until);
  if (inner === undefined || from === undefined || to === undefined || !isOfWindow) {
    throw new AgentlogError(
      'USAGE',
      'Expected --cursor to be what the page before printed, with the same options; only --limit may change.',
    );
  }
  return {
    ...(from !== '' && { sinceUnixNano: fromBase36(from) }),
    ...(to !== '' && { untilUnixNano: fromBase36(to) }),
    cursor: inner,
  };
}

function fromBase36(text: string): bigint {
  let value = 0n;
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return value;
}

function readStatus({ status, httpStatus }: QueryOptions): { isError: boolean; where: SpanFilter } {
  const isWord = status === 'error' || status === 'ok';
  const code = httpStatus ?? (isWord ? undefined : status);
  if (code !== undefined && !/^[1-5](?:\d\d|xx)$/.test(code)) {
    throw new AgentlogError(
      'USAGE',
      'Expected --status to be error, ok, an HTTP status such as 404 or a class such as 5xx.',
    );
  }
  return {
    isError: status === 'error',
    where: {
      ...(status === 'ok' && { isEntry: true, isError: false }),
      ...(code !== undefined && { httpStatus: code }),
    },
  };
}

/** Nearly every trace has some short span: with nothing else that names a span, the longest allowed is of the request. */
function readDurations({ minDuration, maxDuration, name, attr }: QueryOptions): SpanFilter {
  const least = minDuration === undefined ? undefined : parseDuration(minDuration, '--min-duration');
  const most = maxDuration === undefined ? undefined : parseDuration(maxDuration, '--max-duration');
  if (least !== undefined && most !== undefined && least > most) {
    throw new AgentlogError('USAGE', 'Expected --min-duration to be at most --max-duration.');
  }
  return {
    ...(least !== undefined && { minDurationMs: least }),
    ...(most !== undefined && { maxDurationMs: most }),
    ...(most !== undefined && name === undefined && attr === undefined && { isEntry: true }),
  };
}
