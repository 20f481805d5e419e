import type { Attributes } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { createGenAiEnricher } from '../../../processors/genai/index.ts';
import { Facts } from '../../../processors/processor.ts';
import { type ContentPolicy, readContentPolicy } from '../../../src/core/genai/content-policy.ts';

const SPOKEN = 'what the user said';

function span(attributes: Attributes, event?: [string, Attributes]): ReadableSpan {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const live = provider.getTracer('test').startSpan('span', { attributes });
  if (event !== undefined) live.addEvent(...event);
  live.end();
  return exporter.getFinishedSpans()[0] as ReadableSpan;
}

function facts(of: ReadableSpan, policy?: ContentPolicy): Facts {
  const found = new Facts();
  createGenAiEnricher(policy).onEnd?.(of, found);
  return found;
}

test('genai: a span of another kind gets no fact and costs no allocation', () => {
  const found = facts(span({ 'http.route': '/', 'input.value': SPOKEN }));
  expect(found).toEqual(new Facts());
});

test('genai: content of every dialect is dropped, and how much is said', () => {
  const found = facts(
    span({
      'gen_ai.system': 'openai',
      'gen_ai.prompt.0.content': SPOKEN,
      'ai.prompt': SPOKEN,
      'gen_ai.output.messages': SPOKEN,
      'gen_ai.request.model': 'm',
    }),
  );
  expect([...(found.dropped ?? [])].sort()).toEqual([
    'ai.prompt',
    'gen_ai.output.messages',
    'gen_ai.prompt.0.content',
  ]);
  expect(found.attributes).toEqual({
    'gen_ai.provider.name': 'openai',
    'agentlog.gen_ai.content_dropped': 3,
  });
});

test('genai: content in events is dropped by key', () => {
  const found = facts(
    span({ 'gen_ai.operation.name': 'chat' }, ['gen_ai.user.message', { content: SPOKEN }]),
  );
  expect([...(found.dropped ?? [])]).toEqual(['content']);
});

test('genai: a policy that lets content in drops nothing', () => {
  const said = span({ 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': SPOKEN });
  expect(facts(said, readContentPolicy([], 'true')).dropped).toBeUndefined();
  expect(facts(said, readContentPolicy([], 'EVENT_ONLY')).dropped).toEqual(
    new Set(['gen_ai.input.messages']),
  );
});

test('genai: the body of a message record is replaced, other records are left alone', () => {
  const enricher = createGenAiEnricher();
  const message = new Facts();
  const record = {
    eventName: 'gen_ai.user.message',
    body: { content: SPOKEN },
    attributes: { 'gen_ai.system': 'openai' },
  };
  enricher.onLog?.(record as unknown as ReadableLogRecord, message);
  expect(message.body).toBe('[content off]');
  const other = new Facts();
  enricher.onLog?.({ body: 'hello', attributes: { content: 'x' } } as unknown as ReadableLogRecord, other);
  expect(other).toEqual(new Facts());
});
