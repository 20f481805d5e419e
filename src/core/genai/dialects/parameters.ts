import type { Attributes } from '@opentelemetry/api';
import {
  GEN_AI_REQUEST_CHOICE_COUNT,
  GEN_AI_REQUEST_FREQUENCY_PENALTY,
  GEN_AI_REQUEST_MAX_TOKENS,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_REQUEST_PRESENCE_PENALTY,
  GEN_AI_REQUEST_REASONING_LEVEL,
  GEN_AI_REQUEST_SEED,
  GEN_AI_REQUEST_STOP_SEQUENCES,
  GEN_AI_REQUEST_STREAM,
  GEN_AI_REQUEST_TEMPERATURE,
  GEN_AI_REQUEST_TOP_K,
  GEN_AI_REQUEST_TOP_P,
  GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
} from '../../attributes.ts';
import { isMap, type Json, known, number, text } from '../rule.ts';

/** The settings of a request as clients name them, from JSON that may hold messages as well. */
export function requestParameters(given: Json): Attributes {
  const { stop } = given;
  const choices = number(given.n) ?? number(given.candidateCount);
  return known({
    [GEN_AI_REQUEST_MODEL]: text(given.model),
    [GEN_AI_REQUEST_MAX_TOKENS]:
      number(given.max_tokens) ??
      number(given.max_completion_tokens) ??
      number(given.max_output_tokens) ??
      number(given.maxOutputTokens) ??
      number(given.maxTokens),
    [GEN_AI_REQUEST_TEMPERATURE]: number(given.temperature),
    [GEN_AI_REQUEST_TOP_P]: number(given.top_p) ?? number(given.topP),
    [GEN_AI_REQUEST_TOP_K]: number(given.top_k) ?? number(given.topK),
    [GEN_AI_REQUEST_SEED]: number(given.seed),
    [GEN_AI_REQUEST_FREQUENCY_PENALTY]: number(given.frequency_penalty) ?? number(given.frequencyPenalty),
    [GEN_AI_REQUEST_PRESENCE_PENALTY]: number(given.presence_penalty) ?? number(given.presencePenalty),
    [GEN_AI_REQUEST_REASONING_LEVEL]:
      text(given.reasoning_effort) ?? (isMap(given.reasoning) ? text(given.reasoning.effort) : undefined),
    [GEN_AI_REQUEST_STREAM]: given.stream === true ? true : undefined,
    [GEN_AI_REQUEST_CHOICE_COUNT]: choices === 1 ? undefined : choices,
    [GEN_AI_REQUEST_STOP_SEQUENCES]: texts(
      typeof stop === 'string' ? [stop] : (stop ?? given.stop_sequences),
    ),
  });
}

/** Usage as LangChain (`input_token_details`), Langfuse and providers write it. */
export function usageCounts(given: Json): Attributes {
  const input = [given.input_token_details, given.prompt_tokens_details, given.input_tokens_details].find(
    isMap,
  );
  const output = [
    given.output_token_details,
    given.completion_tokens_details,
    given.output_tokens_details,
  ].find(isMap);
  return known({
    [GEN_AI_USAGE_INPUT_TOKENS]: first(given, ['input_tokens', 'prompt_tokens', 'input', 'promptTokens']),
    [GEN_AI_USAGE_OUTPUT_TOKENS]: first(given, [
      'output_tokens',
      'completion_tokens',
      'output',
      'completionTokens',
    ]),
    [GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS]:
      first(input, ['cache_read', 'cached_tokens']) ??
      first(given, ['cache_read_input_tokens', 'input_cached_tokens', 'input_cache_read', 'cache_read']),
    [GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS]:
      first(input, ['cache_creation', 'cache_write']) ??
      first(given, ['cache_creation_input_tokens', 'input_cache_creation', 'cache_creation', 'cache_write']),
    [GEN_AI_USAGE_REASONING_OUTPUT_TOKENS]:
      first(output, ['reasoning', 'reasoning_tokens']) ??
      first(given, ['output_reasoning_tokens', 'output_reasoning', 'reasoning_tokens']),
  });
}

/**
 * Langfuse counts each token once: `input` is what was not in the cache, `output` what was not reasoning; unless a
 * total says that the parts are in them.
 */
export function usageDetails(given: Json): Attributes {
  const counts = usageCounts(given);
  const sum = (prefix: string): number =>
    Object.entries(given).reduce(
      (all, [key, value]) => all + (key.startsWith(prefix) ? (number(value) ?? 0) : 0),
      0,
    );
  const [input, output, total] = [sum('input'), sum('output'), number(given.total)];
  if (given.input === undefined || (total !== undefined && input + output > total)) return counts;
  return { ...counts, [GEN_AI_USAGE_INPUT_TOKENS]: input, [GEN_AI_USAGE_OUTPUT_TOKENS]: output };
}

function first(given: Json | undefined, names: readonly string[]): number | undefined {
  for (const name of names) {
    const found = number(given?.[name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function texts(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found = value.filter((each): each is string => typeof each === 'string').slice(0, 16);
  return found.length === 0 ? undefined : found;
}
