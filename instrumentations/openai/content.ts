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
  call.content('prompts', GEN_AI_INPUT_MESSAGES, () =>
    messagesOf(body.messages ?? body.input ?? body.prompt),
  );
  if (typeof body.instructions === 'string') {
    call.content('prompts', GEN_AI_SYSTEM_INSTRUCTIONS, () => partsOf(body.instructions));
  }
  if (Array.isArray(body.tools)) call.content('tools', GEN_AI_TOOL_DEFINITIONS, () => body.tools);
}

/** Gathers the text of an answer, whole or in chunks; undefined where the policy has it off. */
export function answerContent(call: GenAiCall): ((data: unknown) => void) | undefined {
  if (!contentPolicy().completions) return undefined;
  const gathered = new GatheredAnswer();
  let whole: Message[] | undefined;
  call.beforeEnd = () =>
    call.content('completions', GEN_AI_OUTPUT_MESSAGES, () => whole ?? gathered.messages());
  return (data) => {
    if (!isJson(data)) return;
    const response = isJson(data.response) ? data.response : data;
    if (response.object === 'response' && list(response.output).length > 0)
      whole = responseMessages(response);
    else if (data.object === 'chat.completion' || data.object === 'text_completion')
      whole = wholeMessages(data);
    else if (data.type === 'response.output_text.delta') gathered.text(0, data.delta);
    else gatherChunk(gathered, data);
  };
}

function wholeMessages(data: Json): Message[] {
  return list(data.choices).map((choice) =>
    messageOf(
      choice.message ?? choice.text,
      'assistant',
      typeof choice.finish_reason === 'string' ? choice.finish_reason : undefined,
    ),
  );
}

function responseMessages(response: Json): Message[] {
  const parts = list(response.output).flatMap((item) =>
    item.type === 'message' ? partsOf(item.content) : item.type === 'reasoning' ? [] : partsOf(item),
  );
  return [{ role: 'assistant', parts }];
}

function gatherChunk(gathered: GatheredAnswer, data: Json): void {
  for (const choice of list(data.choices)) {
    const index = typeof choice.index === 'number' ? choice.index : 0;
    const delta = isJson(choice.delta) ? choice.delta : {};
    gathered.text(index, delta.content ?? choice.text);
    gathered.reasoning(index, delta.reasoning_content);
    gathered.finish(index, choice.finish_reason);
    for (const tool of list(delta.tool_calls)) {
      const { name, arguments: args } = isJson(tool.function) ? tool.function : {};
      gathered.tool(index, typeof tool.index === 'number' ? tool.index : 0, { id: tool.id, name, args });
    }
  }
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
