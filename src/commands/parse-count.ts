import { AgentlogError } from '../core/errors.ts';

/**
 * A whole number from `least` to `most`.
 * @throws AgentlogError USAGE naming the option.
 */
export function parseCount(text: string, option: string, most: number, least = 1): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (count >= least && count <= most) return count;
  throw new AgentlogError('USAGE', `Expected ${option} to be a whole number from ${least} to ${most}.`);
}
