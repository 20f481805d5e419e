// LangChain against a model of the app's own, which works with every version, and against `@langchain/openai`.
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { z } from 'zod';
import { startStandIn } from './chat-stand-in.mjs';

const mark = (name) => trace.getTracer('app').startSpan(name).end();

/** @param parts what the modules of `@langchain/core` export, and of the packages on it where there are any */
export async function run(parts) {
  const { BaseChatModel, AIMessage, AIMessageChunk, ChatGenerationChunk, BaseRetriever } = parts;
  const { RunnableLambda, RunnableSequence, tool } = parts;

  class OwnModel extends BaseChatModel {
    model = 'own-1';
    _llmType() {
      return 'own';
    }
    getLsParams() {
      return { ls_provider: 'mistral', ls_model_name: this.model, ls_temperature: 0.5, ls_max_tokens: 64 };
    }
    async _generate(messages) {
      await sleep(1);
      mark('inside model');
      if (messages.at(-1).content === 'fail') throw new RangeError('no whisper');
      const usage_metadata = { input_tokens: 11, output_tokens: 7, total_tokens: 18 };
      const response_metadata = { model_name: 'own-1-2026', finish_reason: 'stop' };
      const message = new AIMessage({ content: 'whisper answer', usage_metadata, response_metadata });
      return { generations: [{ text: 'whisper answer', message }] };
    }
  }

  class StreamingModel extends OwnModel {
    model = 'streams';
    async *_streamResponseChunks(messages) {
      for (const word of ['whisper ', 'answer']) {
        await sleep(1);
        mark('inside stream');
        const message = new AIMessageChunk({ content: word });
        yield new ChatGenerationChunk({ text: word, message });
        if (messages.at(-1).content === 'break') throw new RangeError('no whisper');
      }
      const usage_metadata = { input_tokens: 11, output_tokens: 7, total_tokens: 18 };
      const message = new AIMessageChunk({ content: '', usage_metadata });
      yield new ChatGenerationChunk({ text: '', message, generationInfo: { finish_reason: 'stop' } });
    }
  }

  class Docs extends BaseRetriever {
    lc_namespace = ['tests'];
    k = 2;
    async _getRelevantDocuments(query) {
      await sleep(1);
      mark('inside retriever');
      if (query === 'fail') throw new RangeError('no whisper');
      return [{ pageContent: `whisper ${query}`, metadata: {} }];
    }
  }

  const lookUp = tool(
    async ({ city }) => {
      await sleep(1);
      mark('inside tool');
      if (city === 'fail') throw new RangeError('no whisper');
      return `whisper: rain in ${city}`;
    },
    { name: 'look_up', description: 'looks', schema: z.object({ city: z.string() }) },
  );

  const seen = [];
  const attempt = async (name, work) => {
    try {
      seen.push([name, await work()]);
    } catch (error) {
      seen.push([name, `${error.name}: ${error.message}`]);
    }
  };
  const read = async (stream) => {
    const all = [];
    for await (const part of await stream) all.push(part.content ?? part);
    return all;
  };
  const own = new OwnModel({});
  const streams = new StreamingModel({});
  const one = new OwnModel({ maxConcurrency: 1 });

  await attempt('invoke', async () => (await own.invoke('whisper?')).content);
  await attempt('no made-up id', async () => String((await own.invoke('whisper?')).id));
  await attempt('fail', () => own.invoke('fail'));
  await attempt('stream', () => read(streams.stream('whisper?')));
  await attempt('unstreamed', () => read(own.stream('whisper?')));
  await attempt('break', () => read(streams.stream('break')));
  await attempt('left', async () => {
    for await (const part of await streams.stream('whisper?')) return part.content;
  });
  await attempt('batch', async () => (await one.batch(['a', 'b', 'c'])).length);
  await attempt('tool', () => lookUp.invoke({ city: 'Oslo' }));
  await attempt('tool call', async () => {
    const message = await lookUp.invoke({
      type: 'tool_call',
      id: 'call_7',
      name: 'look_up',
      args: { city: 'Oslo' },
    });
    return message.content;
  });
  await attempt('tool fails', () => lookUp.invoke({ city: 'fail' }));
  await attempt('retriever', async () => (await new Docs().invoke('whisper')).length);
  await attempt('retriever fails', () => new Docs().invoke('fail'));
  const step = RunnableLambda.from(async (input) => {
    await lookUp.invoke({ city: 'Oslo' });
    return input;
  });
  const chain = RunnableSequence.from([
    step,
    RunnableSequence.from([step, own]),
    (message) => message.content,
  ]);
  await attempt('chain', () => chain.withConfig({ runName: 'greeter' }).invoke('whisper?'));
  await attempt('chain streams', () => read(RunnableSequence.from([step, streams]).stream('whisper?')));
  await attempt('side by side', async () => {
    const tracer = trace.getTracer('app');
    const ask = (name) =>
      tracer.startActiveSpan(name, async (span) => {
        await chain.invoke('whisper?');
        span.end();
      });
    await Promise.all([ask('left side'), ask('right side')]);
  });
  if (parts.ChatOpenAI !== undefined) await graphs(parts, lookUp, attempt, read);
  console.log(JSON.stringify(seen));
}

async function graphs(parts, lookUp, attempt, read) {
  const { ChatOpenAI, StateGraph, MessagesAnnotation, START, END, ToolNode, createReactAgent } = parts;
  const standIn = await startStandIn([
    ['look_up', { city: 'Oslo' }],
    ['look_up', { city: 'Oslo' }],
  ]);
  const configuration = { baseURL: standIn.url };
  const model = new ChatOpenAI({ model: 'gpt-5-mini', apiKey: 'none', configuration, maxRetries: 0 });
  const refusing = new ChatOpenAI({ model: 'refuses', apiKey: 'none', configuration, maxRetries: 0 });
  const input = { messages: [{ role: 'user', content: 'whisper?' }] };
  await attempt('openai refuses', () => refusing.invoke('whisper?'));
  const think = async ({ messages }) => ({ messages: [await model.bindTools([lookUp]).invoke(messages)] });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('think', think)
    .addNode('tools', new ToolNode([lookUp]))
    .addEdge(START, 'think')
    .addConditionalEdges('think', (state) => (state.messages.at(-1).tool_calls?.length ? 'tools' : END))
    .addEdge('tools', 'think')
    .compile({ name: 'helper' });
  await attempt('graph', async () => (await graph.invoke(input)).messages.map((message) => message.content));
  const agent = createReactAgent({ llm: model, tools: [lookUp], name: 'reactor' });
  await attempt('agent', async () => (await read(agent.stream(input))).map((update) => Object.keys(update)));
  standIn.close();
}
