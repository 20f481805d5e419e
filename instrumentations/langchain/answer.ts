import type { TokenUsage } from '../../src/core/genai/usage.ts';
import type { GenAiCall } from '../genai-call.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Reads a whole result (`generations`, a list for each input); returns its messages. */
export function readResult(call: GenAiCall, result: unknown): unknown[] {
  const { generations, llmOutput } = fields(result);
  const all = Array.isArray(generations) ? generations.flat() : [];
  const outputs = all.map((each) => fields(each).message ?? fields(each).text);
  for (const each of all) {
    readMessage(call, fields(each).message);
    const { finish_reason, finishReason = finish_reason } = fields(fields(each).generationInfo);
    if (fields(each).message === undefined) addReason(call, finishReason);
  }
  const { promptTokens, completionTokens } = fields(fields(llmOutput).tokenUsage);
  call.completion.usage ??= { inputTokens: number(promptTokens), outputTokens: number(completionTokens) };
  return outputs;
}

/** One chunk of a stream: a chunk of a message, or of a text. */
export function readChunk(call: GenAiCall, chunk: unknown): void {
  readMessage(call, chunk);
}

function readMessage(call: GenAiCall, message: unknown): void {
  const { id, usage_metadata, response_metadata } = fields(message);
  const metadata = fields(response_metadata);
  const { completion } = call;
  // LangChain makes one up for a message without.
  if (typeof id === 'string' && !/^(?:run|lc_run)-/.test(id)) completion.id ??= id;
  const model = metadata.model_name ?? metadata.model;
  if (typeof model === 'string' && model !== '') completion.model = model;
  addReason(call, metadata.finish_reason ?? metadata.stop_reason ?? metadata.finishReason);
  if (typeof usage_metadata === 'object' && usage_metadata !== null) {
    completion.usage = sum(completion.usage, usageOf(fields(usage_metadata)));
  }
}

function addReason({ completion }: GenAiCall, reason: unknown): void {
  if (typeof reason === 'string' && reason !== '') completion.finishReasons = [reason];
}

function usageOf(usage: Fields): TokenUsage {
  const input = fields(usage.input_token_details);
  const output = fields(usage.output_token_details);
  return {
    inputTokens: number(usage.input_tokens),
    outputTokens: number(usage.output_tokens),
    cacheReadTokens: number(input.cache_read),
    cacheWriteTokens: number(input.cache_creation),
    reasoningTokens: number(output.reasoning),
  };
}

/** Some providers count the input with the first chunk and the output with the last. */
function sum(a: TokenUsage | undefined, b: TokenUsage): TokenUsage {
  if (a === undefined) return b;
  const total: TokenUsage = { ...a };
  for (const [key, value] of Object.entries(b) as [keyof TokenUsage, number | undefined][]) {
    if (value !== undefined) total[key] = (total[key] ?? 0) + value;
  }
  return total;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
