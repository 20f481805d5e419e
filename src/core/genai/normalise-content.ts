import type { Attributes, AttributeValue } from '@opentelemetry/api';
import {
  GEN_AI_INPUT_MESSAGES,
  GEN_AI_OUTPUT_MESSAGES,
  GEN_AI_SYSTEM_INSTRUCTIONS,
  GEN_AI_TOOL_CALL_ARGUMENTS,
  GEN_AI_TOOL_CALL_RESULT,
  GEN_AI_TOOL_DEFINITIONS,
} from '../attributes.ts';
import type { ContentPolicy } from './content-policy.ts';
import { unflatten } from './indexed.ts';
import { textPart, toMessages } from './messages.ts';
import { isMap, text } from './rule.ts';

/** Where the dialects keep what went in and came out of a call, in the order of how much they say. */
const INPUTS = [
  'ai.prompt.messages',
  'ai.prompt',
  'gen_ai.prompt',
  'gcp.vertex.agent.llm_request',
  'langfuse.observation.input',
  'traceloop.entity.input',
  'input.value',
  'ai.value',
  'ai.values',
];
const OUTPUTS = [
  'ai.response.text',
  'ai.response.object',
  'ai.result.text',
  'ai.result.object',
  'gen_ai.completion',
  'gcp.vertex.agent.llm_response',
  'langfuse.observation.output',
  'traceloop.entity.output',
  'output.value',
];
const ARGUMENTS = [
  'ai.toolCall.args',
  'ai.toolCall.input',
  'gcp.vertex.agent.tool_call_args',
  'tool_call.function.arguments',
  'tool.parameters',
  'langfuse.observation.input',
  'gen_ai.prompt',
  'traceloop.entity.input',
  'input.value',
];
const RESULTS = [
  'ai.toolCall.result',
  'ai.toolCall.output',
  'gcp.vertex.agent.tool_response',
  'langfuse.observation.output',
  'gen_ai.completion',
  'traceloop.entity.output',
  'output.value',
];

/**
 * The content of a span under the conventions' names, as JSON texts, from every dialect; only what is absent, and only
 * what the policy lets in. Not redacted, not cut yet. Asked only where some content is on.
 */
export function normaliseContent(attributes: Attributes, isTool: boolean, policy: ContentPolicy): Attributes {
  const found: Attributes = {};
  if (isTool) {
    if (policy.tools) {
      set(GEN_AI_TOOL_CALL_ARGUMENTS, first(attributes, ARGUMENTS));
      set(GEN_AI_TOOL_CALL_RESULT, first(attributes, RESULTS));
    }
    return found;
  }
  if (policy.prompts) {
    const system = parse(attributes['ai.prompt']);
    if (isMap(system) && text(system.system) !== undefined) {
      set(GEN_AI_SYSTEM_INSTRUCTIONS, JSON.stringify([textPart(String(system.system))]));
    }
    setMessages(
      GEN_AI_INPUT_MESSAGES,
      'user',
      ['gen_ai.prompt.', 'llm.input_messages.', 'llm.prompts.'],
      INPUTS,
    );
  }
  if (policy.completions) {
    const flat = ['gen_ai.completion.', 'llm.output_messages.', 'llm.completions.'];
    setMessages(GEN_AI_OUTPUT_MESSAGES, 'assistant', flat, OUTPUTS);
  }
  if (policy.tools) {
    const tools = unflatten(attributes, 'llm.tools.') ?? unflatten(attributes, 'llm.request.functions.');
    const listed = attributes['ai.prompt.tools'];
    const given = tools ?? (Array.isArray(listed) ? listed.map((each) => parse(each)) : undefined);
    if (given !== undefined) set(GEN_AI_TOOL_DEFINITIONS, JSON.stringify(given));
  }
  return found;

  function set(key: string, value: AttributeValue | undefined): void {
    if (value !== undefined && attributes[key] === undefined) found[key] = value;
  }

  function setMessages(
    key: string,
    role: 'user' | 'assistant',
    flat: readonly string[],
    whole: readonly string[],
  ): void {
    if (attributes[key] !== undefined) return;
    let given: unknown;
    for (const prefix of flat) given ??= unflatten(attributes, prefix);
    given ??= parse(first(attributes, whole));
    const calls = role === 'assistant' ? parse(attributes['ai.response.toolCalls']) : undefined;
    if (Array.isArray(calls))
      given = { role, content: typeof given === 'string' ? given : '', tool_calls: calls };
    const messages = toMessages(given, role);
    if (messages.length > 0) found[key] = JSON.stringify(messages);
  }
}

function first(attributes: Attributes, keys: readonly string[]): AttributeValue | undefined {
  for (const key of keys) if (attributes[key] !== undefined && attributes[key] !== '') return attributes[key];
  return undefined;
}

function parse(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{"]/.test(value) || value.length > 2_097_152) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
