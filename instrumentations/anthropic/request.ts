import type { Attributes } from '@opentelemetry/api';
import {
  GEN_AI_OUTPUT_TYPE,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_MAX_TOKENS,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_REQUEST_REASONING_LEVEL,
  GEN_AI_REQUEST_STOP_SEQUENCES,
  GEN_AI_REQUEST_STREAM,
  GEN_AI_REQUEST_TEMPERATURE,
  GEN_AI_REQUEST_TOP_K,
  GEN_AI_REQUEST_TOP_P,
  SERVER_ADDRESS,
  SERVER_PORT,
} from '../../src/core/attributes.ts';
import { providerOf } from '../genai-provider.ts';

type Json = Record<string, unknown>;

const NUMBERS: readonly (readonly [string, string])[] = [
  ['max_tokens', GEN_AI_REQUEST_MAX_TOKENS],
  ['max_tokens_to_sample', GEN_AI_REQUEST_MAX_TOKENS],
  ['temperature', GEN_AI_REQUEST_TEMPERATURE],
  ['top_p', GEN_AI_REQUEST_TOP_P],
  ['top_k', GEN_AI_REQUEST_TOP_K],
];

/** The attributes of a request: who is asked for what, never with which words. */
export function requestAttributes(body: unknown, client: unknown): Attributes {
  const { provider, address, port } = providerOf(client, 'anthropic');
  const attributes: Attributes = { [GEN_AI_PROVIDER_NAME]: provider };
  if (address !== undefined) attributes[SERVER_ADDRESS] = address;
  if (port !== undefined) attributes[SERVER_PORT] = port;
  if (!isJson(body)) return attributes;
  if (typeof body.model === 'string') attributes[GEN_AI_REQUEST_MODEL] = body.model;
  for (const [field, key] of NUMBERS) {
    const value = body[field];
    if (typeof value === 'number') attributes[key] = value;
  }
  if (body.stream === true) attributes[GEN_AI_REQUEST_STREAM] = true;
  const stop = body.stop_sequences;
  if (Array.isArray(stop)) {
    attributes[GEN_AI_REQUEST_STOP_SEQUENCES] = stop
      .filter((each): each is string => typeof each === 'string')
      .slice(0, 16);
  }
  const output = isJson(body.output_config) ? body.output_config : {};
  if (typeof output.effort === 'string') attributes[GEN_AI_REQUEST_REASONING_LEVEL] = output.effort;
  if (isJson(output.format ?? body.output_format)) attributes[GEN_AI_OUTPUT_TYPE] = 'json';
  return attributes;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
