import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { type Json, type StandIn, sendJson, startStandIn } from './stand-in.ts';

interface Codec {
  encode(message: {
    headers: Record<string, { type: 'string'; value: string }>;
    body: Uint8Array;
  }): Uint8Array;
}

const USAGE = {
  inputTokens: 10,
  outputTokens: 7,
  totalTokens: 42,
  cacheReadInputTokens: 20,
  cacheWriteInputTokens: 5,
};

/** Bedrock's runtime: Converse, ConverseStream and InvokeModel. A model `refuses` (400) or is `unread`. */
export function startBedrock(): Promise<StandIn> {
  return startStandIn(
    (path) => /\/model\/([^/]+)\//.exec(path)?.[1] ?? path,
    ({ model, path }, response) => {
      if (model.includes('refuses')) {
        sendJson(response, { message: 'no' }, 400, { 'x-amzn-errortype': 'ValidationException' });
      } else if (path.endsWith('/converse-stream')) stream(response);
      else if (path.endsWith('/converse')) sendJson(response, converse());
      else sendJson(response, invoked());
    },
  );
}

function converse(): Json {
  return {
    output: { message: { role: 'assistant', content: [{ text: 'whisper' }] } },
    stopReason: 'end_turn',
    usage: USAGE,
    metrics: { latencyMs: 3 },
  };
}

function invoked(): Json {
  return {
    id: 'msg_1',
    type: 'message',
    content: [{ type: 'text', text: 'whisper' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 10, output_tokens: 7 },
  };
}

function stream(response: ServerResponse): void {
  const require = createRequire(import.meta.url);
  const { EventStreamCodec } = require('@smithy/core/event-streams') as {
    EventStreamCodec: new (
      toUtf8: (bytes: Uint8Array) => string,
      fromUtf8: (text: string) => Uint8Array,
    ) => Codec;
  };
  const codec = new EventStreamCodec(
    (bytes) => Buffer.from(bytes).toString(),
    (text) => Buffer.from(text),
  );
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
  const send = (name: string, body: Json): void => {
    const text = (value: string) => ({ type: 'string' as const, value });
    const headers = {
      ':event-type': text(name),
      ':content-type': text('application/json'),
      ':message-type': text('event'),
    };
    response.write(codec.encode({ headers, body: Buffer.from(JSON.stringify(body)) }));
  };
  send('messageStart', { role: 'assistant' });
  send('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'whisper' } });
  send('messageStop', { stopReason: 'end_turn' });
  send('metadata', { usage: USAGE, metrics: { latencyMs: 3 } });
  response.end();
}
