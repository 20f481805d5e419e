import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Bundle } from '../../src/bundles/bundle.ts';
import { failureKindOf } from '../../src/bundles/hypotheses/failure-kinds/index.ts';
import { makeBundle } from '../../src/bundles/index.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { loadFormat } from '../../src/formats/index.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { Story, type StoryLog, type StorySpan, type Values } from '../traces/otlp.ts';

const story = new Story('f00df00df00df00df00df00df00df00d');

async function bundleOf(
  spans: readonly StorySpan[],
  logs: readonly StoryLog[] = [],
  project?: string,
): Promise<Bundle> {
  const source = new MemorySource(
    decodeLine(story.spans({ 'service.name': 'shop' }, spans)).spans,
    decodeLine(story.logs({ 'service.name': 'shop' }, logs)).logs,
  );
  return makeBundle(source, story.traceId, project === undefined ? {} : { project });
}
const first = async (...given: Parameters<typeof bundleOf>): Promise<string | undefined> =>
  (await bundleOf(...given)).hypotheses[0]?.rule;

test.each([
  [{ type: '42703', message: 'column "b" does not exist' }, 'schema-mismatch'],
  [{ type: '42P01', message: 'relation "t" does not exist' }, 'schema-mismatch'],
  [{ type: 'ER_BAD_FIELD_ERROR', message: 'Unknown column' }, 'schema-mismatch'],
  [{ type: '23505', message: 'duplicate key value' }, 'duplicate-key'],
  [{ type: 'ER_DUP_ENTRY', message: 'Duplicate entry' }, 'duplicate-key'],
  [{ type: 'PrismaClientKnownRequestError', message: 'E11000' }, undefined],
  [{ type: '23502', message: 'null value in column' }, 'bad-value'],
  [{ type: '40P01', message: 'deadlock detected' }, 'lock-conflict'],
  [{ type: '57014', message: 'canceling statement due to statement timeout' }, 'statement-timeout'],
  [{ type: 'TypeError', message: 'fetch failed: connect ECONNREFUSED 10.0.0.1:80' }, 'unreachable'],
  [{ type: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND billing' }, 'unreachable'],
  [{ type: 'ECONNRESET', message: 'socket hang up' }, 'connection-lost'],
  [{ type: 'CERT_HAS_EXPIRED', message: 'certificate has expired' }, 'certificate'],
  [{ type: 'ENOENT', message: 'no such file' }, 'missing-file'],
  [{ type: 'Error', message: 'timeout exceeded when trying to connect' }, 'pool-exhausted'],
  [{ type: 'KnexTimeoutError', message: 'Knex: Timeout acquiring a connection.' }, 'pool-exhausted'],
  [{ type: 'SyntaxError', message: `Unexpected token '<', "<html" is not valid JSON` }, 'not-json'],
  [{ type: 'TypeError', message: "Cannot read properties of undefined (reading 'x')" }, 'missing-value'],
  [{ type: 'TypeError', message: 'user.save is not a function' }, 'wrong-name'],
  [{ type: 'RangeError', message: 'Maximum call stack size exceeded' }, 'endless-recursion'],
  [{ type: 'TokenExpiredError', message: 'jwt expired' }, 'credential-refused'],
  [{ type: '401', message: '', call: 'GET http://crm/', status: 401 }, 'credential-refused'],
  [{ type: '429', message: '', call: 'GET http://crm/', status: 429 }, 'rate-limited'],
  [{ type: '422', message: '', call: 'POST http://crm/', status: 422 }, 'called-wrongly'],
  [{ type: '503', message: '', call: 'GET http://crm/', status: 503 }, 'called-side-failed'],
  [{ type: 'GatewayError', message: 'no', call: 'GET http://crm/', status: 500, at: 'a.mjs:1' }, undefined],
  [{ type: 'RangeError', message: 'only 3 left' }, undefined],
])('hypotheses: %j is told by its kind', (facts, rule) => {
  expect(failureKindOf(facts)?.rule).toBe(rule);
});

const root: StorySpan = { id: 1, name: 'GET /a', kind: 2, at: 0, ms: 2_000 };
const failed: StorySpan = { ...root, error: true };
const event = (attributes: Values): NonNullable<StorySpan['events']> => [
  { name: 'exception', at: 5, attributes },
];
const thrown = (type: string, message: string): Values => ({
  'exception.type': type,
  'exception.message': message,
  'exception.stacktrace': `${type}: ${message}\n    at go (/app/src/go.mjs:3:1)`,
});

test('hypotheses: a bare status says nothing of the cause, and that is said', async () => {
  const status = { 'http.response.status_code': 500, 'error.type': '500' };
  expect(await first([{ ...failed, attributes: status }])).toBe('insufficient-evidence');
});

test('hypotheses: a called side that is in the trace and says only 500 is asked to say more', async () => {
  const status = { 'http.response.status_code': 500, 'http.request.method': 'GET' };
  const caller: StorySpan = {
    ...root,
    name: 'GET',
    kind: 3,
    error: true,
    attributes: { ...status, 'url.full': 'http://b/x' },
  };
  const called: StorySpan = {
    id: 2,
    parent: 1,
    name: 'GET',
    kind: 2,
    at: 1,
    ms: 2,
    error: true,
    attributes: status,
  };
  expect(await first([caller, called])).toBe('nothing-recorded');
  expect(await first([caller])).toBe('called-side-failed');
});

test('hypotheses: what the app logged as an error, with its line, comes before what is only slow', async () => {
  const calls = Array.from(
    { length: 25 },
    (_, index): StorySpan => ({
      id: index + 2,
      parent: 1,
      name: 'GET',
      kind: 3,
      at: index * 4,
      ms: 3,
      attributes: { 'http.request.method': 'GET', 'url.full': `http://b/pets/${index}` },
    }),
  );
  const log = { span: 1, at: 9, severity: 17, body: 'x', attributes: thrown('TypeError', 'm') };
  const { hypotheses } = await bundleOf([root, ...calls], [log]);
  expect(hypotheses.map(({ rule }) => rule)).toEqual(['swallowed-failure', 'repeated-call']);
});

test('hypotheses: a request that nobody answered is told so, after the exception that explains it', async () => {
  const left = { ...root, attributes: { 'http.response.status_code': 499 } };
  const bundle = await bundleOf([left]);
  expect(bundle.hypotheses[0]).toMatchObject({ rule: 'not-answered', evidence: [story.spanId(1)] });
  expect((await loadFormat('markdown')).render(bundle)).toMatch(/^# Trace .*: not answered/);
  const log = { span: 1, at: 9, severity: 17, body: 'x', attributes: thrown('E', 'm') };
  expect((await bundleOf([left], [log])).hypotheses.map(({ rule }) => rule)).toEqual([
    'first-failure',
    'not-answered',
  ]);
});

test('hypotheses: tests are suggested only where there is a place to call or a request to send', async () => {
  const suggestionsOf = async (span: StorySpan): Promise<string[]> =>
    (await bundleOf([span])).suggestedTests.map(({ text }) => text.slice(0, 4));
  const request = { 'http.request.method': 'GET', 'url.path': '/a', 'server.address': 'localhost' };
  expect(await suggestionsOf({ ...failed, attributes: { 'error.type': '500' } })).toEqual([]);
  expect(await suggestionsOf({ ...failed, attributes: request })).toEqual(['Send']);
  expect(await suggestionsOf({ ...failed, events: event(thrown('E', 'm')) })).toEqual(['Call']);
});

test('hypotheses: what nobody caught comes before the spans that the dead process left', async () => {
  const open: StorySpan = {
    id: 2,
    parent: 1,
    name: 'x',
    at: 1,
    ms: 2,
    attributes: { 'agentlog.span.unfinished': true },
  };
  const fatal = { span: 1, at: 9, severity: 21, body: 'uncaught exception', attributes: thrown('E', 'm') };
  const bundle = await bundleOf([root, open], [fatal]);
  expect(bundle.outcome).toBe('failed');
  expect(bundle.hypotheses.map(({ rule }) => rule)).toEqual(['uncaught-exception', 'process-died']);
});

test('hypotheses: a failure that was logged and answered with 200 was swallowed', async () => {
  const query: StorySpan = {
    id: 2,
    parent: 1,
    name: 'INSERT',
    kind: 3,
    at: 1,
    ms: 2,
    error: 'no',
    events: event(thrown('23502', 'null value')),
  };
  const log = {
    span: 1,
    at: 9,
    severity: 17,
    body: 'could not save',
    attributes: thrown('23502', 'null value'),
  };
  const bundle = await bundleOf([root, query], [log]);
  expect(bundle.outcome).toBe('problem');
  expect(bundle.hypotheses[0]).toMatchObject({
    rule: 'swallowed-failure',
    facts: { at: '/app/src/go.mjs:3' },
  });
  expect(bundle.hypotheses[0]?.claim).toMatch(/answered as if all were well.*did not fit what the database/);
});

test('hypotheses: waiting for a connection is told as the pool’s, not as a slow span or a time-out', async () => {
  const wait: StorySpan = {
    id: 2,
    parent: 1,
    name: 'pg-pool.connect',
    kind: 3,
    at: 1,
    ms: 1_900,
    error: 'timeout exceeded when trying to connect',
  };
  const bundle = await bundleOf([failed, wait]);
  expect(bundle.hypotheses.map(({ rule }) => rule)).toEqual(['pool-exhausted']);
  const text = (await loadFormat('markdown')).render(bundle);
  expect(text).not.toContain('timeout-cascade');
});

test('hypotheses: a time-out says what was asked, what came of it and where the time went', async () => {
  const call: StorySpan = {
    id: 2,
    parent: 1,
    name: 'GET',
    kind: 3,
    at: 1,
    ms: 1_000,
    error: 'The operation was aborted due to timeout',
    attributes: { 'http.request.method': 'GET', 'url.full': 'http://stock/items' },
  };
  const answer: StorySpan = { id: 3, parent: 2, name: 'GET', kind: 2, at: 2, ms: 1_500 };
  const query: StorySpan = {
    id: 4,
    parent: 3,
    name: 'SELECT',
    kind: 3,
    at: 3,
    ms: 1_400,
    attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT 1 FROM items' },
  };
  const { hypotheses } = await bundleOf([failed, call, answer, query]);
  expect(hypotheses[0]).toMatchObject({
    rule: 'waited-too-long',
    facts: {
      call: 'GET http://stock/items',
      statement: 'SELECT 1 FROM items',
      spentInSpanId: story.spanId(4),
    },
  });
  expect(hypotheses.map(({ rule }) => rule)).not.toContain('first-failure');
});

test('hypotheses: a model that only ever asks for tools is a loop; one that answers is none', async () => {
  const calls = (last: string): StorySpan[] =>
    Array.from({ length: 6 }, (_, index) => ({
      id: 10 + index,
      parent: 1,
      name: 'chat m',
      kind: 3,
      at: 10 * index,
      ms: 5,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'm',
        'gen_ai.response.finish_reasons': [index === 5 ? last : 'tool_calls'],
        'gen_ai.usage.input_tokens': 100 * (index + 1),
      },
    }));
  const looping = await bundleOf([root, ...calls('tool_calls')]);
  expect(looping.hypotheses[0]).toMatchObject({
    rule: 'agent-loop',
    confidence: 'high',
    facts: { callCount: 6, firstInputTokens: 100, lastInputTokens: 600 },
  });
  expect(await first([root, ...calls('stop')])).not.toBe('agent-loop');
});

function project(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(directory, path, '..'), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}
const slow = (attributes: Values): StorySpan[] => [
  root,
  { id: 2, parent: 1, name: 'call', kind: 3, at: 1, ms: 1_900, attributes },
];
const QUERY = {
  'db.system.name': 'postgresql',
  'db.query.text': 'SELECT id FROM events WHERE lower(device) = $1 AND kind = ? LIMIT ?',
};

test.each<[string, Values, string, string]>([
  [
    'a statement',
    QUERY,
    "q('SELECT id\n  FROM events\n  WHERE lower(device) = 7 AND kind = 1 LIMIT 5')",
    ':2',
  ],
  [
    'a URL',
    { 'http.request.method': 'GET', 'url.full': 'http://w/forecast/daily?x=1' },
    'fetch(base + "/forecast/daily")',
    ':2',
  ],
])(
  'excerpts: %s without a call site is found by its text in the project',
  async (_label, attributes, code, end) => {
    const directory = project({
      'src/a.mjs': `// one\n${code}\n`,
      'src/b.mjs': 'other()\n',
      'test/a.test.mjs': code,
      'node_modules/x/a.mjs': code,
      '.env.mjs': code,
    });
    const { excerpts } = await bundleOf(slow(attributes), [], directory);
    expect(excerpts.map(({ file, line, why }) => [`${file}:${line}`, why])).toEqual([
      [`src/a.mjs${end}`, 'text'],
    ]);
  },
);

test('excerpts: a text that stands in two places is no place', async () => {
  const code = "q('SELECT id FROM events WHERE lower(device) = $1 AND kind = 1 LIMIT 1')";
  const directory = project({ 'a.mjs': code, 'b.mjs': code });
  expect((await bundleOf(slow(QUERY), [], directory)).excerpts).toEqual([]);
});

test('excerpts: a statement made to slow the search down does not', async () => {
  const hostile = `SELECT a FROM t WHERE x IN (${'?, '.repeat(500)}?)`;
  const directory = project({ 'a.mjs': `SELECT a FROM t WHERE x IN (${'1,\n'.repeat(40_000)}` });
  const attributes = { 'db.system.name': 'postgresql', 'db.query.text': hostile };
  expect((await bundleOf(slow(attributes), [], directory)).excerpts).toHaveLength(1);
});

test('markdown: a failed statement shows the frame that failed and the line where the statement stands', async () => {
  const directory = project({
    'src/go.mjs': `1;\n2;\nawait books();\n${'//\n'.repeat(20)}`,
    'src/books.mjs': "const q =\n  'SELECT b FROM books WHERE id = $1';\n",
  });
  const query: StorySpan = {
    id: 2,
    parent: 1,
    name: 'SELECT',
    kind: 3,
    at: 1,
    ms: 5,
    error: 'no b',
    events: event(thrown('42703', 'no b')),
    attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT b FROM books WHERE id = $1' },
  };
  const bundle = await bundleOf([failed, query], [], directory);
  expect(bundle.excerpts.map(({ file, line, why }) => [file, line, why])).toEqual([
    ['src/go.mjs', 3, 'frame'],
    ['src/books.mjs', 2, 'text'],
  ]);
  const cause = (await loadFormat('markdown')).render(bundle).split('## Spans')[0];
  expect(cause).toMatch(/src\/go\.mjs:3[\s\S]*src\/books\.mjs:2/);
});

test('hypotheses: the event loop’s longest hold tells work of the process itself from a wait', async () => {
  const resource = { 'service.name': 'shop', 'process.pid': 7 };
  const spans = decodeLine(story.spans(resource, [root])).spans;
  const held = async (eventLoopDelayMaxMs: number): Promise<Bundle['hypotheses'][number] | undefined> => {
    const source = Object.assign(new MemorySource(spans), {
      health: async () => ({ measuredAfterMs: 1, eventLoopDelayMaxMs }),
    });
    return (await makeBundle(source, story.traceId)).hypotheses[0];
  };
  expect(await held(1_800)).toMatchObject({ rule: 'blocked-event-loop', facts: { longestHoldMs: 1_800 } });
  expect(await held(20)).toMatchObject({
    rule: 'slow-by-itself',
    claim: expect.stringContaining('loop was free'),
  });
});

test('markdown, html: what was measured of a process has units; that nothing was is said under Coverage', async () => {
  const spans = decodeLine(story.spans({ 'service.name': 'shop', 'process.pid': 7 }, [root])).spans;
  const markdown = await loadFormat('markdown');
  const health = {
    measuredAfterMs: -2_500,
    residentBytes: 3 * 2 ** 20,
    eventLoopDelayP99Ms: 12,
    gcShare: 0.02,
    cpuCores: 0.5,
  };
  const measured = Object.assign(new MemorySource(spans), { health: async () => health });
  const bundle = await makeBundle(measured, story.traceId);
  expect((await loadFormat('html')).render(bundle)).toContain(
    '["rss","3.1 MB"],["event loop delay p99","12ms"],["garbage collection","2%"],["CPU","0.5 cores"]',
  );
  const text = markdown.render(bundle);
  expect(text).toContain(
    'rss 3.1 MB · event loop delay p99 12ms · garbage collection 2% · CPU 0.5 cores · measured 2500ms before its end',
  );
  expect(text).not.toContain('no metrics');
  expect(markdown.render(await makeBundle(new MemorySource(spans), story.traceId))).toContain(
    'no metrics of the processes',
  );
});
