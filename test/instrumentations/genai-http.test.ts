import { afterAll, beforeAll, expect, test } from 'vitest';
import { capabilitiesOf, declaredFor } from './genai-capabilities.ts';
import { type ModelServer, startModelServer } from './model-server.ts';
import { type AppRun, type RecordedSpan, runApp } from './run-app.ts';

const SCENARIOS = [
  'fetch',
  'stream',
  'groq',
  'request',
  'http',
  'refused',
  'otherPath',
  'otherHost',
  'library',
];

let server: ModelServer;
let bare: AppRun;
let run: AppRun;
let port: number;

beforeAll(async () => {
  server = await startModelServer();
  port = Number(new URL(server.url).port);
  bare = await app({ bare: true });
  run = await app();
});
afterAll(() => server.close());

function app(options: { bare?: boolean; hosts?: string; disabled?: string } = {}): Promise<AppRun> {
  return runApp('genai-http.mjs', {
    args: [SCENARIOS.join(',')],
    bare: options.bare ?? false,
    env: {
      MODEL_URL: server.url,
      AGENTLOG_GENAI_HOSTS: options.hosts ?? `127.0.0.1:${port}=vllm`,
    },
  });
}

function genAi({ spans }: AppRun): RecordedSpan[] {
  return spans.filter((span) => span.attributes['gen_ai.operation.name'] !== undefined);
}

function named(name: string): RecordedSpan {
  const spans = genAi(run).filter((span) => span.name === name);
  expect(spans, name).toHaveLength(1);
  return spans[0] as RecordedSpan;
}

test('genai-http: the app sees exactly what it sees without us', () => {
  expect(bare).toMatchObject({ code: 0, errors: '' });
  expect(run).toMatchObject({ code: 0, errors: '', output: bare.output });
});

test('genai-http: a request by fetch is one span, HTTP and inference at once, with usage', () => {
  expect(named('chat fetched')).toMatchObject({
    kind: 2,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'vllm',
      'gen_ai.request.model': 'fetched',
      'gen_ai.response.id': 'chatcmpl-1',
      'gen_ai.response.model': 'fetched-2026',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 11,
      'gen_ai.usage.cache_read.input_tokens': 3,
      'gen_ai.usage.reasoning.output_tokens': 2,
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
    },
  });
});

test('genai-http: a stream has its first chunk and the usage of its last', () => {
  const { attributes } = named('chat fetched-stream');
  expect(attributes['gen_ai.request.stream']).toBe(true);
  expect(attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0);
  expect(attributes['gen_ai.usage.output_tokens']).toBe(7);
  expect(attributes['gen_ai.response.finish_reasons']).toEqual(['stop']);
});

test('genai-http: providers are known by their hosts, through undici and node:http', () => {
  expect(named('chat groqed').attributes['gen_ai.provider.name']).toBe('groq');
  expect(named('embeddings requested').attributes).toMatchObject({
    'gen_ai.provider.name': 'mistral_ai',
    'gen_ai.usage.input_tokens': 4,
  });
  expect(named('chat posted').attributes).toMatchObject({
    'gen_ai.provider.name': 'openai',
    'gen_ai.usage.output_tokens': 7,
  });
  expect(named('chat refuses')).toMatchObject({
    status: { code: 2 },
    attributes: { 'gen_ai.provider.name': 'deepseek', 'http.response.status_code': 400, 'error.type': '400' },
  });
});

test('genai-http: a call that a library hook saw has no second span; other paths and hosts are plain HTTP', () => {
  expect(named('chat from-library').scope).toBe('@agentlog/otel/openai');
  expect(genAi(run)).toHaveLength(7);
  const plain = run.spans.filter((span) => span.attributes['gen_ai.operation.name'] === undefined);
  expect(plain.map((span) => span.name)).toEqual(['POST', 'POST', 'POST']);
});

test('genai-http: a local server is no provider unless the user says so', async () => {
  const { spans } = await app({ hosts: '' });
  const addresses = genAi({ ...run, spans })
    .filter((span) => span.scope !== '@agentlog/otel/openai')
    .map((span) => span.attributes['gen_ai.provider.name']);
  expect(addresses.sort()).toEqual(['deepseek', 'groq', 'mistral_ai', 'openai']);
});

test('genai-http: the table of the README says what is captured, no more and no less', () => {
  const spans = genAi(run).filter((span) => span.scope !== '@agentlog/otel/openai');
  expect(capabilitiesOf(spans)).toEqual(declaredFor('HTTP'));
});

test('genai-http: no word of a question or an answer is in any span', () => {
  const text = JSON.stringify(run.spans);
  expect(text).not.toContain('secret');
  expect(text).not.toContain('whisper');
});
