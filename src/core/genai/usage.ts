import type { Attributes } from '@opentelemetry/api';
import {
  GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
} from '../attributes.ts';

/** The tokens of one call; a count that is not known is absent. */
export interface TokenUsage {
  inputTokens?: number | undefined;
  outputTokens?: number | undefined;
  cacheReadTokens?: number | undefined;
  cacheWriteTokens?: number | undefined;
  reasoningTokens?: number | undefined;
}

/**
 * The counts as the conventions define them: the input includes what was read from and written to the cache,
 * the output includes reasoning. A provider that leaves them out (their sum is then larger than the whole) has
 * them added. Counts that are not whole numbers ≥ 0 are left out.
 */
export function settleUsage(usage: TokenUsage): TokenUsage {
  const cacheReadTokens = count(usage.cacheReadTokens);
  const cacheWriteTokens = count(usage.cacheWriteTokens);
  const reasoningTokens = count(usage.reasoningTokens);
  return {
    inputTokens: including(count(usage.inputTokens), (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0)),
    outputTokens: including(count(usage.outputTokens), reasoningTokens ?? 0),
    cacheReadTokens,
    cacheWriteTokens,
    reasoningTokens,
  };
}

/** The settled counts under their attribute keys; empty if none is known. */
export function usageAttributes(usage: TokenUsage): Attributes {
  const settled = settleUsage(usage);
  const attributes: Attributes = {};
  if (settled.inputTokens !== undefined) attributes[GEN_AI_USAGE_INPUT_TOKENS] = settled.inputTokens;
  if (settled.outputTokens !== undefined) attributes[GEN_AI_USAGE_OUTPUT_TOKENS] = settled.outputTokens;
  if (settled.cacheReadTokens !== undefined) {
    attributes[GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS] = settled.cacheReadTokens;
  }
  if (settled.cacheWriteTokens !== undefined) {
    attributes[GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS] = settled.cacheWriteTokens;
  }
  if (settled.reasoningTokens !== undefined) {
    attributes[GEN_AI_USAGE_REASONING_OUTPUT_TOKENS] = settled.reasoningTokens;
  }
  return attributes;
}

/** A token count as found in telemetry or an answer: a whole number ≥ 0, or undefined. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function including(whole: number | undefined, part: number): number | undefined {
  if (whole === undefined) return undefined;
  return whole < part ? whole + part : whole;
}
