import { expect, test } from 'vitest';
import { readContentPolicy } from '../../../src/core/genai/content-policy.ts';
import { record, recordSpan } from './record.ts';

const SPOKEN = 'what the user said';
const ALL = readContentPolicy([], 'true');
const CHAT = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' };
const said = (value: unknown): boolean => JSON.stringify(value).includes(SPOKEN);

test('genai: a span of another kind is left as it is', async () => {
  const attributes = { 'http.route': '/', 'input.value': SPOKEN, messages: SPOKEN, 'app.query': SPOKEN };
  const span = await recordSpan(attributes, {}, (live) => live.addEvent('a message', { content: SPOKEN }));
  expect(span.attributes).toEqual(attributes);
  expect(span.events[0]?.attributes).toEqual({ content: SPOKEN });
});

test('genai: what the app itself put on a span of a model call stays', async () => {
  const span = await recordSpan({ ...CHAT, 'app.tier': 'gold', 'user.id': 'u1' });
  expect(span.attributes).toMatchObject({ 'app.tier': 'gold', 'user.id': 'u1' });
});

test.each([
  'gen_ai.something.new',
  'gen_ai.request.template',
  'ai.future.text',
  'llm.anything',
  'traceloop.new.input',
  'langsmith.metadata.question',
  'langfuse.observation.new',
  'gcp.vertex.agent.new',
  'openinference.note',
  'mcp.response.value',
  'ai.settings.system',
  'gen_ai.prompt.3.contents.0.text',
  'pydantic_ai.all_messages',
  'all_messages_events',
  'final_result',
  'retrieval.documents.0.document.content',
])('genai: %s is left out although nobody knows it, because it may be content', async (key) => {
  for (const value of [SPOKEN, [SPOKEN]]) {
    const { attributes } = await recordSpan({ ...CHAT, [key]: value });
    expect(said(attributes)).toBe(false);
    expect(attributes['agentlog.gen_ai.content_dropped']).toBe(1);
  }
});

test('genai: a count or a switch of a library is a fact, known or not', async () => {
  const { attributes } = await recordSpan({
    ...CHAT,
    'gen_ai.usage.new_tokens': 3,
    'ai.settings.fancy': true,
  });
  expect(attributes).toMatchObject({ 'gen_ai.usage.new_tokens': 3, 'ai.settings.fancy': true });
});

test.each([
  ['gen_ai.user.message', { content: SPOKEN, role: 'user' }],
  ['gen_ai.choice', { message: SPOKEN, index: 0, finish_reason: 'stop' }],
  ['gen_ai.content.prompt', { 'gen_ai.prompt': SPOKEN }],
  ['gen_ai.client.inference.operation.details', { 'gen_ai.input.messages': SPOKEN }],
  ['ai.stream.chunk', { 'ai.response.text': SPOKEN }],
  ['llm.content.completion.chunk', { chunk: SPOKEN }],
])('genai: nothing that was said leaves in an event %s', async (name, attributes) => {
  const span = await recordSpan(CHAT, {}, (live) => live.addEvent(name, attributes));
  expect(said(span.events)).toBe(false);
  expect(span.events[0]?.name).toBe(name);
  const open = await recordSpan(CHAT, { content: ALL }, (live) => live.addEvent(name, attributes));
  expect(said(open.events)).toBe(true);
});

test('genai: an event on a span without any other sign of a model is stripped as well', async () => {
  const span = await recordSpan({ 'http.route': '/chat' }, {}, (live) => {
    live.addEvent('gen_ai.user.message', { content: SPOKEN });
  });
  expect(said(span.events)).toBe(false);
});

test('genai: span name, status and exceptions are not content', async () => {
  const span = await recordSpan(CHAT, {}, (live) => {
    live.updateName(SPOKEN);
    live.setStatus({ code: 2, message: SPOKEN });
    live.recordException(new Error(SPOKEN));
  });
  expect(span).toMatchObject({ name: SPOKEN, status: { message: SPOKEN } });
  expect(span.events[0]?.attributes?.['exception.message']).toBe(SPOKEN);
});

test('genai: content for events only leaves the attributes of the span bare', async () => {
  const content = readContentPolicy([], 'EVENT_ONLY');
  const span = await recordSpan({ ...CHAT, 'gen_ai.input.messages': SPOKEN }, { content }, (live) => {
    live.addEvent('gen_ai.client.inference.operation.details', { 'gen_ai.input.messages': SPOKEN });
  });
  expect(said(span.attributes)).toBe(false);
  expect(said(span.events)).toBe(true);
});

test('genai: the body of a message record is replaced, other records are left alone', async () => {
  const recorder = record();
  recorder.logger.emit({ eventName: 'gen_ai.user.message', body: { content: SPOKEN } });
  recorder.logger.emit({ attributes: { 'event.name': 'gen_ai.choice', 'gen_ai.system': 'x' }, body: SPOKEN });
  recorder.logger.emit({
    eventName: 'gen_ai.client.inference.operation.details',
    attributes: { 'gen_ai.input.messages': [{ content: SPOKEN }], 'gen_ai.request.model': 'm' },
  });
  recorder.logger.emit({ body: SPOKEN, attributes: { content: SPOKEN } });
  const logs = await recorder.logs();
  expect(logs.map(({ body, attributes }) => said([body ?? '', attributes]))).toEqual([
    false,
    false,
    false,
    true,
  ]);
  expect(logs[0]?.body).toBe('[content off]');
  expect(logs[2]?.attributes['gen_ai.request.model']).toBe('m');
});

test('genai: the body of a message record stays where its kind is on', async () => {
  const recorder = record({ content: readContentPolicy(['prompts'], undefined) });
  recorder.logger.emit({ eventName: 'gen_ai.user.message', body: { content: SPOKEN } });
  recorder.logger.emit({ eventName: 'gen_ai.choice', body: { message: { content: SPOKEN } } });
  const [prompt, answer] = await recorder.logs();
  expect(prompt?.body).toEqual({ content: SPOKEN });
  expect(answer?.body).toBe('[content off]');
});

test('genai: a long field is cut to 16 KB of valid JSON and says so; no secret is parted', async () => {
  const secret = ['sk-proj', `${'x'.repeat(20)}T3BlbkFJ${'y'.repeat(20)}`].join('-');
  const long = `${'word '.repeat(816)}key ${secret} `;
  const messages = Array.from({ length: 60 }, (_, index) => ({
    role: 'user',
    parts: [{ type: 'text', content: `${index} ${long}` }],
  }));
  const { attributes } = await recordSpan(
    { ...CHAT, 'gen_ai.input.messages': JSON.stringify(messages) },
    { content: ALL },
  );
  const text = String(attributes['gen_ai.input.messages']);
  expect(text.length).toBeLessThanOrEqual(16_384);
  const kept = JSON.parse(text) as { parts: { content: string }[] }[];
  expect(kept[0]?.parts[0]?.content.startsWith('0 word')).toBe(true);
  expect(kept.at(-1)?.parts[0]?.content.startsWith('59 word')).toBe(true);
  expect(text).toMatch(/\[CUT: \d+ characters\]/);
  expect(text).not.toContain('sk-proj');
  expect(attributes['agentlog.cut.count']).toBe(1);
});

test('genai: images, audio and files are recorded as size and hash', async () => {
  const bytes = Buffer.alloc(3_000, 7);
  const base64 = bytes.toString('base64');
  const messages = [
    { role: 'user', content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } }] },
    { role: 'user', content: [{ type: 'input_audio', input_audio: { data: base64, format: 'wav' } }] },
  ];
  const { attributes } = await recordSpan(
    { ...CHAT, 'gen_ai.input.messages': JSON.stringify(messages) },
    { content: ALL },
  );
  const text = String(attributes['gen_ai.input.messages']);
  expect(text).not.toContain(base64.slice(0, 64));
  expect(text).toMatch(/\[BINARY: image\/png 3000 bytes, sha256 [0-9a-f]{16}\]/);
  expect(text).toMatch(/\[BINARY: 3000 bytes, sha256 [0-9a-f]{16}\]/);
});

test('genai: prompts without tools keep the words and the names of tools alone', async () => {
  const messages = [
    { role: 'user', content: 'hello' },
    {
      role: 'assistant',
      tool_calls: [{ id: 't1', function: { name: 'find', arguments: `{"q":"${SPOKEN}"}` } }],
    },
    { role: 'tool', tool_call_id: 't1', content: SPOKEN },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: SPOKEN }] }],
    },
    { role: 'user', parts: [{ functionResponse: { name: 'find', response: { text: SPOKEN } } }] },
  ];
  const { attributes } = await recordSpan(
    { ...CHAT, 'gen_ai.input.messages': JSON.stringify(messages) },
    { content: readContentPolicy(['prompts'], undefined) },
  );
  expect(said(attributes)).toBe(false);
  expect(attributes['gen_ai.input.messages']).toContain('hello');
  expect(attributes['gen_ai.input.messages']).toContain('find');
});

test('genai: content goes through the redactor', async () => {
  const secret = `AKIA${'ABCDEFGHIJKLMNOP'.slice(0, 16)}`;
  const { attributes } = await recordSpan(
    { ...CHAT, 'gen_ai.prompt.0.content': `my key is ${secret}`, 'gen_ai.prompt.0.role': 'user' },
    { content: ALL },
  );
  expect(JSON.stringify(attributes)).not.toContain(secret);
  expect(attributes['gen_ai.input.messages']).toContain('my key is');
});
