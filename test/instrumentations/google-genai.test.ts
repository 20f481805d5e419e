import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGoogle } from '../stand-ins/google.ts';
import { scenarios } from './apps/google-scenarios.mjs';
import { capabilitiesOf, declaredFor } from './genai-capabilities.ts';
import type { AppRun, RecordedSpan } from './run-app.ts';
import { modelCalls, ScenarioRuns } from './scenario-runs.ts';

const SCENARIOS = Object.keys(scenarios);
const client = new ScenarioRuns({
  app: 'google',
  library: '@google/genai',
  version: '3',
  older: { version: '2', alias: 'google-genai-2' },
  scenarios: SCENARIOS,
  start: startGoogle,
});
const { variants: VARIANTS, runs, bare } = client;

beforeAll(() => client.start(), 120_000);
afterAll(() => client.close());

function only(variant: string, model: string, operation = 'generate_content'): RecordedSpan {
  return client.only(variant, `${operation} ${model}`);
}

test.each(VARIANTS)('google: %s: the app sees exactly what it sees without us', (variant) => {
  expect(bare[variant]).toMatchObject({ code: 0 });
  const lines = (run: AppRun | undefined) => run?.output.split('\n').filter(Boolean);
  expect(lines(bare[variant])).toHaveLength(SCENARIOS.length);
  expect(lines(runs[variant])).toEqual(lines(bare[variant]));
  expect(runs[variant]).toMatchObject({ code: 0, errors: bare[variant]?.errors });
});

test.each(VARIANTS)('google: %s: a call is one CLIENT span with the names of the conventions', (variant) => {
  expect(modelCalls(runs[variant])).toHaveLength(SCENARIOS.length);
  const span = only(variant, 'plain');
  expect(span).toMatchObject({ kind: 2, status: { code: 0 }, events: [] });
  expect(span.attributes).toEqual({
    'gen_ai.operation.name': 'generate_content',
    'gen_ai.provider.name': 'gcp.gemini',
    'gen_ai.request.model': 'plain',
    'gen_ai.request.max_tokens': 64,
    'gen_ai.request.temperature': 0.5,
    'gen_ai.request.top_k': 4,
    'gen_ai.request.top_p': 0.9,
    'gen_ai.request.seed': 7,
    'gen_ai.request.choice.count': 2,
    'gen_ai.request.stop_sequences': ['END'],
    'gen_ai.output.type': 'json',
    'gen_ai.response.id': 'g_1',
    'gen_ai.response.model': 'plain-2026',
    'gen_ai.response.finish_reasons': ['stop'],
    // Thoughts and what tools put into the prompt are counted apart by the provider.
    'gen_ai.usage.input_tokens': 34,
    'gen_ai.usage.output_tokens': 12,
    'gen_ai.usage.cache_read.input_tokens': 12,
    'gen_ai.usage.reasoning.output_tokens': 5,
    'server.address': '127.0.0.1',
    'server.port': client.port,
  });
  const children = runs[variant]?.spans.filter((each) => each.parentSpanId === span.spanId);
  expect(children?.map((each) => each.attributes['http.request.method'])).toEqual(['POST']);
});

test.each(VARIANTS)('google: %s: chats and streams have usage and first chunk', (variant) => {
  expect(only(variant, 'chatted').attributes['gen_ai.usage.output_tokens']).toBe(12);
  for (const model of ['streamed', 'chat-streamed']) {
    const { attributes } = only(variant, model);
    expect(attributes, model).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.output_tokens': 12,
    });
    expect(attributes['gen_ai.response.time_to_first_chunk'], model).toBeGreaterThan(0);
  }
});

test.each(VARIANTS)('google: %s: retries, refusals, blocked and cut answers can be told apart', (variant) => {
  expect(only(variant, 'busy')).toMatchObject({
    status: { code: 0 },
    attributes: { 'http.request.resend_count': 1 },
    events: [
      {
        name: 'agentlog.gen_ai.retry',
        attributes: { 'agentlog.gen_ai.retry.attempt': 2, 'http.response.status_code': 503 },
      },
    ],
  });
  expect(only(variant, 'limited').attributes).toMatchObject({
    'error.type': 'ApiError',
    'http.response.status_code': 429,
    'agentlog.gen_ai.retry.after_s': 7,
  });
  expect(only(variant, 'refuses').attributes['http.response.status_code']).toBe(400);
  expect(only(variant, 'blocked').attributes['gen_ai.response.finish_reasons']).toEqual(['content_filter']);
  expect(only(variant, 'cut').attributes['gen_ai.response.finish_reasons']).toEqual(['max_tokens']);
  expect(only(variant, 'slow')).toMatchObject({
    status: { code: 2 },
    attributes: { 'error.type': 'AbortError' },
  });
});

test.each(VARIANTS)(
  'google: %s: a stream that dies is an error, one left early or never read is none',
  (variant) => {
    for (const model of ['breaks', 'complains']) {
      expect(only(variant, model).status.code, model).toBe(2);
      expect(only(variant, model).attributes['gen_ai.response.finish_reasons'], model).toEqual(['error']);
    }
    expect(only(variant, 'endless').status.code).toBe(0);
    expect(only(variant, 'unread').status.code).toBe(0);
    expect(only(variant, 'embedded', 'embeddings').attributes['gen_ai.embeddings.dimension.count']).toBe(2);
  },
);

test.each(VARIANTS)('google: %s: no word of a question or an answer is in any span', (variant) => {
  const text = JSON.stringify(runs[variant]?.spans);
  expect(text).toContain('generate_content plain');
  expect(text).not.toContain('secret');
  expect(text).not.toContain('whisper');
});

test('google: with content on, messages are written as the conventions write them, and the table is true', async () => {
  const run = await client.run('esm.mjs', {
    args: ['chat,stream,tools'],
    env: { AGENTLOG_GENAI_CONTENT: 'prompts,completions,tools' },
  });
  const [plain, streamed, tools] = modelCalls(run).map(({ attributes }) => attributes);
  expect(JSON.parse(String(plain?.['gen_ai.input.messages']))).toEqual([
    { role: 'user', parts: [{ type: 'text', content: 'a secret question' }] },
  ]);
  expect(String(plain?.['gen_ai.system_instructions'])).toContain('a secret system');
  expect(JSON.parse(String(streamed?.['gen_ai.output.messages']))).toEqual([
    { role: 'assistant', parts: [{ type: 'text', content: 'whisper' }], finish_reason: 'stop' },
  ]);
  expect(JSON.parse(String(tools?.['gen_ai.output.messages']))[0].parts[0]).toEqual({
    type: 'tool_call',
    id: 'call_1',
    name: 'get_weather',
    arguments: { city: 'whisper town' },
  });
  for (const variant of VARIANTS) {
    expect(capabilitiesOf([...modelCalls(runs[variant]), ...modelCalls(run)]), variant).toEqual(
      declaredFor('@google/genai'),
    );
  }
});
