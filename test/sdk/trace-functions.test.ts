import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { loadSync } from '../../src/core/load-sync.ts';
import { traceAgent, traceLlm, traceTool } from '../../src/sdk/trace-functions.ts';

/** As the traced functions load it: Node's own copy, not the test runner's. */
const { CONTENT_OFF, readContentPolicy, setContentPolicy } = loadSync<
  typeof import('../../src/core/genai/content-policy.ts')
>(new URL('../../src/core/genai/content-policy.ts', import.meta.url).href);

const exporter = new InMemorySpanExporter();
const spans = () => exporter.getFinishedSpans();

test('traced: before an SDK is there, functions do what they did', async () => {
  const find = traceTool('find', async function (this: unknown, id: number) {
    return [this, id];
  });
  expect(await find.call('me', 1)).toEqual(['me', 1]);
  expect(spans()).toEqual([]);
});

// What follows has an SDK: tests of one file run in order.
test('traced: with an SDK there is one span a call, below the one around it', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
  );
  const find = traceTool('find', async (id: number) => id * 2);
  const agent = traceAgent('support', async (id: number) => (await find(id)) + 1);
  expect(await agent(2)).toBe(5);
  const [tool, around] = spans();
  expect(tool).toMatchObject({ name: 'execute_tool find', kind: SpanKind.INTERNAL });
  expect(tool?.attributes).toMatchObject({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'find',
  });
  expect(around).toMatchObject({ name: 'invoke_agent support' });
  expect(tool?.parentSpanContext?.spanId).toBe(around?.spanContext().spanId);
});

beforeAll(() => setContentPolicy(CONTENT_OFF));
beforeEach(() => exporter.reset());

test('traced: name, length, properties and this are those of the function', () => {
  const original = Object.assign(
    function lookUp(this: { factor: number }, a: number, _b: number) {
      return a * this.factor;
    },
    { tag: 'x' },
  );
  const traced = traceTool('look_up', original);
  expect([traced.name, traced.length, traced.tag]).toEqual(['lookUp', 2, 'x']);
  expect(traced.call({ factor: 3 }, 2, 0)).toBe(6);
  expect(spans()).toHaveLength(1);
});

test('traced: what the function throws or rejects with is thrown, the same object, and the span says so', async () => {
  const error = new TypeError('no');
  const sync = traceTool('sync', () => {
    throw error;
  });
  const late = traceAgent('late', async () => {
    throw error;
  });
  expect(() => sync()).toThrow(error);
  await expect(late()).rejects.toBe(error);
  for (const span of spans()) {
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes['error.type']).toBe('TypeError');
  }
  expect(spans()).toHaveLength(2);
});

test('traced: a rejection nobody handles stays unhandled, one that is handled stays handled', async () => {
  const seen: unknown[] = [];
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason) => seen.push(reason));
  try {
    const fail = traceTool('fail', async (text: string) => Promise.reject(new Error(text)));
    fail('loose');
    await fail('caught').catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  }
  expect(seen.map((reason) => (reason as Error).message)).toEqual(['loose']);
});

test('traced: a promise of a client stays the same object, with what it has', async () => {
  class Request<T> extends Promise<T> {
    extra = 'x';
  }
  const made = Request.resolve(3) as Request<number>;
  const ask = traceLlm({ provider: 'openai', model: 'm' }, () => made);
  const given = ask();
  expect(given).toBe(made);
  expect(given.extra).toBe('x');
  expect(await given).toBe(3);
  expect(spans()).toHaveLength(1);
});

test('traced: the span of a generator lasts until it has been read, and is active while it runs', async () => {
  const inner: unknown[] = [];
  const stream = traceLlm({ provider: 'openai', model: 'gpt-5-mini' }, async function* () {
    inner.push(trace.getActiveSpan()?.spanContext().spanId);
    yield 1;
    inner.push(trace.getActiveSpan()?.spanContext().spanId);
    yield 2;
  });
  const chunks: number[] = [];
  for await (const chunk of stream()) {
    expect(spans()).toHaveLength(0);
    chunks.push(chunk);
  }
  expect(chunks).toEqual([1, 2]);
  const [span] = spans();
  expect(inner).toEqual([span?.spanContext().spanId, span?.spanContext().spanId]);
  expect(span).toMatchObject({ name: 'chat gpt-5-mini', kind: SpanKind.CLIENT });
  expect(span?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThanOrEqual(0);
});

test('traced: a stream that is left early, or fails, ends its span', async () => {
  const stream = traceAgent('s', async function* (fails: boolean) {
    yield 1;
    if (fails) throw new RangeError('cut');
    yield 2;
  });
  for await (const _ of stream(false)) break;
  await expect(async () => {
    for await (const _ of stream(true));
  }).rejects.toThrow('cut');
  expect(spans().map((span) => span.status.code)).toEqual([SpanStatusCode.UNSET, SpanStatusCode.ERROR]);
});

test('traced: a promise of a stream, and a stream that makes its iterator late, end with the last chunk', async () => {
  const items = {
    async *[Symbol.asyncIterator]() {
      yield 'a';
    },
  };
  const ask = traceLlm({ provider: 'p', model: 'm' }, async () => items);
  const answer = await ask();
  expect(answer).toBe(items);
  expect(spans()).toHaveLength(0);
  for await (const _ of answer);
  expect(spans()).toHaveLength(1);
});

test('traced: what an answer says of itself is on the span; a fault in reading it costs the fact', async () => {
  const answer = { id: 'r1', usage: { input: 10, output: 3 } };
  const ask = traceLlm(
    {
      provider: 'openai',
      model: 'gpt-5-mini',
      describe: ({ id, usage }: typeof answer) => ({
        id,
        finishReasons: ['stop'],
        usage: { inputTokens: usage.input, outputTokens: usage.output },
      }),
    },
    async () => answer,
  );
  expect(await ask()).toBe(answer);
  expect(spans()[0]?.attributes).toMatchObject({
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-5-mini',
    'gen_ai.response.id': 'r1',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 10,
    'gen_ai.usage.output_tokens': 3,
  });
  const broken = traceLlm(
    {
      provider: 'p',
      model: 'm',
      describe: () => {
        throw new Error('mine');
      },
    },
    async () => 1,
  );
  expect(await broken()).toBe(1);
});

test('traced: arguments and results of tools only where tools are on', async () => {
  const find = traceTool('find', async (query: { text: string }) => ({ found: query.text }));
  await find({ text: 'secret of the user' });
  expect(JSON.stringify(spans()[0]?.attributes)).not.toContain('secret of the user');
  setContentPolicy(readContentPolicy(['tools'], undefined));
  await find({ text: 'shown' });
  setContentPolicy(CONTENT_OFF);
  expect(spans()[1]?.attributes).toMatchObject({
    'gen_ai.tool.call.arguments': '{"text":"shown"}',
    'gen_ai.tool.call.result': '{"found":"shown"}',
  });
});

test('traced: as a decorator of a method it keeps private fields and super', async () => {
  const decorate = traceTool('double');
  class Calculator {
    #factor = 2;
    static {
      const method = decorate(Calculator.prototype.double, {} as ClassMethodDecoratorContext);
      Calculator.prototype.double = method;
    }
    async double(value: number) {
      return value * this.#factor;
    }
  }
  expect(await new Calculator().double(4)).toBe(8);
  expect(spans()[0]?.name).toBe('execute_tool double');
});
