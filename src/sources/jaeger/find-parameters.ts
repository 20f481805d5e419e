import { EXCEPTION_FINGERPRINT } from '../../core/attributes.ts';
import { routeParts } from '../../store/query/span-filter.ts';
import type { TraceQuery } from '../source.ts';

/** How the parameters of the API v3 are spelled; it depends on the version. */
export type Style = 'snake' | 'camel';

type Parameters = Record<string, string>;
type Question = Pick<TraceQuery, 'where' | 'sinceUnixNano' | 'untilUnixNano'>;

const HOUR = 3_600_000_000_000n;
const NAMES = {
  snake: {
    service: 'query.service_name',
    operation: 'query.operation_name',
    since: 'query.start_time_min',
    until: 'query.start_time_max',
    minDuration: 'query.duration_min',
    maxDuration: 'query.duration_max',
    depth: 'query.num_traces',
    raw: 'query.raw_traces',
  },
  camel: {
    service: 'query.serviceName',
    operation: 'query.operationName',
    since: 'query.startTimeMin',
    until: 'query.startTimeMax',
    minDuration: 'query.durationMin',
    maxDuration: 'query.durationMax',
    depth: 'query.searchDepth',
    raw: 'query.rawTraces',
  },
} as const;

/** What API v3 is asked: never less than all traces that fit; it ignores attributes, so they are checked afterwards. */
export function findParameters(service: string, question: Question, depth: number, style: Style): Parameters {
  const names = NAMES[style];
  const { name } = question.where ?? {};
  const { since, until } = windowOf(question);
  const { min, max } = durationsOf(question);
  return {
    [names.service]: service,
    ...(name !== undefined && { [names.operation]: name }),
    [names.since]: rfc3339(since),
    [names.until]: rfc3339(until),
    ...(min !== undefined && { [names.minDuration]: `${min}us` }),
    ...(max !== undefined && { [names.maxDuration]: `${max}us` }),
    [names.depth]: String(depth),
    [names.raw]: 'true',
  };
}

/** The same for the API of the UI. */
export function legacyFindParameters(
  service: string,
  question: Question,
  depth: number,
  tags?: string,
): Parameters {
  const { name } = question.where ?? {};
  const { since, until } = windowOf(question);
  const { min, max } = durationsOf(question);
  return {
    service,
    ...(name !== undefined && { operation: name }),
    start: String(since / 1_000n),
    end: String(until / 1_000n),
    ...(min !== undefined && { minDuration: `${min}us` }),
    ...(max !== undefined && { maxDuration: `${max}us` }),
    limit: String(depth),
    ...(tags !== undefined && { tags }),
    raw: 'true',
  };
}

/**
 * What its older API can look for by tag, as JSON; undefined for nothing. Jaeger compares values as text and a list as a
 * whole, so this finds fewer than are asked for: it is a way to more traces than the newest, never a filter.
 */
export function tagsOf({ where = {} }: Question): string | undefined {
  const path = where.route && routeParts(where.route).path;
  const tags = Object.fromEntries([
    ...(path === undefined ? [] : [['http.route', path]]),
    ...(where.exceptionFingerprint === undefined
      ? []
      : [[EXCEPTION_FINGERPRINT, where.exceptionFingerprint]]),
    ...(where.attributes ?? []).flatMap((each) =>
      each.op === 'equals' ? [[each.key, String(each.value)]] : [],
    ),
  ]) as Record<string, string>;
  return Object.keys(tags).length === 0 ? undefined : JSON.stringify(tags);
}

/**
 * Jaeger's window is about any span that fits, ours about the start of the trace: the span looked for may start later,
 * by an hour at most. Without an end, clocks may be an hour off.
 */
function windowOf({ sinceUnixNano, untilUnixNano }: Question): { since: bigint; until: bigint } {
  return { since: sinceUnixNano ?? 0n, until: (untilUnixNano ?? BigInt(Date.now()) * 1_000_000n) + HOUR };
}

/** Whole microseconds, one wider on each side: stores keep no less. */
function durationsOf({ where = {} }: Question): { min?: number; max?: number } {
  const { minDurationMs, maxDurationMs } = where;
  const min = minDurationMs === undefined ? 0 : Math.floor(minDurationMs * 1_000) - 1;
  return {
    ...(min > 0 && Number.isSafeInteger(min) && { min }),
    ...(maxDurationMs !== undefined &&
      maxDurationMs < 1e9 && { max: Math.max(1, Math.ceil(maxDurationMs * 1_000) + 1) }),
  };
}

/** `2026-11-21T07:03:58.208000001Z`. */
function rfc3339(unixNano: bigint): string {
  const nanos = unixNano < 0n ? 0n : unixNano;
  const ms = Number(nanos / 1_000_000n);
  if (ms > 253_402_300_799_000) return '9999-12-31T23:59:59Z';
  const fraction = String(nanos % 1_000_000_000n).padStart(9, '0');
  return `${new Date(ms).toISOString().slice(0, 19)}.${fraction}Z`;
}
