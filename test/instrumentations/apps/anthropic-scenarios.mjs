// What an app does with the client; each returns what it saw. Run with and without instrumentation.
const messages = [{ role: 'user', content: 'a secret question' }];
const base = { max_tokens: 64, messages };
const tools = [
  { name: 'get_weather', description: 'a secret tool', input_schema: { type: 'object', properties: {} } },
];

export const scenarios = {
  async chat({ client }) {
    const answer = await client.messages.create({
      ...base,
      model: 'plain',
      system: 'a secret system',
      temperature: 0.5,
      top_k: 4,
      top_p: 0.9,
      stop_sequences: ['END'],
      tools,
    });
    return [answer.content.at(-1).text, answer._request_id, answer.usage];
  },
  async tools({ client }) {
    const answer = await client.messages.create({ ...base, model: 'tools', tools });
    return answer.content;
  },
  async cut({ client }) {
    return (await client.messages.create({ ...base, model: 'cut' })).stop_reason;
  },
  async withResponse({ client }) {
    const { data, response } = await client.messages
      .create({ ...base, model: 'with-response' })
      .withResponse();
    return [data.id, response.status];
  },
  async asResponse({ client }) {
    const response = await client.messages.create({ ...base, model: 'as-response' }).asResponse();
    return [response.status, (await response.json()).id];
  },
  async beta({ client }) {
    const answer = await client.beta.messages.create({ ...base, model: 'beta', betas: ['x'] });
    return answer.id;
  },
  async retries({ client }) {
    return (await client.messages.create({ ...base, model: 'busy' }, { maxRetries: 2 })).id;
  },
  async limited({ client }) {
    return client.messages.create({ ...base, model: 'limited' }).catch(describe);
  },
  async refuses({ client }) {
    return client.messages.create({ ...base, model: 'refuses' }).catch(describe);
  },
  async timesOut({ client }) {
    return client.messages.create({ ...base, model: 'slow' }, { timeout: 150 }).catch(describe);
  },
  async stream({ client }) {
    const stream = await client.messages.create({ ...base, model: 'streamed', stream: true });
    return [stream.constructor.name, await collect(stream)];
  },
  async streamHelper({ client }) {
    const stream = client.messages.stream({ ...base, model: 'helped' });
    const texts = [];
    stream.on('text', (text) => texts.push(text));
    const message = await stream.finalMessage();
    return [texts, message.stop_reason, message.usage.output_tokens];
  },
  async betaStream({ client }) {
    return (await client.beta.messages.stream({ ...base, model: 'beta-helped' }).finalMessage()).id;
  },
  async toolStream({ client }) {
    const stream = client.messages.stream({ ...base, model: 'tools', tools });
    return (await stream.finalMessage()).content;
  },
  async tee({ client }) {
    const stream = await client.messages.create({ ...base, model: 'teed', stream: true });
    return Promise.all(stream.tee().map(collect));
  },
  async readable({ client }) {
    const stream = await client.messages.create({ ...base, model: 'readable', stream: true });
    let text = '';
    for await (const part of stream.toReadableStream()) text += Buffer.from(part).toString();
    return text.split('\n').length;
  },
  async earlyBreak({ client }) {
    const stream = await client.messages.create({ ...base, model: 'endless', stream: true });
    let seen = 0;
    for await (const _ of stream) if (++seen === 2) break;
    return [seen, stream.controller.signal.aborted];
  },
  async abortsStream({ client }) {
    const stream = await client.messages.create({ ...base, model: 'endless', stream: true });
    let seen = 0;
    for await (const _ of stream) if (++seen === 2) stream.controller.abort();
    return seen;
  },
  async breaks({ client }) {
    const stream = await client.messages.create({ ...base, model: 'breaks', stream: true });
    return collect(stream).catch((error) => error.constructor.name);
  },
  async complains({ client }) {
    const stream = await client.messages.create({ ...base, model: 'complains', stream: true });
    return collect(stream).catch((error) => error.constructor.name);
  },
  async neverRead({ client }) {
    let stream = await client.messages.create({ ...base, model: 'unread', stream: true });
    const seen = typeof stream.tee;
    stream = undefined;
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      globalThis.gc?.();
    }
    return seen;
  },
};

export async function run(names, { Anthropic }) {
  const client = new Anthropic({ apiKey: 'none', baseURL: process.env.MODEL_URL, maxRetries: 0 });
  for (const name of names) console.log(`${name}: ${JSON.stringify(await scenarios[name]({ client }))}`);
}

async function collect(stream) {
  let text = '';
  for await (const event of stream) text += event.delta?.text ?? '';
  return text;
}

function describe(error) {
  return [error.constructor.name, error.status, error.message];
}
