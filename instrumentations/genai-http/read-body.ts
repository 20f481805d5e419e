import { count, type TokenUsage } from '../../src/core/genai/usage.ts';

type Json = Record<string, unknown>;

export interface ReadBody {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly finishReasons: string[];
  readonly usage: TokenUsage | undefined;
}

/** What an answer, or an event of one, says about itself, in the words of any provider; never its content. */
export function readBody(body: Json): ReadBody {
  const inner = [body.response, body.message].find(isJson) ?? body;
  const choices = Array.isArray(body.choices) ? body.choices : body.candidates;
  const reasons = (Array.isArray(choices) ? choices : [])
    .filter(isJson)
    .map((choice) => choice.finish_reason ?? choice.finishReason);
  const delta = isJson(body.delta) ? body.delta : {};
  reasons.push(delta.stop_reason ?? inner.stop_reason ?? body.stopReason ?? body.done_reason);
  return {
    id: firstText(inner.id, body.responseId),
    model: firstText(inner.model, body.modelVersion),
    finishReasons: reasons.filter((reason): reason is string => typeof reason === 'string').slice(0, 16),
    usage: readUsage(body, inner),
  };
}

function readUsage(body: Json, inner: Json): TokenUsage | undefined {
  const groq = isJson(body.x_groq) ? body.x_groq.usage : undefined;
  const usage = [inner.usage, body.usage, body.usageMetadata, groq].find(isJson);
  if (usage === undefined) {
    const inputTokens = count(body.prompt_eval_count);
    const outputTokens = count(body.eval_count);
    return inputTokens === undefined && outputTokens === undefined
      ? undefined
      : { inputTokens, outputTokens };
  }
  const input = [usage.prompt_tokens_details, usage.input_tokens_details].find(isJson) ?? {};
  const output = [usage.completion_tokens_details, usage.output_tokens_details].find(isJson) ?? {};
  const thoughts = count(usage.thoughtsTokenCount);
  const answered = count(usage.candidatesTokenCount);
  const written = count(usage.cache_creation_input_tokens) ?? count(usage.cacheWriteInputTokens);
  const beside = count(usage.cache_read_input_tokens) ?? count(usage.cacheReadInputTokens);
  const uncached = count(usage.input_tokens) ?? count(usage.inputTokens);
  return {
    inputTokens:
      count(usage.prompt_tokens) ??
      count(usage.promptTokenCount) ??
      (uncached === undefined ? undefined : uncached + (beside ?? 0) + (written ?? 0)),
    outputTokens:
      count(usage.completion_tokens) ??
      count(usage.output_tokens) ??
      count(usage.outputTokens) ??
      (answered === undefined ? undefined : answered + (thoughts ?? 0)),
    cacheReadTokens: beside ?? count(input.cached_tokens) ?? count(usage.cachedContentTokenCount),
    cacheWriteTokens: written,
    reasoningTokens: count(output.reasoning_tokens) ?? count(output.thinking_tokens) ?? thoughts,
  };
}

function firstText(...values: unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string');
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
