import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ModelServer {
  readonly url: string;
  /** How many requests came for each model. */
  readonly requests: Map<string, number>;
  close(): Promise<void>;
}

type Body = Record<string, unknown>;

const USAGE = {
  prompt_tokens: 11,
  completion_tokens: 7,
  total_tokens: 18,
  prompt_tokens_details: { cached_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 2 },
};

/**
 * A stand-in for OpenAI's API on loopback: chat completions, responses and embeddings, whole and streamed. The
 * model's name chooses what goes wrong: `busy` (500 the first time), `limited` (429), `refuses` (400), `breaks` (the connection
 * dies mid-stream), `complains` (an error event mid-stream), `endless` (a stream that never ends).
 */
export async function startModelServer(): Promise<ModelServer> {
  const requests = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request)) as Body;
    const model = String(body.model);
    const count = (requests.get(model) ?? 0) + 1;
    requests.set(model, count);
    if (model === 'busy' && count === 1) {
      json(response, { error: { message: 'try again' } }, 500, { 'retry-after-ms': '1' });
    } else if (model === 'limited') {
      json(response, { error: { message: 'slow down', code: 'rate_limit_exceeded' } }, 429, {
        'retry-after': '7',
      });
    } else if (model === 'refuses') {
      json(response, { error: { message: 'too long', code: 'context_length_exceeded' } }, 400);
    } else if (request.url?.includes('/embeddings')) {
      json(response, embeddings(body, model));
    } else if (request.url?.includes('/responses')) {
      if (body.stream) streamResponse(response, model);
      else json(response, wholeResponse(model, 'completed'));
    } else if (body.stream) {
      streamChat(response, model, body);
    } else {
      json(response, wholeChat(model));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function wholeChat(model: string): Body {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: `${model}-2026`,
    choices: [
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: '{"answer":"whisper"}' } },
    ],
    usage: USAGE,
  };
}

function wholeResponse(model: string, status: string): Body {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    model: `${model}-2026`,
    status,
    output: [
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status,
        content: [{ type: 'output_text', text: 'whisper', annotations: [] }],
      },
    ],
    usage: {
      input_tokens: 21,
      output_tokens: 9,
      total_tokens: 30,
      input_tokens_details: { cached_tokens: 5 },
      output_tokens_details: { reasoning_tokens: 4 },
    },
  };
}

function embeddings(body: Body, model: string): Body {
  const floats = new Float32Array([0.5, 0.25]);
  const embedding =
    body.encoding_format === 'base64' ? Buffer.from(floats.buffer).toString('base64') : [...floats];
  return {
    object: 'list',
    model: `${model}-2026`,
    data: [{ object: 'embedding', index: 0, embedding }],
    usage: { prompt_tokens: 4, total_tokens: 4 },
  };
}

function streamChat(response: ServerResponse, model: string, body: Body): void {
  const send = sse(response);
  const isAsked = (body.stream_options as Body | undefined)?.include_usage === true;
  const chunk = (delta: Body, finish: string | null): Body => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: `${model}-2026`,
    choices: [{ index: 0, delta, finish_reason: finish }],
    // Every chunk has the field once usage was asked for.
    ...(isAsked && { usage: null }),
  });
  send(chunk({ role: 'assistant', content: 'whi' }, null));
  send(chunk({ content: 'sper' }, null));
  if (model === 'endless') return;
  if (model === 'breaks') {
    setTimeout(() => response.destroy(), 30);
    return;
  }
  if (model === 'complains') {
    send({ error: { message: 'overloaded', code: 'server_overloaded' } });
    response.end();
    return;
  }
  send(chunk({}, 'stop'));
  if (isAsked) {
    send({ ...chunk({}, null), choices: [], usage: USAGE });
  }
  response.end('data: [DONE]\n\n');
}

function streamResponse(response: ServerResponse, model: string): void {
  const send = sse(response);
  send({ type: 'response.created', response: { ...wholeResponse(model, 'in_progress'), usage: null } });
  send({ type: 'response.output_text.delta', delta: 'whisper', item_id: 'msg_1' });
  send({ type: 'response.completed', response: wholeResponse(model, 'completed') });
  response.end();
}

function sse(response: ServerResponse): (data: Body) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  return (data) => {
    const event = typeof data.type === 'string' ? `event: ${data.type}\n` : '';
    response.write(`${event}data: ${JSON.stringify(data)}\n\n`);
  };
}

function json(
  response: ServerResponse,
  body: Body,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req-1', ...headers });
  response.end(JSON.stringify(body));
}

async function text(request: IncomingMessage): Promise<string> {
  let all = '';
  for await (const part of request) all += part;
  return all;
}
