// A chat-completions API for apps of the tests, in their own process: asks for the tools that `PLAN` names, one
// turn each, then answers. The model `refuses` answers 400, `busy` 500 the first time, `breaks` dies mid-stream.
import { createServer } from 'node:http';

const USAGE = {
  prompt_tokens: 11,
  completion_tokens: 7,
  total_tokens: 18,
  prompt_tokens_details: { cached_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 2 },
};

/** @param {[string, object][]} plan tools to call, one a turn */
export async function startStandIn(plan) {
  const seen = new Map();
  const server = createServer(async (req, res) => {
    let text = '';
    for await (const part of req) text += part;
    const body = JSON.parse(text);
    const count = (seen.get(body.model) ?? 0) + 1;
    seen.set(body.model, count);
    const json = (status, value) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (body.model === 'refuses') {
      return json(400, { error: { message: 'too long', code: 'context_length_exceeded' } });
    }
    if (body.model === 'busy' && count === 1) return json(500, { error: { message: 'try again' } });
    if (req.url.endsWith('/embeddings')) {
      const data = [body.input].flat().map((_, index) => ({ object: 'embedding', index, embedding: [1, 2] }));
      return json(200, {
        object: 'list',
        model: body.model,
        data,
        usage: { prompt_tokens: 4, total_tokens: 4 },
      });
    }
    const turn =
      body.tools === undefined ? plan.length : body.messages.filter((m) => m.role === 'tool').length;
    const head = { id: `chatcmpl-${count}`, created: 1, model: `${body.model}-2026` };
    const next = plan[turn];
    const calls = next && [
      {
        index: 0,
        id: `call_${turn}`,
        type: 'function',
        function: { name: next[0], arguments: JSON.stringify(next[1]) },
      },
    ];
    const reason = next ? 'tool_calls' : 'stop';
    const content = next ? null : 'whisper answer';
    if (!body.stream) {
      const message = { role: 'assistant', content, ...(calls && { tool_calls: calls }) };
      const choices = [{ index: 0, finish_reason: reason, message }];
      return json(200, { ...head, object: 'chat.completion', choices, usage: USAGE });
    }
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (choices, more = {}) =>
      res.write(
        `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`,
      );
    const delta = (value, finish_reason = null) => send([{ index: 0, delta: value, finish_reason }]);
    if (calls) delta({ role: 'assistant', tool_calls: calls });
    else for (const word of content.split(/(?<= )/)) delta({ role: 'assistant', content: word });
    if (body.model === 'breaks') return setTimeout(() => res.destroy(), 20);
    delta({}, reason);
    send([], { usage: USAGE });
    res.end('data: [DONE]\n\n');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
