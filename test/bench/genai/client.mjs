// One library, one process: µs a call and µs a streamed chunk, with a `fetch` that answers from memory.
const [library] = process.argv.slice(2);
const CALLS = Number(process.env.CALLS ?? 1500);
const STREAMS = Number(process.env.STREAMS ?? 60);
const CHUNKS = 200;

const json = (body) =>
  new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
const sse = (events) => {
  const encoder = new TextEncoder();
  const pieces = events.map(([name, data]) =>
    encoder.encode(
      `${name ? `event: ${name}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`,
    ),
  );
  let next = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (next === pieces.length) controller.close();
      else controller.enqueue(pieces[next++]);
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
};
const many = (make) => Array.from({ length: CHUNKS }, make);

const LIBRARIES = {
  async openai() {
    const { default: OpenAI } = await import('openai');
    const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
    const whole = {
      id: 'c',
      object: 'chat.completion',
      model: 'm',
      usage,
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'x' } }],
    };
    const chunk = (delta, finish) => [
      '',
      {
        id: 'c',
        object: 'chat.completion.chunk',
        model: 'm',
        choices: [{ index: 0, delta, finish_reason: finish ?? null }],
      },
    ];
    const fetch = async (_, { body }) =>
      JSON.parse(body).stream
        ? sse([...many(() => chunk({ content: 'token' })), chunk({}, 'stop'), ['', '[DONE]']])
        : json(whole);
    const client = new OpenAI({ apiKey: 'none', fetch });
    const request = { model: 'm', messages: [{ role: 'user', content: 'x' }] };
    return {
      call: () => client.chat.completions.create(request),
      stream: () =>
        client.chat.completions.create({ ...request, stream: true, stream_options: { include_usage: true } }),
    };
  },
  async anthropic() {
    const { default: Anthropic } = await import('@anthropic-ai/sdk');
    const usage = { input_tokens: 11, output_tokens: 7 };
    const whole = {
      id: 'c',
      type: 'message',
      role: 'assistant',
      model: 'm',
      stop_reason: 'end_turn',
      usage,
      content: [{ type: 'text', text: 'x' }],
    };
    const event = (data) => [data.type, data];
    const fetch = async (_, { body }) =>
      JSON.parse(body).stream
        ? sse([
            event({ type: 'message_start', message: { ...whole, content: [] } }),
            ...many(() =>
              event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'token' } }),
            ),
            event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage }),
            event({ type: 'message_stop' }),
          ])
        : json(whole);
    const client = new Anthropic({ apiKey: 'none', fetch });
    const request = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] };
    return {
      call: () => client.messages.create(request),
      stream: () => client.messages.create({ ...request, stream: true }),
    };
  },
  async google() {
    const { GoogleGenAI } = await import('@google/genai');
    const usageMetadata = { promptTokenCount: 11, candidatesTokenCount: 7 };
    const piece = (last) => ({
      responseId: 'c',
      modelVersion: 'm',
      usageMetadata,
      candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'token' }] }, ...last }],
    });
    const fetch = async (url) =>
      String(url).includes('stream')
        ? sse([...many(() => ['', piece()]), ['', piece({ finishReason: 'STOP' })]])
        : json(piece({ finishReason: 'STOP' }));
    const ai = new GoogleGenAI({ apiKey: 'none', httpOptions: { fetch } });
    const request = { model: 'm', contents: 'x' };
    return {
      call: () => ai.models.generateContent(request),
      stream: () => ai.models.generateContentStream(request),
    };
  },
};

const { call, stream } = await LIBRARIES[library]();
const read = async () => {
  for await (const _ of await stream());
};

async function measured(work, times) {
  for (let i = 0; i < times / 3; i++) await work();
  const start = process.cpuUsage();
  for (let i = 0; i < times; i++) await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / times;
}

const callUs = await measured(call, CALLS);
const streamUs = await measured(read, STREAMS);
console.log(JSON.stringify({ callUs, chunkUs: (streamUs - callUs) / CHUNKS }));
process.exit();
