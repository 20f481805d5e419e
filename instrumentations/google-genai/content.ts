import {
  GEN_AI_INPUT_MESSAGES,
  GEN_AI_OUTPUT_MESSAGES,
  GEN_AI_SYSTEM_INSTRUCTIONS,
  GEN_AI_TOOL_DEFINITIONS,
} from '../../src/core/attributes.ts';
import { contentPolicy } from '../../src/core/genai/content-policy.ts';
import { GatheredAnswer } from '../gathered-answer.ts';
import type { GenAiCall } from '../genai-call.ts';
import { messagesOf, partsOf } from '../genai-messages.ts';

type Json = Record<string, unknown>;

/** Records what the model was given, as far as the policy lets it. */
export function recordRequest(call: GenAiCall, params: unknown): void {
  if (!isJson(params)) return;
  call.content('prompts', GEN_AI_INPUT_MESSAGES, () => messagesOf(params.contents ?? params.content));
  const { systemInstruction, tools } = isJson(params.config) ? params.config : {};
  if (systemInstruction !== undefined) {
    call.content('prompts', GEN_AI_SYSTEM_INSTRUCTIONS, () => partsOf(systemInstruction));
  }
  if (Array.isArray(tools)) call.content('tools', GEN_AI_TOOL_DEFINITIONS, () => tools);
}

/** Gathers the text of an answer, whole or in chunks; undefined where the policy has it off. */
export function answerContent(call: GenAiCall): ((data: unknown) => void) | undefined {
  if (!contentPolicy().completions) return undefined;
  const gathered = new GatheredAnswer();
  let slot = 0;
  call.beforeEnd = () => call.content('completions', GEN_AI_OUTPUT_MESSAGES, () => gathered.messages());
  return (data) => {
    if (!isJson(data) || !Array.isArray(data.candidates)) return;
    for (const candidate of data.candidates.filter(isJson)) {
      const index = typeof candidate.index === 'number' ? candidate.index : 0;
      const parts = isJson(candidate.content) ? candidate.content.parts : undefined;
      for (const part of (Array.isArray(parts) ? parts : []).filter(isJson)) {
        if (part.thought === true) gathered.reasoning(index, part.text);
        else gathered.text(index, part.text);
        if (!isJson(part.functionCall)) continue;
        const { id, name, args } = part.functionCall;
        gathered.tool(index, slot++, { id, name, args: JSON.stringify(args ?? {}) });
      }
      const reason = candidate.finishReason;
      gathered.finish(index, typeof reason === 'string' ? reason.toLowerCase() : undefined);
    }
  };
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
