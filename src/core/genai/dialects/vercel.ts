import type { AttributeValue } from '@opentelemetry/api';
import {
  GEN_AI_AGENT_NAME,
  GEN_AI_CONVERSATION_ID,
  GEN_AI_OPERATION_NAME,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_FREQUENCY_PENALTY,
  GEN_AI_REQUEST_MAX_TOKENS,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_REQUEST_PRESENCE_PENALTY,
  GEN_AI_REQUEST_SEED,
  GEN_AI_REQUEST_STOP_SEQUENCES,
  GEN_AI_REQUEST_TEMPERATURE,
  GEN_AI_REQUEST_TOP_K,
  GEN_AI_REQUEST_TOP_P,
  GEN_AI_RESPONSE_FINISH_REASONS,
  GEN_AI_RESPONSE_ID,
  GEN_AI_RESPONSE_MODEL,
  GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  GEN_AI_TOOL_CALL_ID,
  GEN_AI_TOOL_NAME,
  GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
} from '../../attributes.ts';
import { finishReasons, providerName } from '../names.ts';
import { type Dialect, isMap, known, listed, number } from '../rule.ts';

const METADATA = 'ai.telemetry.metadata';

/** The Vercel AI SDK, 3 to 6 (`ai.*`); 7 has a tracing channel instead. */
export const vercel: Dialect = {
  rules: [
    ['ai.operationId', GEN_AI_OPERATION_NAME, operation],
    ['ai.model.provider', GEN_AI_PROVIDER_NAME, providerName],
    ['ai.model.id', GEN_AI_REQUEST_MODEL],
    ['ai.response.model', GEN_AI_RESPONSE_MODEL],
    ['ai.response.id', GEN_AI_RESPONSE_ID],
    ['ai.response.finishReason', GEN_AI_RESPONSE_FINISH_REASONS, finishReasons],
    ['ai.finishReason', GEN_AI_RESPONSE_FINISH_REASONS, finishReasons],
    ['ai.response.msToFirstChunk', GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK, seconds],
    ['ai.stream.msToFirstChunk', GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK, seconds],
    ['ai.settings.maxOutputTokens', GEN_AI_REQUEST_MAX_TOKENS, number],
    ['ai.settings.maxTokens', GEN_AI_REQUEST_MAX_TOKENS, number],
    ['ai.settings.temperature', GEN_AI_REQUEST_TEMPERATURE, number],
    ['ai.settings.topP', GEN_AI_REQUEST_TOP_P, number],
    ['ai.settings.topK', GEN_AI_REQUEST_TOP_K, number],
    ['ai.settings.seed', GEN_AI_REQUEST_SEED, number],
    ['ai.settings.frequencyPenalty', GEN_AI_REQUEST_FREQUENCY_PENALTY, number],
    ['ai.settings.presencePenalty', GEN_AI_REQUEST_PRESENCE_PENALTY, number],
    ['ai.settings.stopSequences', GEN_AI_REQUEST_STOP_SEQUENCES, listed],
    ['ai.usage.inputTokens', GEN_AI_USAGE_INPUT_TOKENS, number],
    ['ai.usage.promptTokens', GEN_AI_USAGE_INPUT_TOKENS, number],
    ['ai.usage.tokens', GEN_AI_USAGE_INPUT_TOKENS, number],
    ['ai.usage.outputTokens', GEN_AI_USAGE_OUTPUT_TOKENS, number],
    ['ai.usage.completionTokens', GEN_AI_USAGE_OUTPUT_TOKENS, number],
    ['ai.usage.cachedInputTokens', GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS, number],
    ['ai.usage.inputTokenDetails.cacheReadTokens', GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS, number],
    ['ai.usage.inputTokenDetails.cacheWriteTokens', GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS, number],
    ['ai.usage.reasoningTokens', GEN_AI_USAGE_REASONING_OUTPUT_TOKENS, number],
    ['ai.usage.outputTokenDetails.reasoningTokens', GEN_AI_USAGE_REASONING_OUTPUT_TOKENS, number],
    ['ai.toolCall.name', GEN_AI_TOOL_NAME],
    ['ai.toolCall.id', GEN_AI_TOOL_CALL_ID],
    [`${METADATA}.conversationId`, GEN_AI_CONVERSATION_ID],
    [`${METADATA}.sessionId`, GEN_AI_CONVERSATION_ID],
    [`${METADATA}.threadId`, GEN_AI_CONVERSATION_ID],
    [`${METADATA}.chatId`, GEN_AI_CONVERSATION_ID],
    [`${METADATA}.agentName`, GEN_AI_AGENT_NAME],
    [`${METADATA}.agent`, GEN_AI_AGENT_NAME],
    [
      'ai.telemetry.functionId',
      GEN_AI_AGENT_NAME,
      (value, { 'ai.operationId': id }) => (operation(id ?? '') === 'invoke_agent' ? value : undefined),
    ],
  ],
  // Version 4 has the cache of a provider only here.
  expansions: [
    [
      'ai.response.providerMetadata',
      ({ anthropic, openai }) => {
        const [claude, gpt] = [isMap(anthropic) ? anthropic : {}, isMap(openai) ? openai : {}];
        return known({
          [GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS]:
            number(claude.cacheReadInputTokens) ?? number(gpt.cachedPromptTokens),
          [GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS]: number(claude.cacheCreationInputTokens),
          [GEN_AI_USAGE_REASONING_OUTPUT_TOKENS]: number(gpt.reasoningTokens),
        });
      },
    ],
  ],
};

function operation(id: AttributeValue): string | undefined {
  if (typeof id !== 'string') return undefined;
  if (id.endsWith('.doEmbed')) return 'embeddings';
  if (id === 'ai.toolCall') return 'execute_tool';
  if (/\.do(?:Generate|Stream)$/.test(id)) return 'chat';
  if (id.startsWith('ai.embed')) return 'embeddings';
  if (id.startsWith('ai.rerank')) return 'retrieval';
  return /^ai\.(?:generate|stream)(?:Text|Object)$/.test(id) ? 'invoke_agent' : undefined;
}

function seconds(value: AttributeValue): number | undefined {
  const ms = number(value);
  return ms === undefined ? undefined : ms / 1000;
}
