import type { Attributes } from '@opentelemetry/api';
import {
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
} from '../../src/core/attributes.ts';
import { providerName } from '../../src/core/genai/names.ts';

/** A model of LangChain, as far as it is looked at. */
export interface Model {
  readonly caller?: unknown;
  readonly disableStreaming?: unknown;
  readonly model?: unknown;
  readonly modelName?: unknown;
  getLsParams?(options: unknown): unknown;
  invocationParams?(options: unknown): unknown;
  _modelType?(): unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** Names of a setting, as `getLsParams` and providers' `invocationParams` have them. */
const NUMBERS: readonly (readonly [string, readonly string[]])[] = [
  [GEN_AI_REQUEST_TEMPERATURE, ['ls_temperature', 'temperature']],
  [GEN_AI_REQUEST_MAX_TOKENS, ['ls_max_tokens', 'max_tokens', 'max_completion_tokens', 'max_output_tokens']],
  [GEN_AI_REQUEST_TOP_P, ['top_p', 'topP']],
  [GEN_AI_REQUEST_TOP_K, ['top_k', 'topK']],
  [GEN_AI_REQUEST_FREQUENCY_PENALTY, ['frequency_penalty']],
  [GEN_AI_REQUEST_PRESENCE_PENALTY, ['presence_penalty']],
  [GEN_AI_REQUEST_SEED, ['seed']],
];

/** What LangChain's packages call providers, where that is no name of the table. */
const PROVIDERS: Readonly<Record<string, string>> = {
  google_genai: 'gcp.gemini',
  google_vertexai: 'gcp.vertex_ai',
};

/** Who is asked for what, never with which words. What a model cannot tell is left out. */
export function requestAttributes(
  model: Model,
  options: unknown,
): { operation: string; attributes: Attributes } {
  const described = fieldsOf(() => model.getLsParams?.(options ?? {}));
  const params = fieldsOf(() => model.invocationParams?.(options ?? {}));
  const settings: Fields = { ...params, ...described };
  const attributes: Attributes = {};
  const name = [described.ls_model_name, params.model, params.model_name, model.model, model.modelName];
  const found = name.find((each) => typeof each === 'string' && each !== '');
  if (found !== undefined) attributes[GEN_AI_REQUEST_MODEL] = found as string;
  const provider = described.ls_provider;
  if (typeof provider === 'string') {
    attributes[GEN_AI_PROVIDER_NAME] = PROVIDERS[provider] ?? providerName(provider) ?? provider;
  }
  for (const [key, names] of NUMBERS) {
    const value = names.map((each) => settings[each]).find((each) => typeof each === 'number');
    if (value !== undefined) attributes[key] = value as number;
  }
  const stop = [described.ls_stop, params.stop].find((each) => Array.isArray(each) && each.length > 0);
  if (stop !== undefined) {
    attributes[GEN_AI_REQUEST_STOP_SEQUENCES] = (stop as unknown[])
      .filter((each) => typeof each === 'string')
      .slice(0, 16);
  }
  const isChat = model._modelType === undefined || model._modelType() === 'base_chat_model';
  return { operation: isChat ? 'chat' : 'text_completion', attributes };
}

/** These are the provider package's code, or the app's: what they throw costs the attributes. */
function fieldsOf(read: () => unknown): Fields {
  try {
    const value = read();
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}
