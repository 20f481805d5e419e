import { expect, test } from 'vitest';
import { isGenAi, normaliseGenAi } from '../../../src/core/genai/normalise.ts';

test('genai: spans that are none of its kind are left alone', () => {
  expect(isGenAi({ 'http.request.method': 'GET', 'db.query.text': 'SELECT 1' })).toBe(false);
  expect(isGenAi({ 'gen_ai.operation.name': 'chat' })).toBe(true);
  expect(isGenAi({ 'ai.operationId': 'ai.generateText' })).toBe(true);
  expect(isGenAi({ 'openinference.span.kind': 'LLM' })).toBe(true);
});

test('genai: older names get the current ones beside them', () => {
  expect(
    normaliseGenAi({
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
    normaliseGenAi({
      'gen_ai.provider.name': 'openai',
      'gen_ai.system': 'azure',
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.prompt_tokens': 9,
    }),
  ).toBeUndefined();
});

test.each([
  ['az.ai.openai', 'azure.ai.openai'],
  ['OpenAI', 'openai'],
  ['vertex_ai', 'gcp.vertex_ai'],
  ['amazon-bedrock', 'aws.bedrock'],
  ['xai', 'x_ai'],
  ['Some New One', 'some new one'],
])('genai: provider %s is %s', (system, provider) => {
  expect(normaliseGenAi({ 'gen_ai.system': system })).toEqual({ 'gen_ai.provider.name': provider });
});

test('genai: input includes what came from the cache, output includes reasoning', () => {
  expect(
    normaliseGenAi({
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.cache_read.input_tokens': 90,
      'gen_ai.usage.cache_write.input_tokens': 5,
      'gen_ai.usage.output_tokens': 3,
      'gen_ai.usage.reasoning.output_tokens': 20,
    }),
  ).toEqual({ 'gen_ai.usage.input_tokens': 105, 'gen_ai.usage.output_tokens': 23 });
  expect(
    normaliseGenAi({ 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.cache_read.input_tokens': 90 }),
  ).toBeUndefined();
});

test('genai: a count that is no count is left as it is', () => {
  expect(
    normaliseGenAi({ 'gen_ai.usage.input_tokens': 'many', 'gen_ai.usage.output_tokens': -1 }),
  ).toBeUndefined();
});
