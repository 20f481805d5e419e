import type { Attributes } from '@opentelemetry/api';
import {
  GEN_AI_CONVERSATION_ID,
  GEN_AI_EMBEDDINGS_DIMENSION_COUNT,
  GEN_AI_OUTPUT_TYPE,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_CHOICE_COUNT,
  GEN_AI_REQUEST_ENCODING_FORMATS,
  GEN_AI_REQUEST_FREQUENCY_PENALTY,
  GEN_AI_REQUEST_MAX_TOKENS,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_REQUEST_PRESENCE_PENALTY,
  GEN_AI_REQUEST_PREVIOUS_RESPONSE_ID,
  GEN_AI_REQUEST_REASONING_LEVEL,
  GEN_AI_REQUEST_SEED,
  GEN_AI_REQUEST_STOP_SEQUENCES,
  GEN_AI_REQUEST_STREAM,
  GEN_AI_REQUEST_TEMPERATURE,
  GEN_AI_REQUEST_TOP_P,
  SERVER_ADDRESS,
  SERVER_PORT,
} from '../../src/core/attributes.ts';
import { providerOf } from '../genai-provider.ts';

type Json = Record<string, unknown>;

const NUMBERS: readonly (readonly [string, string])[] = [
  ['max_tokens', GEN_AI_REQUEST_MAX_TOKENS],
  ['max_completion_tokens', GEN_AI_REQUEST_MAX_TOKENS],
  ['max_output_tokens', GEN_AI_REQUEST_MAX_TOKENS],
  ['temperature', GEN_AI_REQUEST_TEMPERATURE],
  ['top_p', GEN_AI_REQUEST_TOP_P],
  ['frequency_penalty', GEN_AI_REQUEST_FREQUENCY_PENALTY],
  ['presence_penalty', GEN_AI_REQUEST_PRESENCE_PENALTY],
  ['seed', GEN_AI_REQUEST_SEED],
  ['dimensions', GEN_AI_EMBEDDINGS_DIMENSION_COUNT],
];

/** The attributes of a request: who is asked for what, never with which words. */
export function requestAttributes(
  operation: 'chat' | 'text_completion' | 'embeddings',
  body: unknown,
  client: unknown,
): Attributes {
  const { provider, address, port } = providerOf(client);
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
  if (typeof body.n === 'number' && body.n !== 1) attributes[GEN_AI_REQUEST_CHOICE_COUNT] = body.n;
  const stop = strings(body.stop);
  if (stop !== undefined) attributes[GEN_AI_REQUEST_STOP_SEQUENCES] = stop;
  setText(
    attributes,
    GEN_AI_REQUEST_REASONING_LEVEL,
    body.reasoning_effort ?? field(body.reasoning, 'effort'),
  );
  setText(attributes, GEN_AI_REQUEST_PREVIOUS_RESPONSE_ID, body.previous_response_id);
  setText(attributes, GEN_AI_CONVERSATION_ID, field(body.conversation, 'id') ?? body.conversation);
  setText(attributes, GEN_AI_OUTPUT_TYPE, outputType(body));
  if (operation === 'embeddings') {
    const formats = strings(body.encoding_format);
    if (formats !== undefined) attributes[GEN_AI_REQUEST_ENCODING_FORMATS] = formats;
  }
  return attributes;
}

function outputType(body: Json): string | undefined {
  const format = field(body.response_format, 'type') ?? field(field(body.text, 'format'), 'type');
  if (format === 'json_object' || format === 'json_schema') return 'json';
  return format === 'text' ? 'text' : undefined;
}

function setText(attributes: Attributes, key: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') attributes[key] = value;
}

function strings(value: unknown): string[] | undefined {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return undefined;
  return value.filter((item): item is string => typeof item === 'string').slice(0, 16);
}

function field(value: unknown, name: string): unknown {
  return isJson(value) ? value[name] : undefined;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
