import { count } from '../../src/core/genai/usage.ts';
import type { Completion } from '../genai-call.ts';

type Json = Record<string, unknown>;

/** `GenerateContentResponse`, whole or one of a stream: the counts of the last one hold for all. */
export function readGenerated(into: Completion, data: unknown): void {
  if (!isJson(data)) return;
  if (typeof data.responseId === 'string') into.id = data.responseId;
  if (typeof data.modelVersion === 'string') into.model = data.modelVersion;
  const candidates = Array.isArray(data.candidates) ? data.candidates.filter(isJson) : [];
  for (const candidate of candidates) {
    const index = count(candidate.index) ?? 0;
    if (index >= 128 || typeof candidate.finishReason !== 'string') continue;
    into.finishReasons[index] = candidate.finishReason.toLowerCase();
  }
  const blocked = isJson(data.promptFeedback) ? data.promptFeedback.blockReason : undefined;
  // A refused prompt has no candidate at all.
  if (typeof blocked === 'string') into.finishReasons[0] ??= 'content_filter';
  const usage = data.usageMetadata;
  if (!isJson(usage)) return;
  const prompt = count(usage.promptTokenCount);
  const answer = count(usage.candidatesTokenCount) ?? count(usage.responseTokenCount);
  const thoughts = count(usage.thoughtsTokenCount);
  into.usage = {
    // What tools put into the prompt is counted apart, and so are thoughts.
    inputTokens: prompt === undefined ? undefined : prompt + (count(usage.toolUsePromptTokenCount) ?? 0),
    outputTokens:
      answer === undefined && thoughts === undefined ? undefined : (answer ?? 0) + (thoughts ?? 0),
    cacheReadTokens: count(usage.cachedContentTokenCount),
    reasoningTokens: thoughts,
  };
}

/** Only Vertex counts the tokens of what it embeds, for each text. */
export function readEmbedded(into: Completion, data: unknown): void {
  if (!isJson(data) || !Array.isArray(data.embeddings)) return;
  let tokens: number | undefined;
  for (const each of data.embeddings.filter(isJson)) {
    const one = isJson(each.statistics) ? count(each.statistics.tokenCount) : undefined;
    if (one !== undefined) tokens = (tokens ?? 0) + one;
  }
  const usage = isJson(data.usageMetadata) ? count(data.usageMetadata.promptTokenCount) : undefined;
  into.usage = { inputTokens: usage ?? tokens };
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
