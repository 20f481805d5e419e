import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAnthropic } from '../stand-ins/anthropic.ts';
import { scenarios } from './apps/anthropic-scenarios.mjs';
import { capabilitiesOf, declaredFor } from './genai-capabilities.ts';
import type { AppRun, RecordedSpan } from './run-app.ts';
import { modelCalls, ScenarioRuns } from './scenario-runs.ts';

const SCENARIOS = Object.keys(scenarios);
const client = new ScenarioRuns({
  app: 'anthropic',
  library: '@anthropic-ai/sdk',
  version: '1',
  older: { version: '0.13x', alias: 'anthropic-0' },
  scenarios: SCENARIOS,
  start: startAnthropic,
});
const { variants: VARIANTS, runs, bare } = client;

beforeAll(() => client.start(), 120_000);
afterAll(() => client.close());

function only(variant: string, model: string): RecordedSpan {
  return client.only(variant, `chat ${model}`);
}

test.each(VARIANTS)('anthropic: %s: the app sees exactly what it sees without us', (variant) => {
  expect(bare[variant]).toMatchObject({ code: 0, errors: '' });
  expect(bare[variant]?.output.split('\n').filter(Boolean)).toHaveLength(SCENARIOS.length);
  const { code, output, errors } = bare[variant] as AppRun;
  expect(runs[variant]).toMatchObject({ code, output, errors });
});

test.each(VARIANTS)('anthropic: %s: one CLIENT span for each call, none of the client itself', (variant) => {
  const spans = modelCalls(runs[variant]);
  expect(new Set(spans.map((span) => span.scope))).toEqual(new Set(['@agentlog/otel/anthropic']));
  expect(spans).toHaveLength(SCENARIOS.length);
  for (const span of spans) expect(span.kind).toBe(2);
});

test.each(VARIANTS)(
  'anthropic: %s: a message has the names of the conventions, its cache in the input',
  (variant) => {
    const span = only(variant, 'plain');
    expect(span).toMatchObject({ status: { code: 0 }, events: [] });
    expect(span.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'plain',
      'gen_ai.request.max_tokens': 64,
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.top_k': 4,
      'gen_ai.request.top_p': 0.9,
      'gen_ai.request.stop_sequences': ['END'],
      'gen_ai.response.id': 'msg_1',
      'gen_ai.response.model': 'plain-2026',
      'gen_ai.response.finish_reasons': ['end_turn'],
      'gen_ai.usage.input_tokens': 35,
      'gen_ai.usage.output_tokens': 7,
      'gen_ai.usage.cache_read.input_tokens': 20,
      'gen_ai.usage.cache_write.input_tokens': 5,
      'gen_ai.usage.reasoning.output_tokens': 3,
      'server.address': '127.0.0.1',
      'server.port': client.port,
    });
  },
);

test.each(VARIANTS)(
  'anthropic: %s: every stream that ends has usage, first chunk and why it ended',
  (variant) => {
    for (const model of ['streamed', 'helped', 'beta-helped', 'teed', 'readable']) {
      const { attributes, status } = only(variant, model);
      expect(attributes, model).toMatchObject({
        'gen_ai.request.stream': true,
        'gen_ai.response.finish_reasons': ['end_turn'],
        'gen_ai.usage.input_tokens': 35,
        'gen_ai.usage.output_tokens': 7,
      });
      expect(attributes['gen_ai.response.time_to_first_chunk'], model).toBeGreaterThan(0);
      expect(status.code, model).toBe(0);
    }
  },
);

test.each(VARIANTS)(
  'anthropic: %s: the HTTP request is below the call, also of a streaming helper',
  (variant) => {
    for (const model of ['plain', 'helped']) {
      const { spanId } = only(variant, model);
      const children = runs[variant]?.spans.filter((span) => span.parentSpanId === spanId);
      expect(
        children?.map((span) => span.attributes['http.request.method']),
        model,
      ).toEqual(['POST']);
    }
  },
);

test.each(VARIANTS)('anthropic: %s: a retry is an event with its attempt and its reason', (variant) => {
  const span = only(variant, 'busy');
  expect(span.status.code).toBe(0);
  expect(span.attributes['http.request.resend_count']).toBe(1);
  expect(span.events).toEqual([
    {
      name: 'agentlog.gen_ai.retry',
      attributes: {
        'agentlog.gen_ai.retry.attempt': 2,
        'agentlog.gen_ai.retry.after_s': 0.002,
        'http.response.status_code': 529,
        'error.type': '529',
      },
    },
  ]);
});

test.each(VARIANTS)(
  'anthropic: %s: errors carry the code of the provider, the status and how long to wait',
  (variant) => {
    expect(only(variant, 'limited')).toMatchObject({
      status: { code: 2 },
      attributes: {
        'error.type': 'rate_limit_error',
        'http.response.status_code': 429,
        'agentlog.gen_ai.retry.after_s': 7,
      },
    });
    expect(only(variant, 'refuses').attributes['error.type']).toBe('invalid_request_error');
    expect(only(variant, 'slow').attributes['error.type']).toBe('APIConnectionTimeoutError');
    expect(only(variant, 'cut').attributes['gen_ai.response.finish_reasons']).toEqual(['max_tokens']);
    expect(only(variant, 'complains').attributes).toMatchObject({
      'error.type': 'overloaded_error',
      'gen_ai.response.finish_reasons': ['error'],
    });
    expect(only(variant, 'breaks').status.code).toBe(2);
  },
);

test.each(VARIANTS)(
  'anthropic: %s: a stream left early is no error, an aborted one is, an unread one ends',
  (variant) => {
    const [left, aborted] = modelCalls(runs[variant]).filter((span) => span.name === 'chat endless');
    expect(left?.status.code).toBe(0);
    expect(left?.attributes['gen_ai.usage.input_tokens']).toBe(35);
    expect(aborted).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': 'AbortError' } });
    expect(only(variant, 'unread').status.code).toBe(0);
  },
);

test.each(VARIANTS)('anthropic: %s: no word of a question or an answer is in any span', (variant) => {
  const text = JSON.stringify(runs[variant]?.spans);
  expect(text).toContain('chat plain');
  expect(text).not.toContain('secret');
  expect(text).not.toContain('whisper');
});

test('anthropic: with content on, messages are written as the conventions write them, and the table is true', async () => {
  const run = await client.run('esm.mjs', {
    args: ['chat,stream,toolStream'],
    env: { AGENTLOG_GENAI_CONTENT: 'prompts,completions,tools' },
  });
  const [plain, streamed, tools] = modelCalls(run).map(({ attributes }) => attributes);
  expect(JSON.parse(String(plain?.['gen_ai.input.messages']))).toEqual([
    { role: 'user', parts: [{ type: 'text', content: 'a secret question' }] },
  ]);
  expect(JSON.parse(String(plain?.['gen_ai.system_instructions']))).toEqual([
    { type: 'text', content: 'a secret system' },
  ]);
  expect(JSON.parse(String(plain?.['gen_ai.output.messages']))).toEqual([
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', content: 'whisper thought' },
        { type: 'text', content: '{"answer":"whisper"}' },
      ],
      finish_reason: 'end_turn',
    },
  ]);
  expect(String(plain?.['gen_ai.tool.definitions'])).toContain('get_weather');
  expect(JSON.parse(String(streamed?.['gen_ai.output.messages']))[0].parts).toEqual([
    { type: 'text', content: 'whisper' },
  ]);
  expect(JSON.parse(String(tools?.['gen_ai.output.messages']))[0].parts[1]).toEqual({
    type: 'tool_call',
    id: 'toolu_1',
    name: 'get_weather',
    arguments: { city: 'whisper town' },
  });
  for (const variant of VARIANTS) {
    expect(capabilitiesOf([...modelCalls(runs[variant]), ...modelCalls(run)]), variant).toEqual(
      declaredFor('@anthropic-ai/sdk'),
    );
  }
});

test('anthropic: with prompts alone neither answers nor arguments of tools are recorded', async () => {
  const run = await client.run('esm.mjs', {
    args: ['chat,toolStream'],
    env: { AGENTLOG_GENAI_CONTENT: 'prompts' },
  });
  const text = JSON.stringify(modelCalls(run));
  expect(text).toContain('a secret question');
  expect(text).not.toContain('whisper');
  expect(text).not.toContain('a secret tool');
});
