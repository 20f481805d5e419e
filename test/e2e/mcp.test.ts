import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Span } from '../../src/core/span.ts';
import { capabilitiesOf, declaredFor } from '../instrumentations/genai-capabilities.ts';
import { type Run, readLocal, runApp, temporaryDirectory } from './run-app.ts';

const CASES = [
  ['1', 'esm', 'stdio'],
  ['1', 'cjs', 'http'],
  ['1', 'cjs', 'stdio'],
  ['2', 'esm', 'stdio'],
  ['2', 'esm', 'http'],
  ['2', 'cjs', 'http'],
  ['2', 'esm', 'stdio', 'modern'],
] as const;

const QUIET = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };

/** The client starts its server, so both get the preload through the environment. */
function runClient(args: readonly string[], env: Record<string, string>): Promise<Run> {
  return runApp('mcp/client.mjs', { args, nodeArgs: [], env: { ...QUIET, ...env } });
}

function instrumented(directory: string, env: Record<string, string> = {}): Record<string, string> {
  return { AGENTLOG_DIR: directory, NODE_OPTIONS: '--import @agentlog/otel/register', ...env };
}

describe.each(CASES)('mcp: library %s, %s, over %s %s', (...given) => {
  const args = given.flatMap((each) => each ?? []);
  const [, , kind, era] = given;
  let directory: ReturnType<typeof temporaryDirectory>;
  let local: ReturnType<typeof readLocal>;
  let bare: Run;
  let run: Run;

  beforeAll(async () => {
    directory = temporaryDirectory();
    [bare, run] = await Promise.all([runClient(args, {}), runClient(args, instrumented(directory.path))]);
    local = readLocal(directory.path);
  }, 60_000);
  afterAll(() => directory[Symbol.dispose]());

  const isServer = (span: Span) => span.resource.attributes['service.name'] === 'server';
  const named = (name: string) => local.spans.filter((span) => span.name === name);
  const pair = (name: string): [client: Span, server: Span] => {
    const client = named(name).find((span) => span.kind === 3);
    const server = named(name).find((span) => span.kind === 2);
    expect({ name, client: client !== undefined, server: server !== undefined }).toEqual({
      name,
      client: true,
      server: true,
    });
    return [client as Span, server as Span];
  };

  test('the app prints the same and ends the same with us and without us', () => {
    expect(bare).toMatchObject({ code: 0, stderr: '' });
    expect(run).toMatchObject({ code: 0, stderr: '', stdout: bare.stdout });
    expect(bare.stdout).toContain('rain in Oslo');
  });

  test('one trace, in which each request of the client is the parent of what the server did for it', () => {
    const requests = local.spans.filter((span) => span.attributes['mcp.method.name'] !== undefined);
    expect(requests.length).toBeGreaterThan(18);
    const [agent] = named('agent');
    expect(new Set(requests.map((span) => span.traceId))).toEqual(new Set([agent?.traceId]));
    for (const server of requests.filter((span) => span.kind === 2)) {
      const client = local.spans.find((span) => span.spanId === server.parentSpanId);
      expect(client?.kind, server.name).toBe(3);
      expect(client?.name).toBe(server.name);
      expect(isServer(server)).not.toBe(isServer(client as Span));
    }
  });

  test('a tool call has the names of the conventions on both sides, and none of its arguments', () => {
    const expected = {
      'mcp.method.name': 'tools/call',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_weather',
      'jsonrpc.request.id': expect.stringMatching(/^\d+$/),
      'mcp.protocol.version': era === 'modern' ? '2026-07-28' : '2025-11-25',
      'network.transport': kind === 'stdio' ? 'pipe' : 'tcp',
      'agentlog.gen_ai.tool.arguments_hash': expect.stringMatching(/^[0-9a-f]{16}$/),
    };
    const [client, server] = pair('tools/call get_weather');
    for (const span of [client, server]) {
      expect(span.attributes).toMatchObject(expected);
      expect(span.status.code).toBe(0);
    }
    if (kind === 'http') {
      expect(client.attributes).toMatchObject({
        'server.address': '127.0.0.1',
        'network.protocol.name': 'http',
      });
      expect(client.attributes['mcp.session.id']).toBe(server.attributes['mcp.session.id']);
      expect(client.attributes['mcp.session.id']).toMatch(/^[\w-]{36}$/);
    }
    expect(local.text).not.toContain('Oslo');
    expect(local.text).not.toContain('whisper');
  });

  test('what a tool does lies below its span in the server, what carries the request below the client’s', () => {
    const [client, server] = pair('tools/call fetch_page');
    const below = (span: Span) => local.spans.filter((each) => each.parentSpanId === span.spanId);
    const page = below(server).find((span) => span.attributes['http.request.method'] === 'GET');
    expect(page?.kind).toBe(3);
    const posts = below(client).filter((span) => span.attributes['http.request.method'] === 'POST');
    expect(posts).toHaveLength(kind === 'http' ? 1 : 0);
    // The HTTP request that brought it is linked, not its parent.
    expect(server.links).toHaveLength(kind === 'http' ? 1 : 0);
  });

  test('a tool that says it failed is an error of the type tool_error', () => {
    for (const span of pair('tools/call complain')) {
      expect(span.attributes['error.type']).toBe('tool_error');
      expect(span.status.code).toBe(2);
    }
  });

  test('an answer that is a JSON-RPC error gives its code and message', () => {
    const failed = named('resources/read').filter((span) => span.status.code === 2);
    expect(failed).toHaveLength(2);
    for (const span of failed) {
      expect(span.attributes).toMatchObject({
        'error.type': '-32602',
        'rpc.response.status_code': '-32602',
        'mcp.resource.uri': 'file:///none.md',
      });
      expect(span.status.message).toContain('not found');
    }
    expect(pair('prompts/get greeting')[0].attributes['gen_ai.prompt.name']).toBe('greeting');
  });

  test('a server that asks the client is a client, and the trace goes on', () => {
    // The protocol of 2026 has no such requests.
    if (era === 'modern') return expect(named('sampling/createMessage')).toEqual([]);
    const [asking, asked] = pair('sampling/createMessage');
    expect(isServer(asking)).toBe(true);
    expect(isServer(asked)).toBe(false);
    const tool = local.spans.find((span) => span.spanId === asking.parentSpanId);
    expect(tool?.name).toBe('tools/call ask_model');
    expect(tool?.kind).toBe(2);
  });

  test('time running out, an abort and a server that dies end the span as errors', () => {
    const hangs = named('tools/call hang').filter((span) => span.kind === 3);
    expect(hangs.map((span) => span.attributes['error.type'])).toEqual(['timeout', 'timeout']);
    const unfinished = local.spans.filter(
      (span) => span.attributes['agentlog.span.unfinished'] === true && !isServer(span),
    );
    expect(unfinished.filter((span) => span.attributes['mcp.method.name'] !== undefined)).toEqual([]);
    if (kind !== 'stdio') return;
    const [client, server] = pair('tools/call die');
    expect(client.attributes['error.type']).toBe('connection_closed');
    expect(server.attributes['agentlog.span.unfinished']).toBe(true);
  });

  test('every request is one span a side', () => {
    const ids = local.spans
      .filter((span) => span.attributes['mcp.method.name'] !== undefined)
      .map((span) => `${isServer(span)} ${span.kind} ${span.attributes['jsonrpc.request.id']}`);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('mcp: arguments and results are there when content is on', async () => {
  using directory = temporaryDirectory();
  await runClient(['2', 'esm', 'stdio'], instrumented(directory.path, { AGENTLOG_GENAI_CONTENT: 'tools' }));
  const { spans } = readLocal(directory.path);
  expect(capabilitiesOf(spans)).toEqual(declaredFor('@modelcontextprotocol/*'));
  const calls = spans.filter((span) => span.name === 'tools/call get_weather');
  expect(calls).toHaveLength(2);
  for (const { attributes } of calls) {
    expect(attributes['gen_ai.tool.call.arguments']).toContain('Oslo');
    expect(attributes['gen_ai.tool.call.result']).toContain('rain in Oslo');
  }
});
