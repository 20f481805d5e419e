import type { Attributes } from '@opentelemetry/api';
import {
  GEN_AI_EMBEDDINGS_DIMENSION_COUNT,
  GEN_AI_OUTPUT_TYPE,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_CHOICE_COUNT,
  GEN_AI_REQUEST_FREQUENCY_PENALTY,
  GEN_AI_REQUEST_MAX_TOKENS,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_REQUEST_PRESENCE_PENALTY,
  GEN_AI_REQUEST_REASONING_LEVEL,
  GEN_AI_REQUEST_SEED,
  GEN_AI_REQUEST_STOP_SEQUENCES,
  GEN_AI_REQUEST_TEMPERATURE,
  GEN_AI_REQUEST_TOP_K,
  GEN_AI_REQUEST_TOP_P,
  SERVER_ADDRESS,
  SERVER_PORT,
} from '../../src/core/attributes.ts';
import { providerOf } from '../genai-provider.ts';

type Json = Record<string, unknown>;

/** The client behind `models`, as far as it matters. */
export interface ApiClient {
  isVertexAI?: () => boolean;
  getRequestUrl?: () => string;
  getBaseUrl?: () => string;
  apiCall?: unknown;
}

const NUMBERS: readonly (readonly [string, string])[] = [
  ['maxOutputTokens', GEN_AI_REQUEST_MAX_TOKENS],
  ['temperature', GEN_AI_REQUEST_TEMPERATURE],
  ['topP', GEN_AI_REQUEST_TOP_P],
  ['topK', GEN_AI_REQUEST_TOP_K],
  ['seed', GEN_AI_REQUEST_SEED],
  ['frequencyPenalty', GEN_AI_REQUEST_FREQUENCY_PENALTY],
  ['presencePenalty', GEN_AI_REQUEST_PRESENCE_PENALTY],
  ['outputDimensionality', GEN_AI_EMBEDDINGS_DIMENSION_COUNT],
];

/** The attributes of a request: who is asked for what, never with which words. */
export function requestAttributes(params: unknown, client: ApiClient): Attributes {
  const fallback = client.isVertexAI?.() === true ? 'gcp.vertex_ai' : 'gcp.gemini';
  const baseURL = client.getBaseUrl?.();
  const { provider, address, port } = providerOf({ baseURL }, fallback);
  const attributes: Attributes = { [GEN_AI_PROVIDER_NAME]: provider };
  if (address !== undefined) attributes[SERVER_ADDRESS] = address;
  if (port !== undefined) attributes[SERVER_PORT] = port;
  if (!isJson(params)) return attributes;
  if (typeof params.model === 'string') attributes[GEN_AI_REQUEST_MODEL] = modelName(params.model);
  const config = isJson(params.config) ? params.config : {};
  for (const [field, key] of NUMBERS) {
    const value = config[field];
    if (typeof value === 'number') attributes[key] = value;
  }
  const count = config.candidateCount;
  if (typeof count === 'number' && count !== 1) attributes[GEN_AI_REQUEST_CHOICE_COUNT] = count;
  if (Array.isArray(config.stopSequences)) {
    attributes[GEN_AI_REQUEST_STOP_SEQUENCES] = config.stopSequences
      .filter((each): each is string => typeof each === 'string')
      .slice(0, 16);
  }
  if (config.responseMimeType === 'application/json') attributes[GEN_AI_OUTPUT_TYPE] = 'json';
  const thinking = isJson(config.thinkingConfig) ? config.thinkingConfig.thinkingLevel : undefined;
  if (typeof thinking === 'string') attributes[GEN_AI_REQUEST_REASONING_LEVEL] = thinking.toLowerCase();
  return attributes;
}

/** `models/gemini-3` and `projects/…/models/gemini-3` are one model. */
function modelName(model: string): string {
  return /^(?:models|projects|publishers)\//.test(model) ? model.slice(model.lastIndexOf('/') + 1) : model;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
