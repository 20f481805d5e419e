import { expect, test } from 'vitest';
import { analyse, analyses } from '../../src/analyses/index.ts';
import { findRepeats } from '../../src/core/n-plus-one/index.ts';
import { buildTrace } from '../../src/core/trace.ts';
import type { StorySpan } from '../traces/otlp.ts';
import { run, story, traceOf as trace } from './run.ts';

const exception = (type: string, message: string, stack = ''): NonNullable<StorySpan['events']> => [
  {
    name: 'exception',
    at: 1,
    attributes: { 'exception.type': type, 'exception.message': message, 'exception.stacktrace': stack },
  },
];

for (const [name, analysis] of Object.entries(analyses)) {
  test(`analyses: ${name} has nothing to say about a quiet trace, or none`, () => {
    expect(analysis(trace([{ id: 1, name: 'GET /', kind: 2, at: 0, ms: 3 }]))).toEqual([]);
    expect(analysis(buildTrace(story.traceId, []))).toEqual([]);
  });
}

test('analyses: problems come first', () => {
  const findings = analyse(
    trace([
      { id: 1, name: 'GET /', at: 0, ms: 9, error: 'broken' },
      { id: 2, parent: 1, name: 'chat', at: 1, ms: 2, attributes: { 'gen_ai.request.model': 'm' } },
      { id: 4, parent: 3, name: 'orphan', at: 1, ms: 2 },
    ]),
  );
  expect(findings.map((finding) => finding.severity)).toEqual(['problem', 'note', 'info', 'info']);
});

test('error-origin: the deepest failed span is found through spans that were never marked', () => {
  const [finding] = run('error-origin', [
    { id: 1, name: 'POST /checkout', kind: 2, at: 0, ms: 40, error: true },
    { id: 2, parent: 1, name: 'middleware', at: 1, ms: 38 },
    { id: 3, parent: 2, name: 'POST', kind: 3, at: 2, ms: 30, error: true },
    { id: 4, parent: 3, name: 'charge', at: 3, ms: 20, error: true, events: exception('CardDeclined', 'no') },
  ]);
  expect(finding).toMatchObject({
    severity: 'problem',
    facts: { type: 'CardDeclined', message: 'no', span: 'charge' },
    spanIds: [story.spanId(4), story.spanId(3), story.spanId(1)],
  });
});

test('error-origin: the first frame of the application is the place, not the package that threw', () => {
  const stack =
    'E: x\n    at f (/a/node_modules/p/i.js:1:1)\n    at mine (/a/src/pay.js:7:3)\n    at top (/a/src/app.js:9:1)';
  const [finding] = run('error-origin', [
    { id: 1, name: 'r', at: 0, ms: 1, error: true, events: exception('E', 'x', stack) },
  ]);
  expect(finding?.facts).toMatchObject({ at: '/a/src/pay.js:7', function: 'mine' });
});

test('error-origin: a failure that was handled is a note, and the one the root repeats is the cause', () => {
  const findings = run('error-origin', [
    { id: 1, name: 'root', at: 0, ms: 40, error: true, events: exception('DbError', 'gone') },
    { id: 2, parent: 1, name: 'SELECT', at: 1, ms: 2, error: true, events: exception('DbError', 'gone') },
    { id: 3, parent: 1, name: 'cache', at: 30, ms: 5, error: true, events: exception('CacheError', 'miss') },
  ]);
  expect(findings.map(({ severity, facts }) => [severity, facts.type])).toEqual([
    ['problem', 'DbError'],
    ['note', 'CacheError'],
  ]);
});

test('error-origin: a failed span below a healthy root did not break the request', () => {
  const [finding] = run('error-origin', [
    { id: 1, name: 'root', at: 0, ms: 40 },
    { id: 2, parent: 1, name: 'GET', at: 1, ms: 2, error: 'not found' },
  ]);
  expect(finding).toMatchObject({ severity: 'note', title: 'A span failed and the request went on.' });
});

test('error-origin: an exception that was only logged is found', () => {
  const [finding] = run(
    'error-origin',
    [{ id: 1, name: 'r', at: 0, ms: 1, error: true }],
    [
      {
        span: 1,
        at: 1,
        severity: 17,
        body: 'x',
        attributes: { 'exception.type': 'Late', 'exception.message': 'm' },
      },
    ],
  );
  expect(finding?.facts).toMatchObject({ type: 'Late', message: 'm' });
});

test('error-origin: a bare status is explained by what spans below recorded or logged without having failed', () => {
  const thrown = {
    'exception.type': 'TypeError',
    'exception.message': 'no value',
    'exception.stacktrace': 'TypeError: no value\n    at total (/a/src/cart.js:7:3)',
  };
  const bare = { 'http.response.status_code': 500, 'error.type': '500' };
  const root: StorySpan = { id: 1, name: 'GET /', kind: 2, at: 0, ms: 9, error: true, attributes: bare };
  const catches: StorySpan = { id: 2, parent: 1, name: 'catches all', at: 0, ms: 9 };
  const handler: StorySpan = { id: 3, parent: 2, name: 'router', at: 1, ms: 5 };
  const handled: StorySpan = {
    id: 4,
    parent: 2,
    name: 'audit',
    at: 7,
    ms: 1,
    events: exception('Late', 'm'),
  };
  const log = { span: 2, at: 8, severity: 17, body: 'request failed', attributes: thrown };
  const told = { type: 'TypeError', message: 'no value', at: '/a/src/cart.js:7', function: 'total' };
  const recorded = { ...handler, events: [{ name: 'exception', at: 5, attributes: thrown }] };
  for (const [spans, logs] of [
    [[root, catches, handler], [log]],
    [[root, catches, recorded], []],
    [[root, catches, recorded, handled], [log]],
  ] as const) {
    const [finding, ...rest] = run('error-origin', [...spans], [...logs]);
    expect(finding).toMatchObject({ severity: 'problem', facts: told });
    expect(finding?.facts).not.toHaveProperty('wentOn');
    expect(finding?.spanIds.at(-1)).toBe(story.spanId(1));
    expect(rest).toEqual([]);
  }
  const warned = { ...log, severity: 13 };
  expect(run('error-origin', [root, catches, handler], [warned])[0]?.facts).toMatchObject({ type: '500' });
});

test('error-origin: an exception that was logged did not go on when the request was refused or never answered', () => {
  const attributes = { 'exception.type': 'Late', 'exception.message': 'm' };
  const log = { span: 2, at: 1, severity: 17, body: 'x', attributes };
  const wentOn = (status: number): unknown =>
    run(
      'error-origin',
      [
        { id: 1, name: 'r', kind: 2, at: 0, ms: 1, attributes: { 'http.response.status_code': status } },
        { id: 2, parent: 1, name: 'handler', at: 0, ms: 1 },
      ],
      [log],
    )[0]?.facts.wentOn;
  expect([200, 400, 499].map(wentOn)).toEqual([true, undefined, undefined]);
});

test('error-origin: equal attempts are one finding with their number', () => {
  const attempts = [2, 3, 4].map((id) => ({ id, parent: 1, name: 'GET', at: id, ms: 1, error: 'refused' }));
  const findings = run('error-origin', [{ id: 1, name: 'r', at: 0, ms: 9, error: true }, ...attempts]);
  expect(findings).toHaveLength(1);
  expect(findings[0]?.title).toContain('3 times');
});

test('error-origin: spans that are each other’s parents end the search', () => {
  const findings = run('error-origin', [
    { id: 1, parent: 2, name: 'a', at: 0, ms: 1, error: 'x' },
    { id: 2, parent: 1, name: 'b', at: 0, ms: 1, error: 'y' },
  ]);
  expect(findings.length).toBeLessThanOrEqual(2);
});

function queriesOf(parent: number): StorySpan[] {
  return [3, 4, 5, 6, 7].map((id) => ({
    id,
    parent,
    name: 'SELECT items',
    kind: 3,
    at: id * 12,
    ms: 12,
    attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT 1 FROM items WHERE id = $1' },
  }));
}

test('n-plus-one: spans of an SDK without our attributes are judged by the same rule', () => {
  const [finding, ...rest] = run('n-plus-one', [
    { id: 1, name: 'GET /', kind: 2, at: 0, ms: 99 },
    ...queriesOf(1),
  ]);
  expect(rest).toEqual([]);
  expect(finding).toMatchObject({ severity: 'problem', facts: { count: 5, kind: 'sequential' } });
});

test('n-plus-one: a mark is told although the repeated spans were lost', () => {
  const mark = {
    'agentlog.n_plus_one.signature': ['ab'],
    'agentlog.n_plus_one.summary': ['SELECT items'],
    'agentlog.n_plus_one.count': [30],
    'agentlog.n_plus_one.duration_ms': [60],
    'agentlog.n_plus_one.kind': ['sequential'],
    'agentlog.n_plus_one.severity': ['problem'],
  };
  const [finding] = run('n-plus-one', [{ id: 1, name: 'GET /', kind: 2, at: 0, ms: 99, attributes: mark }]);
  expect(finding).toMatchObject({ facts: { statement: 'SELECT items', count: 30 }, spanIds: [] });
});

test('n-plus-one: the copy of a mark on the root is not told twice', () => {
  // The signature the write side would have given the statement, from the rule itself.
  const [repeat] = findRepeats(trace([{ id: 1, name: 'GET /', kind: 2, at: 0, ms: 99 }, ...queriesOf(1)]));
  const mark = {
    'agentlog.n_plus_one.signature': [repeat?.signature ?? ''],
    'agentlog.n_plus_one.summary': ['SELECT items'],
    'agentlog.n_plus_one.count': [5],
    'agentlog.n_plus_one.duration_ms': [60],
    'agentlog.n_plus_one.kind': ['sequential'],
    'agentlog.n_plus_one.severity': ['problem'],
  };
  const findings = run('n-plus-one', [
    { id: 1, name: 'GET /', kind: 2, at: 0, ms: 99, attributes: mark },
    { id: 2, parent: 1, name: 'handler', at: 1, ms: 98, attributes: mark },
    ...queriesOf(2),
  ]);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({
    severity: 'problem',
    facts: {
      count: 5,
      totalMs: 60,
      parentSpanId: story.spanId(2),
      statement: 'SELECT 1 FROM items WHERE id = $1',
    },
    spanIds: queriesOf(2).map(({ id }) => story.spanId(id)),
  });
});

test('genai-usage: calls and tokens are summed by the model asked for, without the framework around them', () => {
  const call = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt',
    'gen_ai.usage.input_tokens': 10,
  };
  const [finding, ...rest] = run('genai-usage', [
    { id: 1, name: 'outer chat', at: 0, ms: 50, attributes: call },
    {
      id: 2,
      parent: 1,
      name: 'chat',
      at: 1,
      ms: 20,
      attributes: { ...call, 'gen_ai.usage.output_tokens': 3 },
    },
    { id: 3, parent: 1, name: 'chat', at: 25, ms: 20, attributes: call, error: 'limit' },
  ]);
  expect(rest).toEqual([]);
  expect(finding).toMatchObject({
    severity: 'note',
    facts: { model: 'gpt', callCount: 2, errorCount: 1, inputTokens: 20, outputTokens: 3, totalMs: 40 },
  });
});

test('missing-spans: two beginnings and a child before its parent are told', () => {
  const findings = run('missing-spans', [
    { id: 1, name: 'a', at: 10, ms: 5 },
    { id: 2, name: 'b', at: 20, ms: 5 },
    { id: 3, parent: 1, name: 'c', at: 2, ms: 5 },
  ]);
  expect(findings.map(({ severity, facts, spanIds }) => [severity, facts, spanIds])).toEqual([
    ['note', { rootCount: 2 }, [story.spanId(1), story.spanId(2)]],
    ['info', { skewedSpanCount: 1 }, [story.spanId(3)]],
  ]);
});

test('missing-spans: unfinished spans, lost parents and dropped data are told apart', () => {
  const findings = run('missing-spans', [
    { id: 1, name: 'a', at: 0, ms: 1, attributes: { 'agentlog.span.unfinished': true } },
    { id: 3, parent: 2, name: 'b', at: 0, ms: 1, droppedAttributesCount: 4 },
  ]);
  expect(findings.map(({ severity, spanIds }) => [severity, spanIds])).toEqual([
    ['problem', [story.spanId(1)]],
    ['note', [story.spanId(3)]],
    ['note', [story.spanId(3)]],
  ]);
});

test('redactions: markers are counted by rule wherever they stand', () => {
  const [finding] = run(
    'redactions',
    [
      {
        id: 1,
        name: 'GET [REDACTED:email]',
        at: 0,
        ms: 1,
        attributes: { list: ['[REDACTED:jwt] [REDACTED:jwt]'], nested: { deep: '[REDACTED:email]' } },
        events: [{ name: 'e', at: 0, attributes: { m: '[REDACTED:jwt]' } }],
      },
    ],
    [{ at: 0, severity: 9, body: { text: '[REDACTED:card-number]' } }],
  );
  expect(finding?.facts).toEqual({ jwt: 3, email: 2, 'card-number': 1 });
});

test('analyses: are linear enough for 20,000 spans in a chain and as many side by side', () => {
  const chain = Array.from({ length: 20_000 }, (_, index) => ({
    id: index + 1,
    ...(index > 0 && { parent: index }),
    name: 's',
    at: index / 100,
    ms: 1,
    error: 'x',
  }));
  const fan = Array.from({ length: 20_000 }, (_, index) => ({
    id: index + 1,
    ...(index > 0 && { parent: 1 }),
    name: 's',
    at: index / 100,
    ms: 1,
    error: `${index}`,
  }));
  expect(analyse(trace(chain)).length).toBeGreaterThan(0);
  expect(analyse(trace(fan)).length).toBeGreaterThan(0);
});
