import { expect, test } from 'vitest';
import { makeBundle } from '../../src/bundles/index.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { markdown } from '../../src/formats/markdown/index.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { SERVICE, story } from '../analyses/run.ts';
import type { StorySpan } from '../traces/otlp.ts';

const CALL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-5-mini',
};

/** The lines of the section about model calls. */
async function lines(spans: readonly StorySpan[]): Promise<string[]> {
  const { spans: decoded } = decodeLine(story.spans(SERVICE, spans));
  const text = markdown.render(await makeBundle(new MemorySource(decoded), story.traceId));
  return /## Model calls\n```text\n([\s\S]*?)\n```/.exec(text)?.[1]?.split('\n') ?? [];
}

const call = (attributes: StorySpan['attributes'], rest: Partial<StorySpan> = {}): StorySpan[] => [
  { id: 1, name: 'chat', kind: 3, at: 0, ms: 900, attributes: { ...CALL, ...attributes }, ...rest },
];

test('formats: a model call is one line with tokens, cost, first chunk and why it ended', async () => {
  const facts = {
    'gen_ai.usage.input_tokens': 1200,
    'gen_ai.usage.output_tokens': 150,
    'gen_ai.usage.cache_read.input_tokens': 1000,
    'gen_ai.usage.reasoning.output_tokens': 64,
    'gen_ai.response.time_to_first_chunk': 0.25,
    'gen_ai.response.finish_reasons': ['stop'],
    'agentlog.gen_ai.cost_usd': 0.000375,
  };
  expect(await lines(call(facts))).toEqual([
    '#1 chat gpt-5-mini by openai 900ms first chunk 250ms tokens 1200→150 cached 1000 reasoning 64 cost $0.000375 finish stop',
    'total cost $0.000375',
  ]);
});

test.each([
  [{ 'http.response.status_code': 429, 'error.type': 'rate_limit_exceeded' }, 'RATE LIMITED', true],
  [{ 'error.type': 'APIConnectionTimeoutError' }, 'TIMED OUT', true],
  [{ 'gen_ai.response.finish_reasons': ['content_filter'] }, 'FILTERED', false],
  [{ 'gen_ai.response.finish_reasons': ['SAFETY'] }, 'FILTERED', false],
  [{ 'gen_ai.response.finish_reasons': ['length'] }, 'CUT AT MAX TOKENS', false],
  [{ 'gen_ai.response.finish_reasons': ['max_tokens'] }, 'CUT AT MAX TOKENS', false],
])('formats: what went wrong with a model call stands in its line: %j', async (attributes, said, fails) => {
  const [line] = await lines(call(attributes, fails ? { error: 'no' } : {}));
  expect(line).toContain(said);
  expect(line?.includes('ERROR')).toBe(fails);
});

test('formats: status, retries and the wait that was asked for stand in the line of a failed call', async () => {
  const attributes = {
    'error.type': 'overloaded_error',
    'http.response.status_code': 529,
    'http.request.resend_count': 2,
    'agentlog.gen_ai.retry.after_s': 3,
  };
  const [line] = await lines(call(attributes, { error: 'overloaded' }));
  expect(line).toMatch(/attempts 3 ERROR overloaded_error status 529 retry after 3s$/);
});

test('formats: a call in the names of a library is read like any other', async () => {
  const attributes = {
    'ai.operationId': 'ai.generateText.doGenerate',
    'ai.model.provider': 'openai.chat',
    'ai.model.id': 'gpt-5-mini',
    'ai.usage.inputTokens': 12,
    'ai.usage.outputTokens': 3,
  };
  const [line] = await lines([{ id: 1, name: 'ai.generateText', at: 0, ms: 5, attributes }]);
  expect(line).toBe('#1 chat gpt-5-mini by openai 5ms tokens 12→3');
});
