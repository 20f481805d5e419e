import {
  GEN_AI_AGENT_NAME,
  GEN_AI_CONVERSATION_ID,
  GEN_AI_OPERATION_NAME,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_MAX_TOKENS,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_REQUEST_STREAM,
  GEN_AI_REQUEST_TEMPERATURE,
  GEN_AI_TOOL_NAME,
} from '../../attributes.ts';
import { operationName, providerName } from '../names.ts';
import { type Dialect, number } from '../rule.ts';
import { requestParameters, usageCounts, usageDetails } from './parameters.ts';

/** LangSmith: runs of LangChain and of `traceable` functions as spans. */
export const langSmith: Dialect = {
  rules: [
    ['langsmith.span.kind', GEN_AI_OPERATION_NAME, operationName],
    ['langsmith.metadata.ls_provider', GEN_AI_PROVIDER_NAME, providerName],
    ['langsmith.metadata.ls_model_name', GEN_AI_REQUEST_MODEL],
    ['langsmith.metadata.ls_temperature', GEN_AI_REQUEST_TEMPERATURE, number],
    ['langsmith.metadata.ls_max_tokens', GEN_AI_REQUEST_MAX_TOKENS, number],
    [
      'langsmith.request.streaming',
      GEN_AI_REQUEST_STREAM,
      (value) => (String(value) === 'true' ? true : undefined),
    ],
    ['langsmith.trace.session_id', GEN_AI_CONVERSATION_ID],
    ['langsmith.metadata.thread_id', GEN_AI_CONVERSATION_ID],
    ['langsmith.metadata.conversation_id', GEN_AI_CONVERSATION_ID],
    ['langsmith.metadata.session_id', GEN_AI_CONVERSATION_ID],
    [
      'langsmith.trace.name',
      GEN_AI_TOOL_NAME,
      (value, { 'langsmith.span.kind': kind }) => (kind === 'tool' ? value : undefined),
    ],
  ],
  expansions: [['langsmith.usage_metadata', usageCounts]],
};

/** Langfuse: observations. */
export const langfuse: Dialect = {
  rules: [
    ['langfuse.observation.type', GEN_AI_OPERATION_NAME, operationName],
    ['langfuse.observation.model.name', GEN_AI_REQUEST_MODEL],
    ['langfuse.session.id', GEN_AI_CONVERSATION_ID],
    [
      'langfuse.trace.name',
      GEN_AI_AGENT_NAME,
      (value, { 'langfuse.observation.type': type }) => (type === 'agent' ? value : undefined),
    ],
  ],
  expansions: [
    ['langfuse.observation.usage_details', usageDetails],
    ['langfuse.observation.model.parameters', requestParameters],
  ],
};
