import {
  GEN_AI_AGENT_NAME,
  GEN_AI_CONVERSATION_ID,
  GEN_AI_OPERATION_NAME,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_CHOICE_COUNT,
  GEN_AI_REQUEST_FREQUENCY_PENALTY,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_REQUEST_PRESENCE_PENALTY,
  GEN_AI_REQUEST_PREVIOUS_RESPONSE_ID,
  GEN_AI_REQUEST_REASONING_LEVEL,
  GEN_AI_REQUEST_SEED,
  GEN_AI_REQUEST_STOP_SEQUENCES,
  GEN_AI_REQUEST_STREAM,
  GEN_AI_REQUEST_TOP_K,
  GEN_AI_RESPONSE_FINISH_REASONS,
  GEN_AI_RESPONSE_MODEL,
  GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
  GEN_AI_WORKFLOW_NAME,
} from '../../attributes.ts';
import { finishReasons, operationName, providerName } from '../names.ts';
import { type Dialect, listed, number } from '../rule.ts';

/** Earlier `gen_ai.*`, OpenLLMetry and LiteLLM (`llm.*`, `traceloop.*`), Google ADK. */
export const older: Dialect = {
  rules: [
    // A kind says more than a request type, and both more than what a library has called the operation.
    ['traceloop.span.kind', GEN_AI_OPERATION_NAME, operationName],
    ['llm.request.type', GEN_AI_OPERATION_NAME, operationName],
    ['gen_ai.system', GEN_AI_PROVIDER_NAME, providerName],
    ['llm.vendor', GEN_AI_PROVIDER_NAME, providerName],
    ['llm.request.model', GEN_AI_REQUEST_MODEL],
    ['llm.response.model', GEN_AI_RESPONSE_MODEL],
    ['gen_ai.openai.request.seed', GEN_AI_REQUEST_SEED],
    ['gen_ai.request.choice_count', GEN_AI_REQUEST_CHOICE_COUNT],
    ['gen_ai.request.reasoning_effort', GEN_AI_REQUEST_REASONING_LEVEL],
    ['gen_ai.request.previous_response_id', GEN_AI_REQUEST_PREVIOUS_RESPONSE_ID],
    ['gen_ai.request.is_stream', GEN_AI_REQUEST_STREAM, onlyTrue],
    ['llm.is_streaming', GEN_AI_REQUEST_STREAM, onlyTrue],
    ['llm.top_k', GEN_AI_REQUEST_TOP_K],
    ['llm.frequency_penalty', GEN_AI_REQUEST_FREQUENCY_PENALTY],
    ['llm.presence_penalty', GEN_AI_REQUEST_PRESENCE_PENALTY],
    ['llm.chat.stop_sequences', GEN_AI_REQUEST_STOP_SEQUENCES, listed],
    ['gen_ai.response.finish_reason', GEN_AI_RESPONSE_FINISH_REASONS, finishReasons],
    ['llm.response.finish_reason', GEN_AI_RESPONSE_FINISH_REASONS, finishReasons],
    ['llm.response.stop_reason', GEN_AI_RESPONSE_FINISH_REASONS, finishReasons],
    ['gen_ai.usage.prompt_tokens', GEN_AI_USAGE_INPUT_TOKENS, number],
    ['llm.usage.prompt_tokens', GEN_AI_USAGE_INPUT_TOKENS, number],
    ['gen_ai.usage.completion_tokens', GEN_AI_USAGE_OUTPUT_TOKENS, number],
    ['llm.usage.completion_tokens', GEN_AI_USAGE_OUTPUT_TOKENS, number],
    ['gen_ai.usage.cache_read_input_tokens', GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS, number],
    ['gen_ai.usage.input_tokens.cached', GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS, number],
    ['gen_ai.usage.cached_tokens', GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS, number],
    ['gen_ai.usage.cache_creation.input_tokens', GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS, number],
    ['gen_ai.usage.cache_creation_input_tokens', GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS, number],
    ['gen_ai.usage.input_tokens.cache_write', GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS, number],
    ['gen_ai.usage.reasoning_tokens', GEN_AI_USAGE_REASONING_OUTPUT_TOKENS, number],
    ['gen_ai.usage.output_tokens.reasoning', GEN_AI_USAGE_REASONING_OUTPUT_TOKENS, number],
    ['gen_ai.usage.details.reasoning_tokens', GEN_AI_USAGE_REASONING_OUTPUT_TOKENS, number],
    ['traceloop.association.properties.conversation_id', GEN_AI_CONVERSATION_ID],
    ['traceloop.association.properties.session_id', GEN_AI_CONVERSATION_ID],
    ['traceloop.association.properties.thread_id', GEN_AI_CONVERSATION_ID],
    ['traceloop.association.properties.chat_id', GEN_AI_CONVERSATION_ID],
    ['gcp.vertex.agent.session_id', GEN_AI_CONVERSATION_ID],
    ['traceloop.workflow.name', GEN_AI_WORKFLOW_NAME],
    ['adk.workflow.name', GEN_AI_WORKFLOW_NAME],
    ['traceloop.entity.name', GEN_AI_AGENT_NAME, ofKind('agent')],
    ['traceloop.entity.name', 'gen_ai.tool.name', ofKind('tool')],
  ],
};

function onlyTrue(value: unknown): true | undefined {
  return value === true ? true : undefined;
}

function ofKind(kind: string): NonNullable<Dialect['rules'][number][2]> {
  return (value, attributes) => (attributes['traceloop.span.kind'] === kind ? value : undefined);
}
