import type { Attributes } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { hasGenAiKey } from '../../../src/core/genai/namespaces.ts';
import { normaliseGenAi } from '../../../src/core/genai/normalise.ts';

const normalise = (attributes: Attributes): Attributes => normaliseGenAi(attributes).found;

test('genai: spans that are none of its kind are left alone', () => {
  expect(hasGenAiKey({ 'http.request.method': 'GET', 'db.query.text': 'SELECT 1' })).toBe(false);
  expect(hasGenAiKey({ 'gen_ai.operation.name': 'chat' })).toBe(true);
  expect(hasGenAiKey({ 'ai.operationId': 'ai.generateText' })).toBe(true);
  expect(hasGenAiKey({ 'openinference.span.kind': 'LLM' })).toBe(true);
});

test('genai: older names get the current ones beside them', () => {
  expect(
    normalise({
      'gen_ai.system': 'MistralAI',
      'llm.request.type': 'chat',
      'gen_ai.usage.prompt_tokens': 10,
      'gen_ai.usage.completion_tokens': 4,
      'gen_ai.usage.cache_creation_input_tokens': 2,
      'gen_ai.openai.request.seed': 3,
    }),
  ).toEqual({
    'gen_ai.provider.name': 'mistral_ai',
    'gen_ai.operation.name': 'chat',
    'gen_ai.usage.input_tokens': 10,
    'gen_ai.usage.output_tokens': 4,
    'gen_ai.usage.cache_write.input_tokens': 2,
    'gen_ai.request.seed': 3,
  });
});

test('genai: a current name that is there is never changed by an older one', () => {
  expect(
    normalise({
      'gen_ai.provider.name': 'openai',
      'gen_ai.system': 'azure',
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.prompt_tokens': 9,
    }),
  ).toEqual({});
});

test.each([
  ['az.ai.openai', 'azure.ai.openai'],
  ['OpenAI', 'openai'],
  ['vertex_ai', 'gcp.vertex_ai'],
  ['amazon-bedrock', 'aws.bedrock'],
  ['xai', 'x_ai'],
  ['Some New One', 'some new one'],
])('genai: provider %s is %s', (system, provider) => {
  expect(normalise({ 'gen_ai.system': system })).toEqual({ 'gen_ai.provider.name': provider });
});

test('genai: input includes what came from the cache, output includes reasoning', () => {
  expect(
    normalise({
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.cache_read.input_tokens': 90,
      'gen_ai.usage.cache_write.input_tokens': 5,
      'gen_ai.usage.output_tokens': 3,
      'gen_ai.usage.reasoning.output_tokens': 20,
    }),
  ).toEqual({ 'gen_ai.usage.input_tokens': 105, 'gen_ai.usage.output_tokens': 23 });
  expect(normalise({ 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.cache_read.input_tokens': 90 })).toEqual(
    {},
  );
});

test('genai: a count that is no count is left as it is', () => {
  expect(normalise({ 'gen_ai.usage.input_tokens': 'many', 'gen_ai.usage.output_tokens': -1 })).toEqual({});
});
