import { afterAll, beforeAll, expect, test } from 'vitest';
import { capabilitiesOf, declaredFor } from './genai-capabilities.ts';
import { type ModelServer, startModelServer } from './model-server.ts';
import { type AppRun, type RecordedSpan, runApp, withOlderLibrary } from './run-app.ts';

const SCENARIOS = [
  'chat',
  'withResponse',
  'asResponse',
  'parse',
  'catches',
  'awaitsTwice',
  'retries',
  'stream',
  'unaskedStream',
  'unaskedReadable',
  'unaskedHelper',
  'unaskedRaw',
  'toolRunner',
  'limited',
  'legacy',
  'streamHelper',
  'tee',
  'earlyBreak',
  'abortsStream',
  'abortsRequest',
  'breaks',
  'complains',
  'secondReading',
  'response',
  'responseStream',
  'embeddings',
  'azure',
  'unreachable',
];

let server: ModelServer;
const FILES = ['openai-esm.mjs', 'openai-cjs.cjs'];
const runs: Record<string, AppRun> = {};
const bares: Record<string, AppRun> = {};

beforeAll(async () => {
  server = await startModelServer();
  for (const app of FILES) runs[app] = await openai(app, SCENARIOS);
  await withOlderLibrary('openai-6', 'openai', async (directory) => {
    for (const app of FILES) {
      bares[`openai 6 ${app}`] = await openai(app, SCENARIOS, { bare: true, directory });
      runs[`openai 6 ${app}`] = await openai(app, SCENARIOS, { directory });
    }
  });
}, 120_000);
afterAll(() => server.close());

async function openai(
  app: string,
  scenarios: readonly string[],
  options: { bare?: boolean; gc?: boolean; directory?: string; content?: string } = {},
): Promise<AppRun> {
  server.requests.clear();
  return runApp(app, {
    args: [scenarios.join(',')],
    env: { MODEL_URL: server.url, AGENTLOG_GENAI_CONTENT: options.content ?? '' },
    nodeArgs: options.gc ? ['--expose-gc'] : [],
    bare: options.bare ?? false,
    ...(options.directory !== undefined && { directory: options.directory }),
  });
}

function genAi(run: AppRun | undefined): RecordedSpan[] {
  return (run?.spans ?? []).filter((span) => span.scope === '@agentlog/otel/openai');
}

function only(app: string, model: string, operation = 'chat'): RecordedSpan {
  const spans = genAi(runs[app]).filter((span) => span.name === `${operation} ${model}`);
  expect(spans, `${app} ${model}`).toHaveLength(1);
  return spans[0] as RecordedSpan;
}

const APPS = [...FILES, ...FILES.map((file) => `openai 6 ${file}`)];

test.each(APPS)('openai: %s sees exactly what it sees without us', async (app) => {
  const bare = bares[app] ?? (await openai(app, SCENARIOS, { bare: true }));
  expect(bare.errors).toBe('');
  expect(runs[app]).toMatchObject({ code: bare.code, output: bare.output, errors: bare.errors });
  expect(bare.output.split('\n').filter(Boolean)).toHaveLength(SCENARIOS.length);
});

test.each(APPS)(
  'openai: a chat completion in %s is one CLIENT span with the names of the conventions',
  (app) => {
    const span = only(app, 'plain');
    expect(span).toMatchObject({ kind: 2, status: { code: 0 }, events: [] });
    expect(span.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'plain',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 64,
      'gen_ai.request.stop_sequences': ['END'],
      'gen_ai.request.choice.count': 2,
      'gen_ai.request.seed': 7,
      'gen_ai.request.reasoning.level': 'low',
      'gen_ai.output.type': 'json',
      'gen_ai.response.id': 'chatcmpl-1',
      'gen_ai.response.model': 'plain-2026',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 11,
      'gen_ai.usage.output_tokens': 7,
      'gen_ai.usage.cache_read.input_tokens': 3,
      'gen_ai.usage.reasoning.output_tokens': 2,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(server.url).port),
    });
  },
);

test.each(APPS)('openai: the HTTP request of %s is below the call', (app) => {
  const { spanId } = only(app, 'plain');
  const children = runs[app]?.spans.filter((span) => span.parentSpanId === spanId);
  expect(children?.map((span) => span.attributes['http.request.method'])).toEqual(['POST']);
});

test.each(APPS)('openai: withResponse, parse and two awaits in %s are one call each, with usage', (app) => {
  for (const model of ['with-response', 'parsed', 'twice']) {
    expect(only(app, model).attributes['gen_ai.usage.input_tokens'], model).toBe(11);
  }
  expect(only(app, 'as-response').status.code).toBe(0);
});

test.each(APPS)('openai: a refused request in %s carries the code and the exception', (app) => {
  const span = only(app, 'refuses');
  expect(span.status.code).toBe(2);
  expect(span.attributes['error.type']).toBe('context_length_exceeded');
  expect(span.events[0]?.attributes['exception.message']).toContain('too long');
});

test.each(APPS)('openai: a retry in %s is counted on one span that ends well', (app) => {
  const span = only(app, 'busy');
  expect(span.attributes['http.request.resend_count']).toBe(1);
  expect(span.status.code).toBe(0);
});

test.each(APPS)('openai: a stream in %s ends with its last chunk and has usage and first chunk', (app) => {
  const { attributes, status } = only(app, 'streamed');
  expect(attributes).toMatchObject({
    'gen_ai.request.stream': true,
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.output_tokens': 7,
  });
  const firstChunk = attributes['gen_ai.response.time_to_first_chunk'] as number;
  expect(firstChunk).toBeGreaterThan(0);
  expect(firstChunk * 1000).toBeLessThanOrEqual(only(app, 'streamed').durationMs);
  expect(status.code).toBe(0);
  for (const model of ['helped', 'teed', 'read-twice']) {
    expect(only(app, model).attributes['gen_ai.response.finish_reasons'], model).toEqual(['stop']);
    expect(only(app, model).status.code, model).toBe(0);
  }
});

test.each(APPS)('openai: in %s usage is asked for where the app did not, and only we see it', (app) => {
  for (const model of ['unasked', 'unasked-readable', 'unasked-helper']) {
    expect(only(app, model).attributes, model).toMatchObject({
      'gen_ai.usage.input_tokens': 11,
      'gen_ai.usage.output_tokens': 7,
      'gen_ai.response.finish_reasons': ['stop'],
    });
  }
  // That the app saw the same chunks and the same raw bytes is what the first test compares.
  expect(only(app, 'unasked-raw').attributes['gen_ai.usage.input_tokens']).toBeUndefined();
});

test.each(APPS)('openai: in %s a rate limit, a retry and a tool runner can be read from the spans', (app) => {
  expect(only(app, 'limited').attributes).toMatchObject({
    'error.type': 'rate_limit_exceeded',
    'http.response.status_code': 429,
    'agentlog.gen_ai.retry.after_s': 7,
  });
  expect(only(app, 'busy').events).toEqual([
    {
      name: 'agentlog.gen_ai.retry',
      attributes: {
        'agentlog.gen_ai.retry.attempt': 2,
        'agentlog.gen_ai.retry.after_s': 0.001,
        'http.response.status_code': 500,
        'error.type': '500',
      },
    },
  ]);
  expect(only(app, 'runs-tools').status.code).toBe(0);
  expect(only(app, 'legacy', 'text_completion').attributes['gen_ai.usage.output_tokens']).toBe(7);
});

test('openai: with content on, messages are written as the conventions write them, and the table is true', async () => {
  const run = await openai('openai-esm.mjs', ['chat', 'unaskedStream', 'response', 'responseStream'], {
    content: 'prompts,completions,tools',
  });
  const contents = genAi(run).map(({ attributes }) => [
    JSON.parse(String(attributes['gen_ai.input.messages']))[0],
    JSON.parse(String(attributes['gen_ai.output.messages']))[0].parts,
  ]);
  const question = (content: string) => ({ role: 'user', parts: [{ type: 'text', content }] });
  const answer = (content: string) => [{ type: 'text', content }];
  expect(contents).toEqual([
    [question('a secret question'), answer('{"answer":"whisper"}')],
    [question('a secret question'), answer('whisper')],
    [question('a secret question'), answer('whisper')],
    [question('a secret'), answer('whisper')],
  ]);
  for (const app of APPS) {
    expect(capabilitiesOf([...genAi(runs[app]), ...genAi(run)]), app).toEqual(declaredFor('openai'));
  }
});

test.each(APPS)('openai: in %s a stream left early is no error, an aborted one is', (app) => {
  const [left, aborted] = genAi(runs[app]).filter((span) => span.name === 'chat endless');
  expect(left?.status.code).toBe(0);
  expect(left?.attributes['gen_ai.response.id']).toBe('chatcmpl-1');
  expect(aborted?.status.code).toBe(2);
  expect(aborted?.attributes).toMatchObject({
    'error.type': 'AbortError',
    'gen_ai.response.finish_reasons': ['error'],
  });
  expect(only(app, 'aborted').attributes['error.type']).toBe('APIUserAbortError');
});

test.each(APPS)('openai: a stream that dies in %s is an error with its exception', (app) => {
  const broken = only(app, 'breaks');
  expect(broken.status.code).toBe(2);
  expect(broken.events[0]?.name).toBe('exception');
  expect(broken.attributes['gen_ai.response.finish_reasons']).toEqual(['error']);
  expect(only(app, 'complains').attributes['error.type']).toBe('server_overloaded');
  expect(only(app, 'unreachable').attributes['error.type']).toBe('APIConnectionError');
});

test.each(APPS)('openai: responses and embeddings in %s', (app) => {
  expect(only(app, 'responded').attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.max_tokens': 32,
    'gen_ai.request.reasoning.level': 'high',
    'gen_ai.request.previous_response.id': 'resp_0',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 21,
    'gen_ai.usage.reasoning.output_tokens': 4,
  });
  expect(only(app, 'responding').attributes).toMatchObject({
    'gen_ai.response.id': 'resp_1',
    'gen_ai.usage.output_tokens': 9,
    'gen_ai.response.finish_reasons': ['stop'],
  });
  expect(only(app, 'embedded', 'embeddings').attributes).toMatchObject({
    'gen_ai.operation.name': 'embeddings',
    'gen_ai.embeddings.dimension.count': 2,
    'gen_ai.usage.input_tokens': 4,
  });
  expect(only(app, 'azured').attributes['gen_ai.provider.name']).toBe('azure.ai.openai');
});

test.each(APPS)('openai: no word of a question or an answer is in any span of %s', (app) => {
  const text = JSON.stringify(runs[app]?.spans);
  expect(text).toContain('chat plain');
  expect(text).not.toContain('secret');
  expect(text).not.toContain('whisper');
});

test.each(['unhandled', 'unhandledParse'])(
  'openai: %s: a rejection nobody handles ends the process as before',
  async (scenario) => {
    const bare = await openai('openai-esm.mjs', [scenario], { bare: true });
    const run = await openai('openai-esm.mjs', [scenario]);
    expect(bare.code).toBe(1);
    expect(run.code).toBe(1);
    expect(run.output).toBe(bare.output);
    expect(run.errors).toContain('too long');
    expect(server.requests.get('refuses')).toBe(1);
    expect(genAi(run)[0]?.attributes['error.type']).toBe('context_length_exceeded');
  },
);

test('openai: an answer nobody reads is requested once and its span ends when the app has let go of it', async () => {
  const run = await openai('openai-esm.mjs', ['fireAndForget', 'neverRead'], { gc: true });
  expect(run).toMatchObject({ code: 0, errors: '' });
  expect([server.requests.get('forgotten'), server.requests.get('unread')]).toEqual([1, 1]);
  expect(genAi(run).map((span) => [span.name, span.status.code])).toEqual([
    ['chat forgotten', 0],
    ['chat unread', 0],
  ]);
});
