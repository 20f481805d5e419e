import { AgentlogError } from '../../core/errors.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * `30s`, `15m`, `1h`, `7d` before `now`, or a time such as `2026-11-21T08:40:00Z`, in nanoseconds since the epoch.
 * @throws AgentlogError USAGE.
 */
export function parseSince(text: string, now: number): bigint {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = amount === undefined ? Date.parse(text) : now - Number(amount) * (UNIT_MS[unit] ?? 0);
  const isDate = amount !== undefined || /^\d{4}-\d{2}-\d{2}/.test(text);
  if (!isDate || !Number.isFinite(ms)) {
    throw new AgentlogError(
      'USAGE',
      'Expected --since to be an age such as 30s, 15m, 1h or 7d, or a time such as 2026-11-21T08:40:00Z.',
    );
  }
  return BigInt(Math.max(0, Math.trunc(ms))) * 1_000_000n;
}
