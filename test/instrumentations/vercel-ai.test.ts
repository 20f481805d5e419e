import { beforeAll, expect, test } from 'vitest';
import { capabilitiesOf, declaredFor } from './genai-capabilities.ts';
import { type AppRun, type RecordedSpan, runApp } from './run-app.ts';

let bare: AppRun;
let run: AppRun;

beforeAll(async () => {
  [bare, run] = await Promise.all([runApp('vercel-ai.mjs', { bare: true }), runApp('vercel-ai.mjs')]);
}, 60_000);

const ours = () => run.spans.filter((span) => span.scope === '@agentlog/otel/vercel-ai');
const named = (name: string) => ours().filter((span) => span.name === name);
const below = (span: RecordedSpan | undefined) =>
  run.spans.filter((each) => each.parentSpanId === span?.spanId);

test('vercel-ai: the app sees exactly what it sees without us', () => {
  expect(bare).toMatchObject({ code: 0, errors: '' });
  expect(run).toMatchObject({ code: 0, errors: '', output: bare.output });
  expect(JSON.parse(bare.output)).toContainEqual(['agent', ['whisper answer', 4]]);
});

test('vercel-ai: a loop is an agent, with its calls of the model and of tools directly below, in order', () => {
  // invoke_agent helper → chat plain, execute_tool look_up, chat plain, execute_tool fails, …
  const [agent] = named('invoke_agent helper');
  expect(agent).toMatchObject({ kind: 0, status: { code: 0 } });
  expect(agent?.attributes).toMatchObject({
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'helper',
    'gen_ai.provider.name': 'openai',
  });
  const names = below(agent).map((span) => span.name);
  expect(names).toEqual([
    'chat plain',
    'execute_tool look_up',
    'chat plain',
    'execute_tool fails',
    'chat plain',
    'execute_tool look_up',
    'chat plain',
  ]);
});

test('vercel-ai: a call of the model has the names of the conventions, and its HTTP request below it', () => {
  const [call] = named('chat plain');
  expect(call).toMatchObject({ kind: 2, status: { code: 0 } });
  expect(call?.attributes).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'plain',
    'gen_ai.request.temperature': 0.5,
    'gen_ai.request.max_tokens': 64,
    'gen_ai.response.id': 'chatcmpl-1',
    'gen_ai.response.model': 'plain-2026',
    'gen_ai.response.finish_reasons': ['tool_calls'],
    'gen_ai.usage.input_tokens': 11,
    'gen_ai.usage.output_tokens': 7,
    'gen_ai.usage.cache_read.input_tokens': 3,
    'gen_ai.usage.reasoning.output_tokens': 2,
    'server.address': '127.0.0.1',
    'server.port': expect.any(Number),
  });
  expect(below(call).map((span) => span.attributes['http.request.method'])).toEqual(['POST']);
});

test('vercel-ai: a tool has its name and the hash of its arguments; what it does lies below it', () => {
  const [agent] = named('invoke_agent helper');
  const looks = below(agent).filter((span) => span.name === 'execute_tool look_up');
  expect(looks).toHaveLength(2);
  expect(looks[0]?.attributes).toEqual({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'look_up',
    'gen_ai.tool.call.id': 'call_0',
    'agentlog.gen_ai.tool.arguments_hash': looks[1]?.attributes['agentlog.gen_ai.tool.arguments_hash'],
  });
  expect(below(looks[0]).map((span) => span.name)).toEqual(['inside']);
  const [failed] = named('execute_tool fails');
  expect(failed?.status.code).toBe(2);
  expect(failed?.attributes['error.type']).toBe('RangeError');
});

test('vercel-ai: a stream lasts until it is read, with usage and the first chunk', () => {
  const calls = named('chat streamed');
  expect(calls).toHaveLength(4);
  for (const { attributes, status, durationMs } of calls) {
    expect(status.code).toBe(0);
    expect(attributes).toMatchObject({ 'gen_ai.request.stream': true, 'gen_ai.usage.output_tokens': 7 });
    const first = attributes['gen_ai.response.time_to_first_chunk'] as number;
    expect(first).toBeGreaterThan(0);
    expect(first * 1000).toBeLessThanOrEqual(durationMs);
  }
  expect(calls.at(-1)?.attributes['gen_ai.response.finish_reasons']).toEqual(['stop']);
  const inside = run.spans.filter((span) => span.name === 'inside');
  expect(inside).toHaveLength(4);
});

test('vercel-ai: failures say what the provider said, and a request sent again says which one it is', () => {
  const [refused] = named('chat refuses');
  expect(refused).toMatchObject({ status: { code: 2, message: 'too long' } });
  expect(refused?.attributes).toMatchObject({
    'error.type': 'context_length_exceeded',
    'http.response.status_code': 400,
  });
  const [first, second] = named('chat busy');
  expect(first?.status.code).toBe(2);
  expect(second?.status.code).toBe(0);
  expect(second?.attributes['http.request.resend_count']).toBe(1);
  expect(second?.events[0]).toMatchObject({
    name: 'agentlog.gen_ai.retry',
    attributes: { 'agentlog.gen_ai.retry.attempt': 2, 'http.response.status_code': 500 },
  });
  const [broken] = named('chat breaks');
  expect(broken?.status.code).toBe(2);
  expect(broken?.attributes['gen_ai.response.finish_reasons']).toEqual(['error']);
});

test('vercel-ai: a stream left early ends, and a call that opted out makes no span', () => {
  expect(named('chat left')).toHaveLength(1);
  expect(named('chat off')).toEqual([]);
});

test('vercel-ai: embeddings and reranking', () => {
  const embedded = named('embeddings embedded');
  expect(embedded.map((span) => span.attributes['gen_ai.usage.input_tokens'])).toEqual([4, 4]);
  expect(named('retrieval reranker')[0]?.attributes).toMatchObject({
    'gen_ai.operation.name': 'retrieval',
    'gen_ai.provider.name': 'cohere',
    'gen_ai.retrieval.top_k': 1,
  });
});

test('vercel-ai: no word of a question, an answer or a tool is in any span', () => {
  const text = JSON.stringify(run.spans.map(({ events: _, status: __, ...span }) => span));
  expect(text).not.toContain('whisper');
  expect(text).not.toContain('Oslo');
});

test('vercel-ai: with content on what was said is there, and the table of the README is true', async () => {
  const withContent = await runApp('vercel-ai.mjs', {
    env: { AGENTLOG_GENAI_CONTENT: 'prompts,completions,tools' },
  });
  const spans = withContent.spans.filter((span) => span.scope === '@agentlog/otel/vercel-ai');
  expect(JSON.stringify(spans)).toContain('whisper');
  expect(capabilitiesOf([...ours(), ...spans])).toEqual(declaredFor('ai'));
});
