import { count, type TokenUsage } from '../../src/core/genai/usage.ts';
import type { Completion } from '../genai-call.ts';

type Json = Record<string, unknown>;

/** A message, the events of its stream, or an answer of the old text completions. Anything may be absent. */
export function readMessage(into: Completion, data: unknown): void {
  if (!isJson(data)) return;
  const message = isJson(data.message) ? data.message : data;
  if (data.type === 'message_start' || data.type === 'message' || data.type === 'completion') {
    if (typeof message.id === 'string') into.id = message.id;
    if (typeof message.model === 'string') into.model = message.model;
  }
  const reason = isJson(data.delta) ? data.delta.stop_reason : message.stop_reason;
  if (typeof reason === 'string') into.finishReasons[0] = reason;
  const usage = isJson(data.usage) ? data.usage : message.usage;
  if (isJson(usage)) into.usage = { ...into.usage, ...readUsage(usage, into.usage) };
}

/** What is counted as input leaves the cache out; the conventions include it. A later event says only what is new. */
function readUsage(usage: Json, before: TokenUsage = {}): TokenUsage {
  const output = isJson(usage.output_tokens_details) ? usage.output_tokens_details : {};
  const cacheReadTokens = count(usage.cache_read_input_tokens) ?? before.cacheReadTokens;
  const cacheWriteTokens = count(usage.cache_creation_input_tokens) ?? before.cacheWriteTokens;
  const uncached =
    count(usage.input_tokens) ??
    (before.inputTokens === undefined
      ? undefined
      : before.inputTokens - (before.cacheReadTokens ?? 0) - (before.cacheWriteTokens ?? 0));
  return {
    inputTokens:
      uncached === undefined ? undefined : uncached + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0),
    outputTokens: count(usage.output_tokens) ?? before.outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    reasoningTokens: count(output.thinking_tokens) ?? before.reasoningTokens,
  };
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
