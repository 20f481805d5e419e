import {
  GEN_AI_INPUT_MESSAGES,
  GEN_AI_OUTPUT_MESSAGES,
  GEN_AI_SYSTEM_INSTRUCTIONS,
  GEN_AI_TOOL_DEFINITIONS,
} from '../../src/core/attributes.ts';
import { contentPolicy } from '../../src/core/genai/content-policy.ts';
import { GatheredAnswer } from '../gathered-answer.ts';
import type { GenAiCall } from '../genai-call.ts';
import { type Message, messageOf, messagesOf, partsOf } from '../genai-messages.ts';

type Json = Record<string, unknown>;

/** Records what the model was given, as far as the policy lets it. */
export function recordRequest(call: GenAiCall, body: unknown): void {
  if (!isJson(body)) return;
  call.content('prompts', GEN_AI_INPUT_MESSAGES, () => messagesOf(body.messages ?? body.prompt));
  if (body.system !== undefined) {
    call.content('prompts', GEN_AI_SYSTEM_INSTRUCTIONS, () => partsOf(body.system));
  }
  if (Array.isArray(body.tools)) call.content('tools', GEN_AI_TOOL_DEFINITIONS, () => body.tools);
}

/** Gathers the text of an answer, whole or in events; undefined where the policy has it off. */
export function answerContent(call: GenAiCall): ((data: unknown) => void) | undefined {
  if (!contentPolicy().completions) return undefined;
  const gathered = new GatheredAnswer();
  let whole: Message[] | undefined;
  call.beforeEnd = () =>
    call.content('completions', GEN_AI_OUTPUT_MESSAGES, () => whole ?? gathered.messages());
  return (data) => {
    if (!isJson(data)) return;
    if (data.type === 'message') {
      const reason = typeof data.stop_reason === 'string' ? data.stop_reason : undefined;
      whole = [messageOf(data, 'assistant', reason)];
    } else gatherEvent(gathered, data);
  };
}

function gatherEvent(gathered: GatheredAnswer, event: Json): void {
  const slot = typeof event.index === 'number' ? event.index : 0;
  const delta = isJson(event.delta) ? event.delta : {};
  const block = isJson(event.content_block) ? event.content_block : {};
  if (block.type === 'tool_use') gathered.tool(0, slot, { id: block.id, name: block.name });
  if (delta.type === 'text_delta') gathered.text(0, delta.text);
  else if (delta.type === 'thinking_delta') gathered.reasoning(0, delta.thinking);
  else if (delta.type === 'input_json_delta') gathered.tool(0, slot, { args: delta.partial_json });
  else if (event.type === 'message_delta') gathered.finish(0, delta.stop_reason);
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
