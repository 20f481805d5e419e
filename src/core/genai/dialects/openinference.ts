import {
  GEN_AI_AGENT_NAME,
  GEN_AI_CONVERSATION_ID,
  GEN_AI_OPERATION_NAME,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_RESPONSE_FINISH_REASONS,
  GEN_AI_RESPONSE_MODEL,
  GEN_AI_RETRIEVAL_TOP_K,
  GEN_AI_TOOL_CALL_ID,
  GEN_AI_TOOL_DESCRIPTION,
  GEN_AI_TOOL_NAME,
  GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
} from '../../attributes.ts';
import { finishReasons, operationName, providerName } from '../names.ts';
import type { Dialect, Rule } from '../rule.ts';
import { number } from '../rule.ts';
import { requestParameters } from './parameters.ts';

const KIND = 'openinference.span.kind';
const PROMPT = 'llm.token_count.prompt';
const COMPLETION = 'llm.token_count.completion';

/** OpenInference (Arize): `llm.*`, `openinference.*`, and keys without a namespace of their own. */
export const openInference: Dialect = {
  rules: [
    [KIND, GEN_AI_OPERATION_NAME, operationName],
    ['llm.provider', GEN_AI_PROVIDER_NAME, providerName],
    ['llm.system', GEN_AI_PROVIDER_NAME, providerName],
    ['llm.request.model_name', GEN_AI_REQUEST_MODEL],
    ['llm.model_name', GEN_AI_REQUEST_MODEL],
    ['embedding.model_name', GEN_AI_REQUEST_MODEL],
    ['reranker.model_name', GEN_AI_REQUEST_MODEL],
    ['llm.response.model_name', GEN_AI_RESPONSE_MODEL],
    ['llm.finish_reason', GEN_AI_RESPONSE_FINISH_REASONS, finishReasons],
    [PROMPT, GEN_AI_USAGE_INPUT_TOKENS, number],
    [COMPLETION, GEN_AI_USAGE_OUTPUT_TOKENS, number],
    [`${PROMPT}_details.cache_read`, GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS, number],
    [`${PROMPT}_details.cache_input`, GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS, number],
    [`${PROMPT}_details.cache_write`, GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS, number],
    [`${COMPLETION}_details.reasoning`, GEN_AI_USAGE_REASONING_OUTPUT_TOKENS, number],
    ['tool.name', GEN_AI_TOOL_NAME, here],
    ['tool.description', GEN_AI_TOOL_DESCRIPTION, here],
    ['tool_call.id', GEN_AI_TOOL_CALL_ID, here],
    ['tool.id', GEN_AI_TOOL_CALL_ID, here],
    ['session.id', GEN_AI_CONVERSATION_ID, here],
    ['agent.name', GEN_AI_AGENT_NAME, here],
    ['reranker.top_k', GEN_AI_RETRIEVAL_TOP_K, number],
  ],
  expansions: [['llm.invocation_parameters', requestParameters]],
};

/** The key is not OpenInference's alone. */
function here(...[value, attributes]: Parameters<NonNullable<Rule[2]>>): typeof value | undefined {
  return attributes[KIND] === undefined ? undefined : value;
}
