import type { Attributes, AttributeValue } from '@opentelemetry/api';
import {
  GEN_AI_OPERATION_NAME,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_CHOICE_COUNT,
  GEN_AI_REQUEST_FREQUENCY_PENALTY,
  GEN_AI_REQUEST_PRESENCE_PENALTY,
  GEN_AI_REQUEST_SEED,
  GEN_AI_REQUEST_TOP_K,
  GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
} from '../attributes.ts';
import { operationName, providerName } from './names.ts';
import { count, usageAttributes } from './usage.ts';

/** Older names of what the conventions have today. The first that is there wins. */
const OLD_NAMES: readonly (readonly [
  string,
  string,
  ((value: AttributeValue) => AttributeValue | undefined)?,
])[] = [
  ['gen_ai.system', GEN_AI_PROVIDER_NAME, providerName],
  ['llm.request.type', GEN_AI_OPERATION_NAME, operationName],
  ['gen_ai.usage.prompt_tokens', GEN_AI_USAGE_INPUT_TOKENS],
  ['gen_ai.usage.completion_tokens', GEN_AI_USAGE_OUTPUT_TOKENS],
  ['gen_ai.usage.cache_read_input_tokens', GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS],
  ['gen_ai.usage.cache_creation.input_tokens', GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS],
  ['gen_ai.usage.cache_creation_input_tokens', GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS],
  ['gen_ai.usage.reasoning_tokens', GEN_AI_USAGE_REASONING_OUTPUT_TOKENS],
  ['gen_ai.openai.request.seed', GEN_AI_REQUEST_SEED],
  ['gen_ai.request.choice_count', GEN_AI_REQUEST_CHOICE_COUNT],
  ['llm.top_k', GEN_AI_REQUEST_TOP_K],
  ['llm.frequency_penalty', GEN_AI_REQUEST_FREQUENCY_PENALTY],
  ['llm.presence_penalty', GEN_AI_REQUEST_PRESENCE_PENALTY],
];

const TOKENS: readonly string[] = [
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
  GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
];

/**
 * Whether these are the attributes of a GenAI span: one of these keys is on every span of every dialect we know.
 * Asked for each span there is, so it is spelled out: constant keys are looked up in a third of the time.
 */
export function isGenAi(attributes: Attributes): boolean {
  return (
    attributes['gen_ai.operation.name'] !== undefined ||
    attributes['gen_ai.provider.name'] !== undefined ||
    attributes['gen_ai.system'] !== undefined ||
    attributes['gen_ai.request.model'] !== undefined ||
    attributes['ai.operationId'] !== undefined ||
    attributes['openinference.span.kind'] !== undefined ||
    attributes['traceloop.span.kind'] !== undefined ||
    attributes['llm.request.type'] !== undefined ||
    attributes['langsmith.span.kind'] !== undefined ||
    attributes['langfuse.observation.type'] !== undefined
  );
}

/**
 * What the current conventions call the facts of a GenAI span: only keys that are absent, or whose value breaks
 * an invariant of the token counts. Undefined if there is nothing to add. Source: SEMCONV-GENAI, old → new.
 */
export function normaliseGenAi(attributes: Attributes): Attributes | undefined {
  let found: Attributes | undefined;
  for (const [old, key, convert] of OLD_NAMES) {
    const value = attributes[old];
    if (value === undefined || attributes[key] !== undefined || found?.[key] !== undefined) continue;
    const converted = convert === undefined ? value : convert(value);
    if (converted === undefined) continue;
    found ??= {};
    found[key] = converted;
  }
  return settleTokens(attributes, found);
}

function settleTokens(attributes: Attributes, found: Attributes | undefined): Attributes | undefined {
  const [input, output, cacheRead, cacheWrite, reasoning] = TOKENS.map((key) =>
    count(found?.[key] ?? attributes[key]),
  );
  const settled = usageAttributes({
    inputTokens: input,
    outputTokens: output,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    reasoningTokens: reasoning,
  });
  let all = found;
  for (const [key, value] of Object.entries(settled)) {
    if (attributes[key] === value || value === undefined) continue;
    all ??= {};
    all[key] = value;
  }
  return all;
}
