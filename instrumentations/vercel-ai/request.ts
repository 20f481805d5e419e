import type { Attributes } from '@opentelemetry/api';
import {
  GEN_AI_OUTPUT_TYPE,
  GEN_AI_PROVIDER_NAME,
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
} from '../../src/core/attributes.ts';
import { providerName } from '../../src/core/genai/names.ts';
import { fieldOf, numberOf, textOf } from './fields.ts';

const NUMBERS: readonly (readonly [string, string])[] = [
  ['maxOutputTokens', GEN_AI_REQUEST_MAX_TOKENS],
  ['temperature', GEN_AI_REQUEST_TEMPERATURE],
  ['topP', GEN_AI_REQUEST_TOP_P],
  ['topK', GEN_AI_REQUEST_TOP_K],
  ['frequencyPenalty', GEN_AI_REQUEST_FREQUENCY_PENALTY],
  ['presencePenalty', GEN_AI_REQUEST_PRESENCE_PENALTY],
  ['seed', GEN_AI_REQUEST_SEED],
];

/** Who is asked for what, by the event of any operation; never with which words. */
export function modelAttributes(event: unknown): Attributes {
  const attributes: Attributes = {};
  const provider = providerOf(textOf(event, 'provider'));
  if (provider !== undefined) attributes[GEN_AI_PROVIDER_NAME] = provider;
  const model = textOf(event, 'modelId');
  if (model !== undefined) attributes[GEN_AI_REQUEST_MODEL] = model;
  return attributes;
}

/** The settings of a call of a language model. */
export function settingAttributes(event: unknown): Attributes {
  const attributes: Attributes = {};
  for (const [field, key] of NUMBERS) {
    const value = numberOf(event, field);
    if (value !== undefined) attributes[key] = value;
  }
  const stop = fieldOf(event, 'stopSequences');
  if (Array.isArray(stop) && stop.length > 0) {
    attributes[GEN_AI_REQUEST_STOP_SEQUENCES] = stop.filter((each) => typeof each === 'string').slice(0, 16);
  }
  const reasoning = textOf(event, 'reasoning');
  if (reasoning !== undefined) attributes[GEN_AI_REQUEST_REASONING_LEVEL] = reasoning;
  const format = textOf(fieldOf(event, 'responseFormat'), 'type');
  if (format !== undefined) attributes[GEN_AI_OUTPUT_TYPE] = format;
  return attributes;
}

/** `openai.chat` is OpenAI, `google.vertex.chat` is Vertex. */
function providerOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (/^(?:google\.)?vertex\b/.test(text)) return 'gcp.vertex_ai';
  return providerName(text.split('.', 1)[0] as string);
}
