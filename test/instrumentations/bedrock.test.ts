import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBedrock } from '../stand-ins/bedrock.ts';
import type { StandIn } from '../stand-ins/stand-in.ts';
import { capabilitiesOf, declaredFor } from './genai-capabilities.ts';
import { type AppRun, type RecordedSpan, runApp } from './run-app.ts';

const SCENARIOS = ['converse', 'stream', 'invoke', 'refuses', 'refusesStream', 'unread'];

let server: StandIn;
let bare: AppRun;
let run: AppRun;

beforeAll(async () => {
  server = await startBedrock();
  [bare, run] = [await bedrock(true), await bedrock(false)];
}, 60_000);
afterAll(() => server.close());

function bedrock(isBare: boolean): Promise<AppRun> {
  return runApp('bedrock.mjs', {
    args: [SCENARIOS.join(',')],
    nodeArgs: ['--expose-gc'],
    bare: isBare,
    env: { MODEL_URL: server.url },
  });
}

function only(model: string): RecordedSpan {
  const spans = run.spans.filter((span) => span.name === `chat ${model}`);
  expect(spans, model).toHaveLength(1);
  return spans[0] as RecordedSpan;
}

test('bedrock: the app sees exactly what it sees without us', () => {
  expect(bare).toMatchObject({ code: 0, errors: '' });
  expect(run).toMatchObject({ code: 0, errors: '' });
  expect(run.output.trim()).toBe(bare.output.trim());
});

test('bedrock: a call is one span with the current names, its cache in the input', () => {
  const spans = run.spans.filter((span) => span.attributes['gen_ai.operation.name'] !== undefined);
  expect(spans).toHaveLength(SCENARIOS.length);
  expect(only('anthropic.claude-x')).toMatchObject({
    kind: 2,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.request.model': 'anthropic.claude-x',
      'gen_ai.request.max_tokens': 64,
      'gen_ai.request.stop_sequences': ['END'],
      'gen_ai.response.finish_reasons': ['end_turn'],
      'gen_ai.usage.input_tokens': 35,
      'gen_ai.usage.output_tokens': 7,
      'gen_ai.usage.cache_read.input_tokens': 20,
      'gen_ai.usage.cache_write.input_tokens': 5,
    },
  });
  expect(only('anthropic.claude-y').attributes['gen_ai.usage.output_tokens']).toBe(7);
});

test('bedrock: a stream has its first chunk and the whole input', () => {
  const { attributes, durationMs } = only('streamed');
  expect(attributes).toMatchObject({
    'gen_ai.request.stream': true,
    'gen_ai.usage.input_tokens': 35,
    'gen_ai.usage.output_tokens': 7,
    'gen_ai.response.finish_reasons': ['end_turn'],
  });
  const firstChunk = attributes['gen_ai.response.time_to_first_chunk'] as number;
  expect(firstChunk).toBeGreaterThan(0);
  expect(firstChunk * 1000).toBeLessThanOrEqual(durationMs + 1);
});

test('bedrock: a refused call, a refused stream and a stream nobody reads end, with why', () => {
  for (const model of ['refuses', 'refuses-stream']) {
    expect(only(model), model).toMatchObject({
      status: { code: 2 },
      attributes: { 'error.type': 'ValidationException', 'http.response.status_code': 400 },
    });
  }
  expect(only('unread').status.code).toBe(0);
});

test('bedrock: no word is in any span, and the table of the README is true', () => {
  expect(JSON.stringify(run.spans)).not.toMatch(/secret question|whisper/);
  const spans = run.spans.filter((span) => span.attributes['gen_ai.operation.name'] !== undefined);
  expect(capabilitiesOf(spans)).toEqual(declaredFor('@aws-sdk/client-bedrock-runtime'));
});
