import { GEN_AI_OUTPUT_MESSAGES, SERVER_ADDRESS, SERVER_PORT } from '../../src/core/attributes.ts';
import type { TokenUsage } from '../../src/core/genai/usage.ts';
import type { GenAiCall } from '../genai-call.ts';
import { fieldOf, numberOf, textOf } from './fields.ts';
import { partsOf } from './messages.ts';

/** What a whole answer of a language model says about itself. */
export function readAnswer(call: GenAiCall, result: unknown, recordOutputs: boolean): void {
  readResponse(call, fieldOf(result, 'response'));
  readFinish(call, result);
  if (recordOutputs) recordOutput(call, fieldOf(result, 'content'));
}

export function recordOutput(call: GenAiCall, content: unknown): void {
  call.content('completions', GEN_AI_OUTPUT_MESSAGES, () => [{ role: 'assistant', parts: partsOf(content) }]);
}

export function readResponse(call: GenAiCall, response: unknown): void {
  const { completion } = call;
  const id = textOf(response, 'id');
  const model = textOf(response, 'modelId');
  if (id !== undefined) completion.id = id;
  if (model !== undefined) completion.model = model;
}

export function readFinish(call: GenAiCall, finish: unknown): void {
  const { completion } = call;
  const reason = fieldOf(finish, 'finishReason');
  const text = typeof reason === 'string' ? reason : (textOf(reason, 'raw') ?? textOf(reason, 'unified'));
  if (text !== undefined) completion.finishReasons = [text];
  const usage = fieldOf(finish, 'usage');
  if (usage !== undefined) completion.usage = usageOf(usage);
}

export function readAddress(call: GenAiCall, result: unknown): void {
  const url = URL.parse(textOf(fieldOf(result, 'request'), 'url') ?? '');
  if (url === null) return;
  call.span.setAttribute(SERVER_ADDRESS, url.hostname);
  call.span.setAttribute(
    SERVER_PORT,
    url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port),
  );
}

function usageOf(usage: unknown): TokenUsage {
  const input = fieldOf(usage, 'inputTokens');
  const output = fieldOf(usage, 'outputTokens');
  return {
    inputTokens: numberOf(input, 'total') ?? numberOf(usage, 'tokens') ?? numberOf(usage, 'inputTokens'),
    outputTokens: numberOf(output, 'total') ?? numberOf(usage, 'outputTokens'),
    cacheReadTokens: numberOf(input, 'cacheRead'),
    cacheWriteTokens: numberOf(input, 'cacheWrite'),
    reasoningTokens: numberOf(output, 'reasoning'),
  };
}
