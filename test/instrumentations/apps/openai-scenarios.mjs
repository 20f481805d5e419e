// What an app does with the client; each returns what it saw. Run with and without instrumentation.
const messages = [{ role: 'user', content: 'a secret question' }];

export const scenarios = {
  async chat({ client }) {
    const answer = await client.chat.completions.create({
      model: 'plain',
      messages,
      temperature: 0.5,
      max_completion_tokens: 64,
      stop: 'END',
      n: 2,
      seed: 7,
      response_format: { type: 'json_object' },
      reasoning_effort: 'low',
    });
    return [answer.choices[0].message.content, answer._request_id];
  },
  async withResponse({ client }) {
    const { data, response, request_id } = await client.chat.completions
      .create({ model: 'with-response', messages })
      .withResponse();
    return [data.id, response.status, request_id];
  },
  async asResponse({ client }) {
    const response = await client.chat.completions.create({ model: 'as-response', messages }).asResponse();
    return [response.status, (await response.json()).id];
  },
  async parse({ client }) {
    const answer = await client.chat.completions.parse({
      model: 'parsed',
      messages,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'a', schema: { type: 'object' }, strict: true },
      },
    });
    return [answer.choices[0].message.content, 'parsed' in answer.choices[0].message];
  },
  async catches({ client }) {
    return client.chat.completions.create({ model: 'refuses', messages }).catch(describe);
  },
  async awaitsTwice({ client }) {
    const promise = client.chat.completions.create({ model: 'twice', messages });
    const [first, second] = await Promise.all([promise, promise]);
    return [first === second, promise.constructor.name, promise instanceof Promise];
  },
  async retries({ client }) {
    const answer = await client.chat.completions.create({ model: 'busy', messages }, { maxRetries: 2 });
    return answer.id;
  },
  async stream({ client }) {
    const stream = await client.chat.completions.create({
      model: 'streamed',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    return [stream.constructor.name, await collect(stream)];
  },
  async unaskedStream({ client }) {
    const stream = await client.chat.completions.create({ model: 'unasked', messages, stream: true });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return chunks;
  },
  async unaskedReadable({ client }) {
    const stream = await client.chat.completions.create({
      model: 'unasked-readable',
      messages,
      stream: true,
    });
    let text = '';
    for await (const part of stream.toReadableStream()) text += Buffer.from(part).toString();
    return text;
  },
  async unaskedHelper({ client }) {
    const stream = client.chat.completions.stream({ model: 'unasked-helper', messages });
    return stream.finalChatCompletion();
  },
  async unaskedRaw({ client }) {
    const params = { model: 'unasked-raw', messages, stream: true };
    const before = JSON.stringify(params);
    const response = await client.chat.completions.create(params).asResponse();
    return [await response.text(), before === JSON.stringify(params)];
  },
  async toolRunner({ client }) {
    const runner = client.chat.completions.runTools({
      model: 'runs-tools',
      messages,
      tools: [
        {
          type: 'function',
          function: { name: 'look', parameters: {}, function: () => 'a secret', parse: JSON.parse },
        },
      ],
    });
    return runner.finalContent();
  },
  async limited({ client }) {
    return client.chat.completions.create({ model: 'limited', messages }).catch(describe);
  },
  async legacy({ client }) {
    const answer = await client.completions.create({ model: 'legacy', prompt: 'a secret' });
    return answer.choices.length;
  },
  async streamHelper({ client }) {
    const runner = client.chat.completions.stream({ model: 'helped', messages });
    return runner.finalContent();
  },
  async tee({ client }) {
    const stream = await client.chat.completions.create({ model: 'teed', messages, stream: true });
    return Promise.all(stream.tee().map(collect));
  },
  async earlyBreak({ client }) {
    const stream = await client.chat.completions.create({ model: 'endless', messages, stream: true });
    let seen = 0;
    for await (const _ of stream) if (++seen === 1) break;
    return [seen, stream.controller.signal.aborted];
  },
  async abortsStream({ client }) {
    const stream = await client.chat.completions.create(
      { model: 'endless', messages, stream: true },
      { headers: { 'x-case': 'abort' } },
    );
    let seen = 0;
    for await (const _ of stream) if (++seen === 2) stream.controller.abort();
    return seen;
  },
  async abortsRequest({ client }) {
    const controller = new AbortController();
    const promise = client.chat.completions.create(
      { model: 'aborted', messages },
      { signal: controller.signal },
    );
    controller.abort();
    return promise.catch(describe);
  },
  async breaks({ client }) {
    const stream = await client.chat.completions.create({ model: 'breaks', messages, stream: true });
    return collect(stream).catch((error) => error.constructor.name);
  },
  async complains({ client }) {
    const stream = await client.chat.completions.create({ model: 'complains', messages, stream: true });
    return collect(stream).catch(describe);
  },
  async secondReading({ client }) {
    const stream = await client.chat.completions.create({ model: 'read-twice', messages, stream: true });
    await collect(stream);
    return collect(stream).catch((error) => error.message);
  },
  async response({ client }) {
    const answer = await client.responses.create({
      model: 'responded',
      input: 'a secret question',
      max_output_tokens: 32,
      reasoning: { effort: 'high' },
      previous_response_id: 'resp_0',
    });
    return answer.output_text;
  },
  async responseStream({ client }) {
    const stream = await client.responses.create({ model: 'responding', input: 'a secret', stream: true });
    const types = [];
    for await (const event of stream) types.push(event.type);
    return types;
  },
  async embeddings({ client }) {
    const answer = await client.embeddings.create({ model: 'embedded', input: 'a secret', dimensions: 2 });
    return [...answer.data[0].embedding];
  },
  async azure({ AzureOpenAI, url }) {
    const client = new AzureOpenAI({ apiKey: 'none', apiVersion: '2025-01-01', baseURL: url, maxRetries: 0 });
    const answer = await client.chat.completions.create({ model: 'azured', messages });
    return answer.id;
  },
  async unreachable({ OpenAI }) {
    const client = new OpenAI({ apiKey: 'none', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0 });
    return client.chat.completions.create({ model: 'unreachable', messages }).catch(describe);
  },
  /** Nobody handles the rejection: the process must die of it as it would alone. */
  async unhandled({ client }) {
    client.chat.completions.create({ model: 'refuses', messages });
    await new Promise((resolve) => setTimeout(resolve, 500));
    return 'survived';
  },
  async unhandledParse({ client }) {
    client.chat.completions.parse({ model: 'refuses', messages });
    await new Promise((resolve) => setTimeout(resolve, 500));
    return 'survived';
  },
  async fireAndForget({ client }) {
    client.chat.completions.create({ model: 'forgotten', messages });
    await collectGarbage();
    return 'done';
  },
  async neverRead({ client }) {
    let stream = await client.chat.completions.create({ model: 'unread', messages, stream: true });
    const seen = typeof stream.tee;
    stream = undefined;
    await collectGarbage();
    return seen;
  },
};

export async function run(names, { OpenAI, AzureOpenAI }) {
  const url = process.env.MODEL_URL;
  const client = new OpenAI({ apiKey: 'none', baseURL: url, maxRetries: 0 });
  for (const name of names) {
    const seen = await scenarios[name]({ client, OpenAI, AzureOpenAI, url });
    console.log(`${name}: ${JSON.stringify(seen)}`);
  }
}

async function collect(stream) {
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  return text;
}

async function collectGarbage() {
  for (let i = 0; i < 20; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc?.();
  }
}

function describe(error) {
  return [error.constructor.name, error.status, error.code, error.message];
}
