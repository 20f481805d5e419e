import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { inSpan, record } from './record.ts';

const CALL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-5-mini',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 100,
};
const AGENT = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'support' };
const SUMS = {
  'agentlog.gen_ai.call_count': 2,
  'agentlog.gen_ai.total_input_tokens': 2000,
  'agentlog.gen_ai.total_output_tokens': 200,
  'agentlog.gen_ai.total_cost_usd': 0.0009,
};

// POST /assistant
//   middleware
//     invoke_agent support
//       chat (framework, CLIENT)
//         chat (client, CLIENT)
//       chat (client, CLIENT)
test('genai: agent and entry span know the sums, and a framework around a client counts once', async () => {
  const recorder = record();
  const client = { attributes: CALL, kind: SpanKind.CLIENT };
  inSpan(recorder, 'POST /assistant', { kind: SpanKind.SERVER }, () =>
    inSpan(recorder, 'middleware', {}, () =>
      inSpan(recorder, 'agent', { attributes: AGENT }, () => {
        inSpan(recorder, 'framework', client, () => inSpan(recorder, 'client', client, () => {}));
        inSpan(recorder, 'client', client, () => {});
      }),
    ),
  );
  const spans = await recorder.spans();
  const byName = (name: string) => spans.find((span) => span.name === name);
  expect(byName('agent')?.attributes).toMatchObject(SUMS);
  expect(byName('POST /assistant')?.attributes).toMatchObject(SUMS);
  expect(byName('middleware')?.attributes).toEqual({});
  expect(byName('framework')?.kind).toBe(SpanKind.INTERNAL);
  expect(byName('framework')?.attributes).not.toHaveProperty(['agentlog.gen_ai.cost_usd']);
  expect(byName('client')?.kind).toBe(SpanKind.CLIENT);
  expect(byName('client')?.attributes['agentlog.gen_ai.cost_usd']).toBe(0.00045);
  expect(byName('client')?.attributes).not.toHaveProperty(['agentlog.gen_ai.call_count']);
});

test('genai: the tokens of a framework count when the client below did not say any', async () => {
  const recorder = record();
  const bare = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai' };
  inSpan(recorder, 'root', {}, () =>
    inSpan(recorder, 'framework', { attributes: CALL, kind: SpanKind.CLIENT }, () =>
      inSpan(recorder, 'client', { attributes: bare, kind: SpanKind.CLIENT }, () => {}),
    ),
  );
  expect((await recorder.spans()).at(-1)?.attributes).toMatchObject({
    'agentlog.gen_ai.call_count': 1,
    'agentlog.gen_ai.total_input_tokens': 1000,
    'agentlog.gen_ai.total_cost_usd': 0.00045,
  });
});

test('genai: a call that outlives the agent around it counts for the entry span', async () => {
  const recorder = record();
  const root = recorder.tracer.startSpan('root');
  const within = trace.setSpan(ROOT_CONTEXT, root);
  const agent = recorder.tracer.startSpan('agent', { attributes: AGENT }, within);
  const call = recorder.tracer.startSpan('call', { attributes: CALL }, trace.setSpan(within, agent));
  agent.end();
  await recorder.spans();
  call.end();
  root.end();
  expect((await recorder.spans()).at(-1)?.attributes['agentlog.gen_ai.call_count']).toBe(1);
});

test('genai: an agent that runs elsewhere and says what it used is one call', async () => {
  const recorder = record();
  inSpan(recorder, 'root', {}, () =>
    inSpan(recorder, 'agent', { attributes: { ...CALL, ...AGENT }, kind: SpanKind.CLIENT }, () => {}),
  );
  const [agent, root] = await recorder.spans();
  expect(agent?.kind).toBe(SpanKind.CLIENT);
  expect(root?.attributes['agentlog.gen_ai.total_input_tokens']).toBe(1000);
});

test('genai: no sums where no model was called', async () => {
  const recorder = record();
  const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 't' };
  inSpan(recorder, 'root', {}, () => inSpan(recorder, 'tool', { attributes: tool }, () => {}));
  const [, root] = await recorder.spans();
  expect(root?.attributes).toEqual({});
});

test('genai: a model whose price nobody knows has no cost, and its tokens are summed', async () => {
  const recorder = record();
  inSpan(recorder, 'root', {}, () =>
    inSpan(recorder, 'call', { attributes: { ...CALL, 'gen_ai.request.model': 'my-own-model' } }, () => {}),
  );
  const [call, root] = await recorder.spans();
  expect(Object.keys(call?.attributes ?? {}).filter((key) => key.includes('cost'))).toEqual([]);
  expect(root?.attributes).toMatchObject({ 'agentlog.gen_ai.total_input_tokens': 1000 });
  expect(root?.attributes).not.toHaveProperty(['agentlog.gen_ai.total_cost_usd']);
});
