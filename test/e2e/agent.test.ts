import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAgent } from '../../examples/agent/start.mjs';
import type { Span } from '../../src/core/span.ts';
import { ROOT, readLocal, temporaryDirectory } from './run-app.ts';

const QUIET = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };

describe.each(['off', 'prompts,completions,tools'])('agent: with content %s', (content) => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let answer: Awaited<ReturnType<typeof runAgent>>;
  let local: ReturnType<typeof readLocal>;
  let bundle: string;

  beforeAll(async () => {
    directory = temporaryDirectory();
    answer = await runAgent({
      preload: '@agentlog/otel/register',
      env: { ...QUIET, AGENTLOG_DIR: directory.path, AGENTLOG_GENAI_CONTENT: content },
    });
    local = readLocal(directory.path);
    const args = ['bundle', '--trace-id', answer.traceId, '--dir', directory.path];
    bundle = (await promisify(execFile)(process.execPath, [join(ROOT, 'dist/src/cli.js'), ...args])).stdout;
  }, 60_000);
  afterAll(() => directory[Symbol.dispose]());

  const named = (name: string): Span[] => local.spans.filter((span) => span.name === name);
  const [graph, retrieval, tool] = ['invoke_workflow support', 'retrieval Notes', 'execute_tool get_order'];

  test('agent, model, tools and their server are one trace', () => {
    // answer a customer → invoke_workflow support ─┬ invoke_agent recall → retrieval Notes
    //                                              ├ 4 × invoke_agent think → chat → chat (client) → POST
    //                                              └ 3 × execute_tool → tools/call (server)
    expect(answer.stderr).toBe('');
    expect(new Set(local.spans.map((span) => span.traceId))).toEqual(new Set([answer.traceId]));
    expect(named(graph as string)).toHaveLength(1);
    expect(named(retrieval as string)).toHaveLength(1);
    const calls = named(tool as string);
    expect(calls).toHaveLength(2);
    for (const call of calls) {
      expect(call.attributes['mcp.method.name']).toBe('tools/call');
      const [served] = local.spans.filter((span) => span.parentSpanId === call.spanId);
      expect(served).toMatchObject({ name: 'tools/call get_order', kind: 2 });
      expect(served?.resource.attributes['service.name']).toBe('tools');
    }
  });

  test('each call of the model is counted once, and the workflow knows the sum', () => {
    const chats = named('chat gpt-4o-mini');
    const clients = chats.filter((span) => span.kind === 3);
    expect([chats.length, clients.length]).toEqual([8, 4]);
    const costs = clients.map((span) => Number(span.attributes['agentlog.gen_ai.cost_usd']));
    const total = Number(named(graph as string)[0]?.attributes['agentlog.gen_ai.total_cost_usd']);
    expect(total).toBeGreaterThan(0);
    expect(total).toBeCloseTo(
      costs.reduce((sum, each) => sum + each, 0),
      10,
    );
    expect(bundle.match(/^#\d+ chat gpt-4o-mini\S* by openai \S+ tokens \d+→\d+ cost \$/gm)).toHaveLength(4);
    expect(bundle).toMatch(/^total cost \$0\.\d+ by /m);
  });

  test('the redundant tool call is flagged, on the span as it runs and in the bundle', () => {
    expect(named(graph as string)[0]?.attributes).toMatchObject({
      'agentlog.n_plus_one.kind': ['tool'],
      'agentlog.n_plus_one.summary': ['get_order'],
      'agentlog.n_plus_one.count': [2],
    });
    expect(bundle).toContain('The agent asked a tool again for what it already knew');
    expect(bundle).toMatch(/^#\d+ get_order \S+ms same arguments as #\d+ REDUNDANT$/m);
    expect(bundle.match(/REDUNDANT/g)).toHaveLength(1);
  });

  test('no secret is in any file; what was said only where it was asked for', () => {
    for (const secret of Object.values(answer.secrets)) expect(local.text).not.toContain(secret);
    const said = ['It is urgent', 'left the depot', 'arrives tomorrow', 'next working day'];
    const inFiles = said.filter((text) => local.text.includes(text));
    expect(inFiles).toEqual(content === 'off' ? [] : said);
    expect(bundle.includes('It is urgent')).toBe(content !== 'off');
    expect(bundle.includes('[REDACTED:card]')).toBe(content !== 'off');
  });
});
