import { expect, test } from 'vitest';
import { findRepeats } from '../../../src/core/n-plus-one/index.ts';
import { TraceBuilder } from './trace-builder.ts';

function requests(urls: readonly string[], parent = 'root'): TraceBuilder {
  const trace = new TraceBuilder().span('root', { from: 0, to: 10_000, kind: 2 });
  if (parent !== 'root') trace.span(parent, { parent: 'root', from: 0, to: 9000 });
  for (const [i, url] of urls.entries()) {
    const attributes = { 'http.request.method': 'GET', 'url.full': url };
    trace.span(`r${i}`, { parent, from: i * 20, to: i * 20 + 19, kind: 3, attributes });
  }
  return trace;
}

test('HTTP: the same route of the same host five times is an N+1', () => {
  const ids = ['17', 'b3f1c2d4-0000-4000-8000-000000000000', '5f3a9c', '42', '99'];
  const repeats = findRepeats(
    requests(ids.map((id) => `https://api.test:8443/v1/users/${id}?expand=1`)).build(),
  );
  expect(repeats).toMatchObject([
    {
      kind: 'http',
      summary: 'GET api.test:8443/v1/users/*',
      count: 5,
      severity: 'problem',
      parentSpanId: 'root',
    },
  ]);
});

test('HTTP: other routes, hosts and methods are other calls', () => {
  const urls = ['a/users/1', 'a/orders/1', 'b/users/1', 'a/users/1/name', 'a/v1/users/1', 'a/v2/users/1'];
  expect(findRepeats(requests(urls.map((url) => `http://${url}`)).build())).toEqual([]);
});

test('HTTP: userinfo and query never reach a summary', () => {
  const secret = ['hunter', '2000'].join('');
  const urls = Array.from({ length: 5 }, () => `http://ada:${secret}@a/users/1?token=${secret}`);
  expect(JSON.stringify(findRepeats(requests(urls).build()))).not.toContain(secret);
});

/*
 * agent ─┬─ chat ── POST /v1/chat/completions
 *        ├─ chat ── POST …   six times
 */
test('HTTP: the requests of model calls are no N+1 of the agent', () => {
  const trace = new TraceBuilder().span('agent', { from: 0, to: 10_000 });
  for (let i = 0; i < 6; i++) {
    const from = i * 1000;
    const chat = { 'gen_ai.operation.name': 'chat' };
    const post = { 'http.request.method': 'POST', 'url.full': 'https://llm.test/v1/chat/completions' };
    trace.span(`chat${i}`, { parent: 'agent', from, to: from + 900, kind: 3, attributes: chat });
    trace.span(`post${i}`, { parent: `chat${i}`, from, to: from + 890, kind: 3, attributes: post });
  }
  expect(findRepeats(trace.build())).toEqual([]);
});

function agent(calls: readonly (readonly [tool: string, args: string])[]): TraceBuilder {
  const trace = new TraceBuilder().span('agent', { from: 0, to: 100_000 });
  for (const [i, [tool, args]] of calls.entries()) {
    const attributes = {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': tool,
      'gen_ai.tool.call.arguments': args,
    };
    trace.span(`t${i}`, { parent: 'agent', from: i * 5000, to: i * 5000 + 100, attributes });
  }
  return trace;
}

test('tools: the same call three times tells nothing new', () => {
  const calls = [
    ['search', '{"q":"a"}'],
    ['search', '{"q":"b"}'],
    ['search', '{"q":"a"}'],
    ['search', '{"q":"a"}'],
  ] as const;
  expect(findRepeats(agent(calls).build())).toMatchObject([
    {
      kind: 'tool',
      summary: 'search',
      count: 3,
      severity: 'note',
      parentSpanId: 'agent',
      spanIds: ['t0', 't2', 't3'],
    },
  ]);
});

test('tools: the second look at the same thing is redundant, the second deed may be a next step', () => {
  const look = ['read_file', '{"path":"a"}'] as const;
  expect(findRepeats(agent([look, look]).build())).toMatchObject([{ kind: 'tool', count: 2 }]);
  const deed = ['next_page', '{}'] as const;
  expect(findRepeats(agent([deed, deed]).build())).toEqual([]);
  expect(findRepeats(agent([deed, deed, deed]).build())).toMatchObject([{ kind: 'tool', count: 3 }]);
});

test('tools: a write between makes the next look worth while', () => {
  const look = ['read_file', '{"path":"a"}'] as const;
  expect(findRepeats(agent([look, ['edit_file', '{}'], look]).build())).toEqual([]);
});

test('tools: what was looked up twice before a write stays redundant', () => {
  const look = ['read_file', '{"path":"a"}'] as const;
  const repeats = findRepeats(agent([look, look, ['edit_file', '{}'], look]).build());
  expect(repeats).toMatchObject([{ kind: 'tool', count: 2, spanIds: ['t0', 't1'] }]);
});

test('tools: steps in spans of their own are one agent, and a write in one of them counts for all', () => {
  const look = { 'gen_ai.tool.name': 'read_file', 'gen_ai.tool.call.arguments': '{}' };
  const edit = { 'gen_ai.tool.name': 'edit_file', 'gen_ai.tool.call.arguments': '{}' };
  const steps = (tools: readonly object[]) => {
    const trace = new TraceBuilder().span('agent', { from: 0, to: 1000 });
    for (const [i, tool] of tools.entries()) {
      const attributes = { 'gen_ai.operation.name': 'execute_tool', ...tool };
      trace.span(`n${i}`, { parent: 'agent', from: i * 10, to: i * 10 + 9 });
      trace.span(`t${i}`, { parent: `n${i}`, from: i * 10 + 1, to: i * 10 + 8, attributes });
    }
    return findRepeats(trace.build());
  };
  expect(steps([look, look])).toMatchObject([{ count: 2, parentSpanId: 'agent' }]);
  expect(steps([look, edit, look])).toEqual([]);
});

test('tools: a look at something else is no write', () => {
  const look = ['read_file', '{"path":"a"}'] as const;
  expect(
    findRepeats(agent([look, ['list_files', '{}'], look, ['get_weather', '{}'], look]).build()),
  ).toMatchObject([{ kind: 'tool', count: 3 }]);
});

test('tools: the hash of the arguments stands for them', () => {
  const trace = new TraceBuilder().span('agent', { from: 0, to: 1000 });
  for (const [i, hash] of ['00000000000000aa', '00000000000000bb', '00000000000000aa'].entries()) {
    const attributes = {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'search',
      'agentlog.gen_ai.tool.arguments_hash': hash,
    };
    trace.span(`t${i}`, { parent: 'agent', from: i * 10, to: i * 10 + 5, attributes });
  }
  expect(findRepeats(trace.build())).toMatchObject([{ count: 2, spanIds: ['t0', 't2'] }]);
});

test('tools: without arguments nobody can tell', () => {
  const trace = new TraceBuilder().span('agent', { from: 0, to: 1000 });
  for (let i = 0; i < 6; i++) {
    const attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' };
    trace.span(`t${i}`, { parent: 'agent', from: i, to: i + 1, attributes });
  }
  expect(findRepeats(trace.build())).toEqual([]);
});
