import { expect, test } from 'vitest';
import { contentKind } from '../../../src/core/genai/content.ts';

test.each([
  'gen_ai.input.messages',
  'gen_ai.prompt.0.content',
  'gen_ai.completion.12.tool_calls.0.arguments',
  'ai.prompt.messages',
  'ai.response.text',
  'llm.input_messages.0.message.content',
  'input.value',
  'traceloop.entity.output',
  'retrieval.documents.3.document.content',
  'langfuse.observation.input',
])('genai content: %s is content', (key) => expect(contentKind(key, 'text')).toBeDefined());

test.each([
  'gen_ai.prompt.name',
  'gen_ai.output.type',
  'gen_ai.tool.name',
  'llm.model_name',
  'ai.response.model',
  'input.mime_type',
])('genai content: %s is not', (key) => expect(contentKind(key, 'text')).toBeUndefined());
