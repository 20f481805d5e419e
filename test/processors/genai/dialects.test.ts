import type { Attributes } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { readContentPolicy } from '../../../src/core/genai/content-policy.ts';
import { CALLS, SAID, TOOL_CALLS } from './dialects.ts';
import { recordSpan } from './record.ts';

/** What every dialect says of the call, under the names of the conventions. */
const SAME: Attributes = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-5-mini',
  'gen_ai.response.model': 'gpt-5-mini-2025-08-07',
  'gen_ai.request.temperature': 0.2,
  'gen_ai.request.max_tokens': 400,
  'gen_ai.response.finish_reasons': ['stop'],
  'gen_ai.usage.input_tokens': 1200,
  'gen_ai.usage.output_tokens': 150,
  'gen_ai.usage.cache_read.input_tokens': 1000,
  'gen_ai.usage.reasoning.output_tokens': 64,
  'gen_ai.conversation.id': 'c-1',
  'agentlog.gen_ai.cost_usd': 0.000375,
  'agentlog.gen_ai.context_ratio': 0.003375,
};

const ALL = readContentPolicy([], 'true');
const dialects = Object.entries(CALLS);
const toolDialects = Object.entries(TOOL_CALLS);
const leaked = (record: unknown): string[] => {
  const text = JSON.stringify(record);
  return Object.values(SAID).filter((said) => text.includes(said));
};

test.each(dialects)(
  'genai: a call in the dialect %s has the same facts as in every other',
  async (_name, call) => {
    const { attributes } = await recordSpan(call);
    expect(attributes).toMatchObject(SAME);
  },
);

test.each(dialects)(
  'genai: with old names dropped, %s says it in the current names alone',
  async (_name, call) => {
    const { attributes } = await recordSpan(call, { dropsOldNames: true });
    expect(attributes).toMatchObject(SAME);
    const old = Object.keys(attributes).filter((key) =>
      /^gen_ai\.(?:system|usage\.(?:prompt|completion)_)/.test(key),
    );
    expect(old).toEqual([]);
  },
);

test.each(dialects)(
  'genai: with content off, nothing that was said leaves in the dialect %s',
  async (_name, call) => {
    const { attributes } = await recordSpan(call);
    expect(leaked(attributes)).toEqual([]);
    expect(attributes['agentlog.gen_ai.content_dropped']).toBeGreaterThan(0);
  },
);

test.each(toolDialects)(
  'genai: the name of a tool is recorded, what it was given is not: %s',
  async (_name, call) => {
    const { attributes } = await recordSpan(call);
    expect(attributes).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'find_parcel',
    });
    expect(leaked(attributes)).toEqual([]);
  },
);

test.each(toolDialects)(
  'genai: arguments and result of a tool have one name when on: %s',
  async (_name, call) => {
    const { attributes } = await recordSpan(call, { content: readContentPolicy(['tools'], undefined) });
    expect(JSON.parse(String(attributes['gen_ai.tool.call.arguments']))).toEqual({ parcel: SAID.args });
    expect(attributes['gen_ai.tool.call.result']).toBe(SAID.result);
  },
);

test.each(dialects)(
  'genai: messages of %s are those of the conventions when content is on',
  async (name, call) => {
    const { attributes } = await recordSpan(call, { content: ALL });
    const [input, output] = ['gen_ai.input.messages', 'gen_ai.output.messages'].map((key) =>
      JSON.parse(String(attributes[key])),
    );
    const isApart = name === 'current' || name === 'google adk';
    const user = { role: 'user', parts: [{ type: 'text', content: SAID.prompt }] };
    const system = { role: 'system', parts: [{ type: 'text', content: SAID.system }] };
    expect(input).toMatchObject(isApart ? [user] : [system, user]);
    expect(output).toMatchObject([{ role: 'assistant', parts: [{ type: 'text', content: SAID.answer }] }]);
  },
);

test.each(dialects)(
  'genai: each switch lets its own kind in and no other, in the dialect %s',
  async (_name, call) => {
    const prompts = await recordSpan(call, { content: readContentPolicy(['prompts'], undefined) });
    expect(leaked(prompts.attributes).sort()).toEqual([SAID.prompt, SAID.system].sort());
    const answers = await recordSpan(call, { content: readContentPolicy(['completions'], undefined) });
    expect(leaked(answers.attributes)).toEqual([SAID.answer]);
  },
);
