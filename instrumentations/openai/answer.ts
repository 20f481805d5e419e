import { count } from '../../src/core/genai/usage.ts';
import type { Completion } from '../genai-call.ts';

/** Reads what an answer, or one chunk of a stream, says about itself. Anything may be absent or of another type. */
export type AnswerReading = (into: Completion, data: unknown) => void;

type Json = Record<string, unknown>;

/** `chat.completion` and `chat.completion.chunk`: the usage comes last, in a chunk without choices, if asked for. */
export function readChatCompletion(into: Completion, data: unknown): void {
  if (!isJson(data)) return;
  readIdentity(into, data);
  for (const choice of list(data.choices)) {
    const index = count(choice.index) ?? 0;
    if (index >= 128) continue;
    const reason = choice.finish_reason;
    into.finishReasons[index] = typeof reason === 'string' ? reason : into.finishReasons[index];
  }
  const usage = data.usage;
  if (!isJson(usage)) return;
  const input = isJson(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const output = isJson(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  into.usage = {
    inputTokens: count(usage.prompt_tokens),
    outputTokens: count(usage.completion_tokens),
    // DeepSeek says it in a field of its own.
    cacheReadTokens: count(input.cached_tokens) ?? count(usage.prompt_cache_hit_tokens),
    reasoningTokens: count(output.reasoning_tokens),
  };
}

/** `response`, and the events of its stream, of which the last one carries the whole response. */
export function readResponse(into: Completion, data: unknown): void {
  if (!isJson(data)) return;
  if (data.type === 'error') {
    into.failure = failureOf(data);
    return;
  }
  const response = isJson(data.response) ? data.response : data;
  if (response.object !== 'response') return;
  readIdentity(into, response);
  const reason = finishReason(response);
  if (reason !== undefined) into.finishReasons[0] = reason;
  if (response.status === 'failed') into.failure = failureOf(response.error);
  const usage = response.usage;
  if (!isJson(usage)) return;
  const input = isJson(usage.input_tokens_details) ? usage.input_tokens_details : {};
  const output = isJson(usage.output_tokens_details) ? usage.output_tokens_details : {};
  into.usage = {
    inputTokens: count(usage.input_tokens),
    outputTokens: count(usage.output_tokens),
    cacheReadTokens: count(input.cached_tokens),
    reasoningTokens: count(output.reasoning_tokens),
  };
}

export function readEmbeddings(into: Completion, data: unknown): void {
  if (!isJson(data)) return;
  readIdentity(into, data);
  const usage = data.usage;
  if (isJson(usage)) into.usage = { inputTokens: count(usage.prompt_tokens) };
}

/** The Responses API has a status where Chat Completions has a finish reason per choice. */
function finishReason(response: Json): string | undefined {
  switch (response.status) {
    case 'completed':
      return list(response.output).some((item) => item.type === 'function_call') ? 'tool_calls' : 'stop';
    case 'incomplete': {
      const details = response.incomplete_details;
      const reason = isJson(details) ? details.reason : undefined;
      return reason === 'max_output_tokens' ? 'length' : typeof reason === 'string' ? reason : 'length';
    }
    case 'failed':
      return 'error';
    default:
      return undefined;
  }
}

function failureOf(error: unknown): string {
  const code = isJson(error) ? error.code : undefined;
  return typeof code === 'string' && code !== '' ? code : 'response_failed';
}

function readIdentity(into: Completion, data: Json): void {
  if (typeof data.id === 'string') into.id = data.id;
  if (typeof data.model === 'string') into.model = data.model;
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
