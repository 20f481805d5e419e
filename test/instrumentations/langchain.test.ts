import { beforeAll, expect, test } from 'vitest';
import { capabilitiesOf, declaredFor } from './genai-capabilities.ts';
import { type AppRun, type RecordedSpan, runApp, withOlderLibrary } from './run-app.ts';

const APPS = ['langchain-esm.mjs', 'langchain-cjs.cjs', 'langchain-older.mjs'];
const NEWER = APPS.slice(0, 2);
const runs: Record<string, { bare: AppRun; run: AppRun }> = {};

async function both(app: string, directory?: string): Promise<void> {
  const where = directory === undefined ? {} : { directory };
  const [bare, run] = await Promise.all([runApp(app, { ...where, bare: true }), runApp(app, where)]);
  runs[app] = { bare, run };
}

beforeAll(async () => {
  for (const app of NEWER) await both(app);
  await withOlderLibrary('langchain-core-0', '@langchain/core', (directory) =>
    both('langchain-older.mjs', directory),
  );
}, 120_000);

const spansOf = (app: string): RecordedSpan[] => runs[app]?.run.spans ?? [];
const ours = (app: string) => spansOf(app).filter((span) => span.scope === '@agentlog/otel/langchain');
const named = (app: string, name: string) => ours(app).filter((span) => span.name === name);
const below = (app: string, span: RecordedSpan | undefined) =>
  spansOf(app).filter((each) => span !== undefined && each.parentSpanId === span.spanId);
const names = (spans: readonly RecordedSpan[]) => spans.map((span) => span.name);

test.each(APPS)('langchain: %s sees exactly what it sees without us', (app) => {
  const { bare, run } = runs[app] as { bare: AppRun; run: AppRun };
  expect(bare).toMatchObject({ code: 0, errors: '' });
  expect(run).toMatchObject({ code: 0, errors: '', output: bare.output });
  expect(JSON.parse(bare.output)).toContainEqual(['no made-up id', 'undefined']);
});

test.each(APPS)('langchain: a call of a model in %s has the names of the conventions', (app) => {
  const [call] = named(app, 'chat own-1');
  expect(call).toMatchObject({ kind: 2, status: { code: 0 } });
  expect(call?.attributes).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'mistral_ai',
    'gen_ai.request.model': 'own-1',
    'gen_ai.request.temperature': 0.5,
    'gen_ai.request.max_tokens': 64,
    'gen_ai.response.model': 'own-1-2026',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 11,
    'gen_ai.usage.output_tokens': 7,
  });
  expect(names(below(app, call))).toEqual(['inside model']);
});

test.each(APPS)('langchain: what a model throws in %s is on its span', (app) => {
  const failed = named(app, 'chat own-1').filter((span) => span.status.code === 2);
  expect(failed).toHaveLength(1);
  expect(failed[0]?.attributes['error.type']).toBe('RangeError');
  expect(failed[0]?.events[0]?.name).toBe('exception');
});

test.each(APPS)(
  'langchain: a stream in %s lasts until it is read, and all of it lies below its span',
  (app) => {
    const [read, broken, left] = named(app, 'chat streams');
    expect(read?.attributes).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.usage.input_tokens': 11,
      'gen_ai.usage.output_tokens': 7,
    });
    const first = (read?.attributes['gen_ai.response.time_to_first_chunk'] as number) * 1000;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(read?.durationMs ?? 0);
    expect(names(below(app, read))).toEqual(['inside stream', 'inside stream']);
    expect(broken?.status.code).toBe(2);
    expect(broken?.attributes['gen_ai.response.finish_reasons']).toEqual(['error']);
    expect(left?.status.code).toBe(0);
  },
);

test.each(APPS)('langchain: requests that wait for their turn in %s lie where they were made', (app) => {
  const inside = spansOf(app).filter((span) => span.name === 'inside model');
  const parents = new Set(inside.map((span) => span.parentSpanId));
  expect(parents.size).toBe(inside.length);
  expect(inside.length).toBeGreaterThan(6);
});

test.each(APPS)('langchain: a tool in %s has its name, its id and the hash of its arguments', (app) => {
  const looks = named(app, 'execute_tool look_up');
  const [plain, called, failed] = looks;
  expect(plain?.kind).toBe(0);
  expect(plain?.attributes).toEqual({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'look_up',
    'agentlog.gen_ai.tool.arguments_hash': expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(called?.attributes['gen_ai.tool.call.id']).toBe('call_7');
  expect(called?.attributes['agentlog.gen_ai.tool.arguments_hash']).toBe(
    plain?.attributes['agentlog.gen_ai.tool.arguments_hash'],
  );
  expect(failed?.attributes['error.type']).toBe('RangeError');
  expect(names(below(app, plain))).toEqual(['inside tool']);
});

test.each(APPS)('langchain: a retriever in %s', (app) => {
  const [found, failed] = named(app, 'retrieval Docs');
  expect(found?.attributes).toEqual({ 'gen_ai.operation.name': 'retrieval', 'gen_ai.retrieval.top_k': 2 });
  expect(names(below(app, found))).toEqual(['inside retriever']);
  expect(failed?.status.code).toBe(2);
});

test.each(APPS)(
  'langchain: a sequence in %s is one workflow with its calls, without a span for each step',
  (app) => {
    // invoke_workflow greeter → execute_tool, execute_tool, chat
    const [chain] = named(app, 'invoke_workflow greeter');
    expect(chain?.attributes).toEqual({
      'gen_ai.operation.name': 'invoke_workflow',
      'gen_ai.workflow.name': 'greeter',
    });
    expect(names(below(app, chain))).toEqual(['execute_tool look_up', 'execute_tool look_up', 'chat own-1']);
    const streamed = named(app, 'invoke_workflow RunnableSequence').find((span) =>
      names(below(app, span)).includes('chat streams'),
    );
    expect(names(below(app, streamed))).toEqual(['execute_tool look_up', 'chat streams']);
    expect(streamed?.attributes['gen_ai.response.time_to_first_chunk']).toBeUndefined();
  },
);

test.each(APPS)('langchain: two workflows side by side in %s do not mix', (app) => {
  for (const side of ['left side', 'right side']) {
    const [root] = spansOf(app).filter((span) => span.name === side);
    const [chain] = below(app, root);
    expect(chain?.name).toBe('invoke_workflow RunnableSequence');
    expect(names(below(app, chain))).toEqual(['execute_tool look_up', 'execute_tool look_up', 'chat own-1']);
  }
});

test.each(NEWER)('langchain: a graph in %s is a workflow, its nodes agents, its tools tool calls', (app) => {
  const [graph] = named(app, 'invoke_workflow helper');
  expect(names(below(app, graph))).toEqual([
    'invoke_agent think',
    'execute_tool look_up',
    'invoke_agent think',
    'execute_tool look_up',
    'invoke_agent think',
  ]);
  const [node] = below(app, graph);
  expect(node?.attributes['gen_ai.agent.name']).toBe('think');
  expect(names(below(app, node))).toEqual(['chat gpt-5-mini']);
  const [reactor] = named(app, 'invoke_workflow reactor');
  expect(new Set(names(below(app, reactor)))).toEqual(
    new Set(['invoke_agent agent', 'execute_tool look_up']),
  );
});

test.each(NEWER)(
  'langchain: the client of a provider in %s makes its span below, with the request below that',
  (app) => {
    const [call] = named(app, 'chat gpt-5-mini');
    const [client] = below(app, call);
    expect(client).toMatchObject({ name: 'chat gpt-5-mini', scope: '@agentlog/otel/openai' });
    expect(below(app, client)[0]?.attributes['http.request.method']).toBe('POST');
    expect(call?.attributes).toMatchObject({
      'gen_ai.provider.name': 'openai',
      'gen_ai.usage.input_tokens': 11,
      'gen_ai.usage.cache_read.input_tokens': 3,
      'gen_ai.response.finish_reasons': ['tool_calls'],
    });
    const [refused] = named(app, 'chat refuses');
    expect(refused?.attributes['error.type']).toBe('context_length_exceeded');
  },
);

test.each(APPS)('langchain: no word of a question, an answer or a tool is in any span of %s', (app) => {
  const text = JSON.stringify(spansOf(app).map(({ events: _, status: __, ...span }) => span));
  expect(text).not.toContain('whisper');
  expect(text).not.toContain('Oslo');
});

test('langchain: with content on what was said is there, and the table of the README is true', async () => {
  const run = await runApp('langchain-esm.mjs', {
    env: { AGENTLOG_GENAI_CONTENT: 'prompts,completions,tools' },
  });
  const isOurs = (span: RecordedSpan) => span.scope === '@agentlog/otel/langchain';
  expect(JSON.stringify(run.spans)).toContain('whisper');
  const declared = declaredFor('@langchain/core');
  expect(capabilitiesOf(run.spans.filter(isOurs))).toEqual(declared);
  const withoutContent = declared.filter((name) => !name.includes('if on'));
  for (const app of NEWER) expect(capabilitiesOf(ours(app)), app).toEqual(withoutContent);
});
