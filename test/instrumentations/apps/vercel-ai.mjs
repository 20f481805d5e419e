// The Vercel AI SDK 7 against a stand-in: one scenario after the other, what it got is printed.
import { createOpenAI } from '@ai-sdk/openai';
import { trace } from '@opentelemetry/api';
import { embed, embedMany, generateText, rerank, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { startStandIn } from './chat-stand-in.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;
const look = ['look_up', { city: 'Oslo' }];
const standIn = await startStandIn([look, ['fails', { city: 'Rome' }], look]);
const openai = createOpenAI({ baseURL: standIn.url, apiKey: 'none' });
const inputSchema = z.object({ city: z.string() });
const tools = {
  look_up: tool({
    description: 'looks',
    inputSchema,
    async execute({ city }) {
      trace.getTracer('app').startSpan('inside').end();
      return `whisper: rain in ${city}`;
    },
  }),
  fails: tool({
    description: 'fails',
    inputSchema,
    execute() {
      throw new RangeError('no whisper');
    },
  }),
};
const model = (name) => openai.chat(name);
const common = { prompt: 'whisper?', maxRetries: 1 };
const loop = { ...common, tools, stopWhen: stepCountIs(9) };
const seen = [];
const attempt = async (name, run) => {
  try {
    seen.push([name, await run()]);
  } catch (error) {
    seen.push([name, `${error.name}: ${error.message}`]);
  }
};
const read = async (options) => {
  let text = '';
  let failure;
  const result = streamText({ ...options, onError: ({ error }) => (failure = error) });
  for await (const part of result.textStream) text += part;
  return [text, failure?.message ?? null];
};

await attempt('agent', async () => {
  const { text, steps } = await generateText({
    ...loop,
    model: model('plain'),
    temperature: 0.5,
    maxOutputTokens: 64,
    telemetry: { functionId: 'helper' },
  });
  return [text, steps.length];
});
await attempt('stream', () => read({ ...loop, model: model('streamed') }));
await attempt('busy', async () => (await generateText({ ...common, model: model('busy') })).text);
await attempt('refused', () => generateText({ ...common, model: model('refuses') }));
await attempt('breaks', async () => (await read({ ...common, model: model('breaks') }))[0]);
await attempt('left', async () => {
  for await (const part of streamText({ ...common, model: model('left') }).textStream) return part;
});
await attempt('off', async () => {
  return (await generateText({ ...common, model: model('off'), telemetry: { isEnabled: false } })).text;
});
await attempt('embed', async () => {
  const { usage } = await embed({ model: openai.embedding('embedded'), value: 'whisper' });
  return usage;
});
await attempt('embedMany', async () => {
  const { embeddings } = await embedMany({ model: openai.embedding('embedded'), values: ['a', 'b'] });
  return embeddings.length;
});
await attempt('rerank', async () => {
  const reranker = {
    specificationVersion: 'v4',
    provider: 'cohere.reranking',
    modelId: 'reranker',
    doRerank: async () => ({ ranking: [{ index: 1, relevanceScore: 0.9 }] }),
  };
  const { ranking } = await rerank({ model: reranker, documents: ['a', 'b'], query: 'whisper', topN: 1 });
  return ranking.length;
});
standIn.close();
console.log(JSON.stringify(seen));
