// An app that speaks to providers without a library of theirs. Each scenario returns what the app saw.

import http from 'node:http';
import { createRequire } from 'node:module';
import OpenAI from 'openai';

const { Agent, fetch: undiciFetch, request } = createRequire(import.meta.url)('undici');

const url = process.env.MODEL_URL;
const { port } = new URL(url);
/** Every name leads to the stand-in. */
const dispatcher = new Agent({
  connect: {
    lookup: (_, { all }, found) => found(null, all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4),
  },
});
const headers = { 'content-type': 'application/json' };
const body = (model, rest) =>
  JSON.stringify({ model, messages: [{ role: 'user', content: 'a secret question' }], ...rest });

export const scenarios = {
  async fetch() {
    const answer = await fetch(`${url}/chat/completions`, { method: 'POST', headers, body: body('fetched') });
    return (await answer.json()).id;
  },
  async stream() {
    const answer = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers,
      body: body('fetched-stream', { stream: true, stream_options: { include_usage: true } }),
    });
    return (await answer.text()).length;
  },
  async groq() {
    const to = `http://api.groq.com:${port}/openai/v1/chat/completions`;
    const answer = await undiciFetch(to, { method: 'POST', headers, body: body('groqed'), dispatcher });
    return (await answer.json()).id;
  },
  async request() {
    const to = `http://api.mistral.ai:${port}/v1/embeddings`;
    const { body: answer } = await request(to, {
      method: 'POST',
      headers,
      body: body('requested'),
      dispatcher,
    });
    return (await answer.json()).object;
  },
  async http() {
    return post({ 'x-a': '1', host: 'api.openai.com' }, '/v1/chat/completions', body('posted'));
  },
  async refused() {
    return post({ host: 'api.deepseek.com' }, '/chat/completions', body('refuses'));
  },
  async otherPath() {
    return post({ host: 'api.openai.com' }, '/v1/moderations', body('moderated'));
  },
  async otherHost() {
    return post({ host: 'shop.example' }, '/v1/chat/completions', body('shopped'));
  },
  async library() {
    const client = new OpenAI({ apiKey: 'none', baseURL: url });
    return (await client.chat.completions.create(JSON.parse(body('from-library')))).id;
  },
};

function post(extra, path, text) {
  return new Promise((resolve, reject) => {
    const sent = http.request({
      host: '127.0.0.1',
      port,
      path,
      method: 'POST',
      headers: { ...headers, ...extra },
    });
    sent.on('error', reject);
    sent.on('response', async (answer) => {
      let all = '';
      for await (const part of answer) all += part;
      resolve([answer.statusCode, all.length]);
    });
    sent.write(text.slice(0, 10));
    sent.end(text.slice(10));
  });
}

for (const name of process.argv[2].split(',')) {
  console.log(`${name}: ${JSON.stringify(await scenarios[name]())}`);
}
await dispatcher.close();
