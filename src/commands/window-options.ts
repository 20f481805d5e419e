import type { Command } from 'commander';
import { AgentlogError } from '../core/errors.ts';
import type { TraceQuery } from '../sources/source.ts';
import type { Terminal } from './command.ts';

/** The part of time that is asked for. */
export type Window = Pick<TraceQuery, 'sinceUnixNano' | 'untilUnixNano'>;

export interface WindowOptions {
  readonly since?: string;
  readonly until?: string;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
/** Digits of an epoch → nanoseconds in its unit: seconds, milliseconds, microseconds, nanoseconds. */
const EPOCH_NANOS: Readonly<Record<number, bigint>> = {
  10: 1_000_000_000n,
  13: 1_000_000n,
  16: 1_000n,
  19: 1n,
};

/** Adds `--since` and `--until`. */
export function addWindowOptions(command: Command, what: string): Command {
  return command
    .option(
      '--since <age or time>',
      `only ${what} since then: 30s, 15m, 1h, 7d, a time (2026-11-21T08:40:00Z) or an epoch`,
    )
    .option('--until <age or time>', `only ${what} before then`);
}

/** @throws AgentlogError USAGE for what is no time, and for a window that nothing can lie in. */
export function parseWindow({ since, until }: WindowOptions, { now }: Terminal): Window {
  const window = {
    ...(since !== undefined && { sinceUnixNano: parseTime(since, now, '--since') }),
    ...(until !== undefined && { untilUnixNano: parseTime(until, now, '--until') }),
  };
  const { sinceUnixNano, untilUnixNano } = window;
  if (sinceUnixNano !== undefined && untilUnixNano !== undefined && sinceUnixNano >= untilUnixNano) {
    throw new AgentlogError('USAGE', 'Expected --since to be before --until: nothing lies between them.');
  }
  return window;
}

/**
 * `30s`, `15m`, `1h`, `7d` before `now`, a time such as `2026-11-21T08:40:00Z` or an epoch of 10, 13, 16 or 19 digits,
 * in nanoseconds since the epoch. A time without a zone is local.
 * @throws AgentlogError USAGE.
 */
export function parseTime(text: string, now: number, option = '--since'): bigint {
  const nanos = /^\d+$/.test(text) ? EPOCH_NANOS[text.length] : undefined;
  if (nanos !== undefined) return BigInt(text) * nanos;
  const [, amount, unit = ''] = /^(\d{1,6})(ms|[smhdw])$/.exec(text) ?? [];
  const ms = amount === undefined ? Date.parse(text) : now - Number(amount) * (UNIT_MS[unit] ?? 0);
  const isDate = amount !== undefined || /^\d{4}-\d{2}-\d{2}/.test(text);
  if (!isDate || !Number.isFinite(ms)) {
    throw new AgentlogError(
      'USAGE',
      `Expected ${option} to be an age such as 30s, 15m, 1h or 7d, a time such as 2026-11-21T08:40:00Z, ` +
        'or an epoch in seconds, milliseconds, microseconds or nanoseconds.',
    );
  }
  return BigInt(Math.max(0, Math.trunc(ms))) * 1_000_000n;
}

/**
 * `250` and `250ms`, `1.5s`, `2m`, in milliseconds.
 * @throws AgentlogError USAGE.
 */
export function parseDuration(text: string, option: string): number {
  const [, amount, unit = 'ms'] = /^(\d{1,9}(?:\.\d{1,9})?)(us|ms|s|m|h)?$/.exec(text) ?? [];
  if (amount !== undefined) return Number(amount) * (unit === 'us' ? 0.001 : (UNIT_MS[unit] ?? 1));
  throw new AgentlogError('USAGE', `Expected ${option} to be a duration such as 250ms, 1.5s or 2m.`);
}
