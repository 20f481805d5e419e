import type { ServerResponse } from 'node:http';
import { type Json, type StandIn, sendJson, startEvents, startStandIn } from './stand-in.ts';

const USAGE = {
  input_tokens: 10,
  cache_creation_input_tokens: 5,
  cache_read_input_tokens: 20,
  output_tokens: 7,
  output_tokens_details: { thinking_tokens: 3 },
};

/** The first event counts the input; the last one the output. */
const FIRST_USAGE = { ...USAGE, output_tokens: 1, output_tokens_details: undefined };

/**
 * Anthropic's Messages API. The model's name chooses what happens: `busy` (529 the first time), `limited` (429,
 * always), `refuses` (400), `breaks` (the connection dies mid-stream), `complains` (an error event mid-stream),
 * `endless`, `slow` (never answers), `tools` (a tool call), `cut` (the limit of tokens), `declines`.
 */
export function startAnthropic(): Promise<StandIn> {
  return startStandIn(
    (_, body) => String(body.model),
    ({ model, body, count }, response) => {
      if (model === 'busy' && count === 1) {
        sendError(response, 529, 'overloaded_error', { 'retry-after-ms': '2' });
      } else if (model === 'limited') {
        sendError(response, 429, 'rate_limit_error', { 'retry-after': '7' });
      } else if (model === 'refuses') sendError(response, 400, 'invalid_request_error');
      else if (model === 'slow') return;
      else if (body.stream === true) streamMessage(response, model);
      else sendJson(response, message(model));
    },
  );
}

function message(model: string): Json {
  const stop = { tools: 'tool_use', cut: 'max_tokens', declines: 'refusal' }[model] ?? 'end_turn';
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: `${model}-2026`,
    content:
      model === 'tools'
        ? [{ type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'whisper town' } }]
        : [
            { type: 'thinking', thinking: 'whisper thought', signature: 'x' },
            { type: 'text', text: '{"answer":"whisper"}' },
          ],
    stop_reason: stop,
    stop_sequence: null,
    usage: USAGE,
  };
}

function streamMessage(response: ServerResponse, model: string): void {
  const send = startEvents(response);
  send({
    type: 'message_start',
    message: { ...message(model), content: [], stop_reason: null, usage: FIRST_USAGE },
  });
  send({ type: 'ping' });
  send({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
  send({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'whi' } });
  if (model === 'endless') return;
  if (model === 'breaks') {
    setTimeout(() => response.destroy(), 30);
    return;
  }
  if (model === 'complains') {
    send({ type: 'error', error: { type: 'overloaded_error', message: 'overloaded' } });
    response.end();
    return;
  }
  send({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'sper' } });
  send({ type: 'content_block_stop', index: 0 });
  if (model === 'tools') {
    const block = { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: {} };
    send({ type: 'content_block_start', index: 1, content_block: block });
    const delta = { type: 'input_json_delta', partial_json: '{"city":"whisper town"}' };
    send({ type: 'content_block_delta', index: 1, delta });
    send({ type: 'content_block_stop', index: 1 });
  }
  send({
    type: 'message_delta',
    delta: { stop_reason: model === 'tools' ? 'tool_use' : 'end_turn', stop_sequence: null },
    usage: { output_tokens: 7, output_tokens_details: { thinking_tokens: 3 } },
  });
  send({ type: 'message_stop' });
  response.end();
}

function sendError(
  response: ServerResponse,
  status: number,
  type: string,
  headers: Record<string, string> = {},
): void {
  sendJson(response, { type: 'error', error: { type, message: `no: ${type}` } }, status, headers);
}
