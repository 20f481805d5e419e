// A local stand-in for a chat-completions API: answers what the real one would, plain or streamed, with usage. A
// request that offers tools is answered with the calls of `PLAN` first (`[["tool", {…}], …]`, one a turn).
import { createServer } from 'node:http';

const plan = JSON.parse(process.env.PLAN ?? '[]');
let answered = 0;

const server = createServer(async (req, res) => {
  if (req.method !== 'POST' || !req.url.endsWith('/chat/completions')) {
    return json(res, 404, { error: { message: 'not found', type: 'invalid_request_error' } });
  }
  let body = '';
  for await (const chunk of req) body += chunk;
  const request = JSON.parse(body);
  const call = request.tools && plan[request.messages.filter(({ role }) => role === 'tool').length];
  if (call) return json(res, 200, toolCall(request, call));
  const answer = answerTo(request.messages.findLast(({ role }) => role === 'user').content);
  const usage = countTokens(request.messages, answer);
  if (request.stream) stream(res, request, answer, usage);
  else json(res, 200, completion(request, answer, usage));
});

function answerTo(question) {
  return `You asked: "${question}". Your last order left the warehouse this morning and arrives tomorrow.`;
}

/** About four characters a token, as a rule of thumb; the client only has to read the numbers. */
function countTokens(messages, answer) {
  const prompt = Math.ceil(messages.reduce((sum, { content }) => sum + (content?.length ?? 0), 0) / 4);
  const reply = Math.ceil(answer.length / 4);
  return {
    prompt_tokens: prompt,
    completion_tokens: reply,
    total_tokens: prompt + reply,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}

function head(request, object) {
  const created = Math.floor(Date.now() / 1000);
  return { id: `chatcmpl-${created}-${++answered}`, object, created, model: `${request.model}-2024-07-18` };
}

function completion(request, content, usage) {
  return whole(request, { role: 'assistant', content, refusal: null }, 'stop', usage);
}

function toolCall(request, [name, args]) {
  const call = { name, arguments: JSON.stringify(args) };
  const tool_calls = [{ id: `call_${answered}`, type: 'function', function: call }];
  const message = { role: 'assistant', content: null, refusal: null, tool_calls };
  return whole(request, message, 'tool_calls', countTokens(request.messages, call.arguments));
}

function whole(request, message, finish_reason, usage) {
  const choices = [{ index: 0, message, logprobs: null, finish_reason }];
  return { ...head(request, 'chat.completion'), choices, usage };
}

function stream(res, request, answer, usage) {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  const start = head(request, 'chat.completion.chunk');
  const send = (choices, more = {}) =>
    res.write(`data: ${JSON.stringify({ ...start, choices, ...more })}\n\n`);
  const choice = (delta, finish_reason = null) => [{ index: 0, delta, logprobs: null, finish_reason }];
  send(choice({ role: 'assistant', content: '' }));
  for (const word of answer.split(/(?<= )/)) send(choice({ content: word }));
  send(choice({}, 'stop'));
  if (request.stream_options?.include_usage) send([], { usage });
  res.end('data: [DONE]\n\n');
}

function json(res, status, body) {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(JSON.stringify({ msg: 'listening', port: server.address().port }));
});
