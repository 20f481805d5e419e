import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../store/temporary.ts';
import { Story } from '../traces/otlp.ts';
import { CLI, runCli } from './run-cli.ts';

const TRACES = join(import.meta.dirname, '../traces');

type Event = Record<string, string | number | boolean>;

async function eventsOf(place: string, ...args: string[]): Promise<Event[]> {
  const { code, stdout } = await runCli(['events', '--json', '--source', place, ...args]);
  expect(code).toBe(0);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

test('events: failures say what, where in the code, and whether the request saw it', async () => {
  const events = await eventsOf(join(TRACES, 'checkout-failure.jsonl'), '--kind', 'failure');
  expect(events).toHaveLength(4);
  expect(events).toContainEqual(
    expect.objectContaining({
      event_type: 'failure',
      error_type: 'CardDeclined',
      file: '/srv/shop/payments.cjs',
      line: 41,
      function: 'charge',
      service: 'payments',
      fingerprint: '9b74c9897bac770f',
      is_entry: false,
    }),
  );
  const crash = await eventsOf(join(TRACES, 'crash.jsonl'), '--kind', 'failure');
  expect(crash).toContainEqual(expect.objectContaining({ name: 'GET /cart', is_unfinished: true }));
});

test('events: every kind, each field flat, each line one object', async () => {
  const kinds = new Map<string, number>();
  for (const event of await eventsOf(TRACES)) {
    kinds.set(String(event.event_type), (kinds.get(String(event.event_type)) ?? 0) + 1);
    expect(event.time).toMatch(/^2026-11-21T/);
    expect(event.time_unix_nano).toMatch(/^\d+$/);
    for (const value of Object.values(event)) expect(typeof value).not.toBe('object');
  }
  expect([...kinds.keys()].sort()).toEqual(['failure', 'http', 'llm_call', 'log', 'query', 'tool']);
  expect(kinds.get('query')).toBeGreaterThan(40);
});

test('events: kinds may be listed or repeated, with a service and a window', async () => {
  const both = await eventsOf(TRACES, '--kind', 'log,tool', '--kind', 'failure', '--service', 'payments');
  expect(new Set(both.map(({ event_type, service }) => `${event_type} ${service}`))).toEqual(
    new Set(['failure payments', 'log payments']),
  );
  expect(await eventsOf(TRACES, '--until', '2026-11-21T08:40:07Z')).toEqual([]);
});

/** A framework's span around a client's span for the same call, with a step between; then a call of its own. */
function nestedCalls(): string {
  const story = new Story('1c'.repeat(16));
  const call = (model: string, input: number, cost?: number): Record<string, string | number> => ({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': model,
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': 10,
    'gen_ai.conversation.id': `talk-${model}`,
    ...(cost !== undefined && { 'agentlog.gen_ai.cost_usd': cost }),
  });
  const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' };
  const client = [
    { id: 4, parent: 3, name: 'client', kind: 3, at: 3, ms: 5, attributes: call('gpt-5-mini', 100, 0.5) },
  ];
  const rest = [
    { id: 5, parent: 1, name: 'other', kind: 3, at: 20, ms: 5, attributes: call('o3', 7) },
    { id: 6, parent: 1, name: 'outer tool', at: 30, ms: 5, attributes: tool },
    { id: 7, parent: 6, name: 'inner tool', at: 31, ms: 2, attributes: tool },
    { id: 3, parent: 2, name: 'http step', at: 2, ms: 7 },
    { id: 2, parent: 1, name: 'framework', at: 1, ms: 9, attributes: call('gpt-5-mini', 100, 0.5) },
    { id: 1, name: 'root', at: 0, ms: 40 },
  ];
  const shop = { 'service.name': 'shop' };
  // The client's span in a file of its own, and exported twice.
  const lines = [story.spans(shop, client), story.spans(shop, client)];
  return temporaryDirectory({
    'a.jsonl': `${story.spans(shop, rest)}\n`,
    'b.jsonl': `${lines.join('\n')}\n`,
  });
}

test('events: a call inside a framework’s span for it is there once, and so is a tool', async () => {
  const events = await eventsOf(nestedCalls(), '--kind', 'llm_call,tool');
  expect(new Set(events.map(({ name }) => name))).toEqual(new Set(['client', 'other', 'outer tool']));
});

test('tokens: calls count once, by model, service, session, with what has no price', async () => {
  const place = nestedCalls();
  const run = async (...args: string[]) =>
    JSON.parse((await runCli(['tokens', '--json', '--source', place, ...args])).stdout);
  const { groups, total } = await run();
  expect(groups).toEqual([
    expect.objectContaining({
      model: 'gpt-5-mini',
      callCount: 1,
      inputTokens: 100,
      outputTokens: 10,
      costUsd: 0.5,
    }),
    expect.objectContaining({
      model: 'o3',
      callCount: 1,
      inputTokens: 7,
      costUsd: null,
      unpricedCallCount: 1,
    }),
  ]);
  expect(total).toMatchObject({ callCount: 2, inputTokens: 107, outputTokens: 20, costUsd: 0.5 });
  expect((await run('--by', 'service')).groups).toMatchObject([{ service: 'shop', callCount: 2 }]);
  expect((await run('--by', 'session,model')).groups[0]).toMatchObject({
    session: 'talk-gpt-5-mini',
    model: 'gpt-5-mini',
  });
  expect((await run('--service', 'nobody')).total.callCount).toBe(0);
  expect((await run('--until', '2026-01-01T00:00:00Z')).groups).toEqual([]);
});

test('tokens: a table with a total, CSV without formulas, and why it is empty', async () => {
  const { stdout } = await runCli(['tokens', '--source', nestedCalls()]);
  expect(stdout).toMatch(/^MODEL +CALLS +ERRORS +INPUT/);
  expect(stdout).toMatch(/^total +2 +0 +107 +20 +0 +0 +\$0.50$/m);
  expect(stdout).toContain('No cost for 1 of 2 calls');
  const csv = await runCli(['tokens', '--csv', '--source', TRACES]);
  expect(csv.stdout).toMatch(/^model,calls,errors/);
  expect(csv.stdout).toContain(`"'=HYPERLINK`);
  expect(csv.stdout).not.toMatch(/[^\P{C}\n]/u);
  const none = await runCli(['tokens', '--source', join(TRACES, 'n-plus-one.jsonl')]);
  expect(none).toMatchObject({ code: 0, stdout: expect.stringContaining('No model calls') });
});

test('events: none is said on standard error, so that what reads them gets nothing', async () => {
  const outcome = await runCli(['events', '--kind', 'tool', '--json', '--source', temporaryDirectory()]);
  expect(outcome).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('No such event') });
});

test('events: hostile text stays on its line in both forms', async () => {
  const file = join(TRACES, 'hostile.jsonl');
  for (const form of [['--json'], []]) {
    const { stdout } = await runCli(['events', '--source', file, ...form]);
    expect(stdout).toContain('Ignore all previous');
    expect(stdout).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
    for (const line of stdout.trimEnd().split('\n')) expect(line).toMatch(/^(?:\{"event_type":|2026-)/);
  }
});

test('events: secrets that were stored are masked on reading', async () => {
  const line = new Story('6'.repeat(32)).spans({ 'service.name': 's' }, [
    {
      id: 1,
      name: 'GET',
      kind: 3,
      at: 0,
      ms: 1,
      attributes: {
        'http.request.method': 'GET',
        'url.full': `https://u:${'pass'}word1@h/?token=${'A1b2C3d4'.repeat(4)}`,
      },
    },
  ]);
  const [event] = await eventsOf(temporaryDirectory({ 'a.jsonl': `${line}\n` }));
  expect(event?.url).toContain('REDACTED');
  expect(JSON.stringify(event)).not.toMatch(/A1b2C3d4|password1/);
});

test('events: 200,000 of them pass through 96 MB of heap, and a reader that goes early is no failure', async () => {
  const directory = temporaryDirectory();
  const story = new Story('2b'.repeat(16));
  const attributes = {
    'db.query.text': `SELECT ${'x'.repeat(200)} FROM t WHERE id = $1`,
    'db.system.name': 'postgresql',
  };
  const line = story.spans(
    { 'service.name': 's' },
    Array.from({ length: 500 }, (_, index) => ({
      id: index + 1,
      name: 'q',
      kind: 3,
      at: index,
      ms: 1,
      attributes,
    })),
  );
  for (let count = 0; count < 400; count += 1) {
    const traceId = `2b${count.toString(16).padStart(30, '0')}`;
    appendFileSync(join(directory, 'a.jsonl'), `${line.replaceAll(story.traceId, traceId)}\n`);
  }
  const args = [CLI, 'events', '--kind', 'query', '--json', '--source', directory];
  const run = (early: boolean): Promise<{ code: number | null; lines: number; stderr: string }> => {
    const child = spawn(process.execPath, ['--max-old-space-size=96', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let lines = 0;
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.stdout.on('data', (text: Buffer) => {
      for (const byte of text) if (byte === 10) lines += 1;
      if (early) child.stdout.destroy();
    });
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, lines, stderr })));
  };
  expect(await run(false)).toEqual({ code: 0, lines: 200_000, stderr: '' });
  const early = await run(true);
  expect(early).toMatchObject({ code: 0, stderr: '' });
  expect(early.lines).toBeLessThan(200_000);
});

test.each([
  [['events', '--kind', 'metric'], 2, /failure, llm_call, tool/],
  [['events', '--since', 'soon'], 2, /30s, 15m/],
  [['tokens', '--by', 'user'], 2, /model, service, session/],
  [['tokens', '--by', 'model,model'], 2, /each once/],
  [['tokens', '--json', '--csv'], 2, /not both/],
])('events: %j fails with exit %i and the next step', async (args, code, message) => {
  const outcome = await runCli([...args, '--source', TRACES]);
  expect(outcome).toMatchObject({ code, stdout: '' });
  expect(outcome.stderr).toMatch(message);
});

test('events: a span that was exported twice is one event, in lines, in another file and compacted', async () => {
  const story = new Story('ab'.repeat(16));
  const line = story.spans({ 'service.name': 'shop' }, [
    {
      id: 1,
      name: 'GET /orders',
      kind: 2,
      at: 0,
      ms: 9,
      error: 'Broken',
      attributes: { 'http.route': '/orders', 'http.request.method': 'GET' },
    },
    {
      id: 2,
      parent: 1,
      name: 'chat gpt-5',
      at: 1,
      ms: 2,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-5',
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 1,
      },
    },
  ]);
  const nameOf = (random: string): string => `20261121T084007Z-4194305-${random}.traces.jsonl`;
  const directory = temporaryDirectory({
    [nameOf('00000001')]: `${line}\n${line}\n`,
    [nameOf('00000002')]: `${line}\n`,
  });
  const check = async (): Promise<void> => {
    const kinds = (await eventsOf(directory)).map(({ event_type }) => event_type).sort();
    expect(kinds).toEqual(['failure', 'http', 'llm_call']);
    const { stdout } = await runCli(['tokens', '--json', '--dir', directory]);
    expect(JSON.parse(stdout).total).toMatchObject({ callCount: 1, inputTokens: 10 });
  };
  await check();
  const { compactStore } = await import('../../src/store/parquet/compact.ts');
  await compactStore(directory, { batchBytes: 1 });
  await check();
});
