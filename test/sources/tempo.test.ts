import { parser as traceql } from '@grafana/lezer-traceql';
import { expect, test } from 'vitest';
import { makeBundle } from '../../src/bundles/index.ts';
import type { Span } from '../../src/core/span.ts';
import { openSource } from '../../src/sources/index.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { metricsPlan } from '../../src/sources/tempo/metrics.ts';
import { attribute, literal, spanSet } from '../../src/sources/tempo/traceql.ts';
import { DIMENSIONS, MEASURES } from '../../src/store/query/query.ts';
import { expectTracesAlike } from './like-reference.ts';
import { FILTERS } from './queries.ts';
import { type Answer, fixtureSpans, json, recordings, startStub } from './recorded.ts';

const recorded = recordings('tempo');
const IDS = [
  '948fa8de1f33f0601aecb1973e1c20bb',
  'ed80b190f0dd07180536cce5d8829814',
  '3affaa9da8c814fdfa2a4fa3f82c005b',
];

function answerOf(name: string): Answer {
  const recording = recorded.get(name);
  if (recording === undefined) throw new Error(`no recording ${name}`);
  return recording.response;
}

function bodyOf(name: string): Record<string, unknown> {
  return answerOf(name).body as Record<string, unknown>;
}

/** Tempo keeps no flags of spans. */
const sent: Span[] = fixtureSpans().map((span) => ({ ...span, flags: 0 }));

/** Traces as they were answered; a search finds all of them, whatever it asks for. */
function recordedV2(url: URL): Answer {
  const { pathname } = url;
  if (pathname === '/api/search') return json({ traces: IDS.map((traceID) => ({ traceID })) });
  const index = IDS.indexOf(pathname.split('/').at(-1) ?? '');
  if (!pathname.startsWith('/api/v2/traces/'))
    return { status: 404, contentType: 'text/plain', body: '404 page not found' };
  return answerOf(index < 0 ? 'trace-missing' : `trace-v2-${index + 1}`);
}

async function openRecorded(answer: (url: URL) => Answer = recordedV2) {
  const stub = await startStub(answer);
  return { stub, source: await openSource(`tempo:${stub.url}`) };
}

test('tempo: what it answered gives back the spans it was sent, field by field, and the same bundles', async () => {
  const { source } = await openRecorded();
  await expectTracesAlike(source, sent);
});

const UNKNOWN_PATH: Answer = { status: 404, contentType: 'text/plain', body: '404 page not found' };

test('tempo: the older form of an older version is read alike', async () => {
  const { stub, source } = await openRecorded(({ pathname }) => {
    if (pathname === '/api/search') return json({ traces: [{ traceID: IDS[1] }] });
    return pathname === `/api/traces/${IDS[1]}` ? answerOf('trace-v1-2') : UNKNOWN_PATH;
  });
  const spans = sent.filter(({ traceId }) => traceId === IDS[1]);
  await expectTracesAlike(source, spans);
  expect(stub.requests.filter(({ url }) => url?.startsWith('/api/v2/'))).toHaveLength(1);
});

test('tempo: a search that fails costs the bundle its past, not more, and it says so', async () => {
  const { source } = await openRecorded((url) =>
    url.pathname === '/api/search' ? json({}, 500) : recordedV2(url),
  );
  const { trace, omissions } = await makeBundle(source, IDS[1] ?? '');
  expect(trace.spans).toHaveLength(3);
  expect(omissions.map(({ what }) => what)).toContain('the day before');
});

test('tempo: a past that rests on a sample, or on estimates, is said in the bundle', async () => {
  const many = Array.from({ length: 120 }, (_, index) => ({ traceID: (index + 1).toString(16) }));
  const sampled = await openRecorded((url) =>
    url.pathname === '/api/search' ? json({ traces: many }) : recordedV2(url),
  );
  const ofSample = await makeBundle(sampled.source, IDS[1] ?? '');
  expect(ofSample.omissions.map(({ why }) => why).join()).toMatch(/of a sample: \d+ traces/);
  const estimated = await openRecorded((url) => {
    if (url.pathname !== '/api/metrics/query') return recordedV2(url);
    const labels = [{ key: 'name', value: { stringValue: 'GET /orders' } }];
    return json({ series: [{ labels, value: 3 }] });
  });
  const ofEstimate = await makeBundle(estimated.source, IDS[1] ?? '');
  expect(ofEstimate.omissions.map(({ why }) => why).join()).toContain('within a factor of two');
});

test('tempo: an empty trace is a trace that is not there', async () => {
  const { source } = await openRecorded();
  await expect(source.trace('f'.repeat(32))).rejects.toMatchObject({
    code: 'TRACE_NOT_FOUND',
    message: expect.stringContaining(IDS[0] ?? ''),
  });
});

test('tempo: searches find what the reference finds, whatever Tempo makes of the filter', async () => {
  const { source } = await openRecorded();
  const reference = new MemorySource(sent);
  for (const query of [
    {},
    { limit: 1 },
    { errorsOnly: true },
    { order: 'slowest' },
    { text: 'unreachable card' },
    { where: { route: 'GET /orders', minDurationMs: 100 } },
    { where: { service: 'payments', httpStatus: '5xx' } },
    { where: { attributes: [{ key: 'gen_ai.response.finish_reasons', op: 'equals', value: 'tool_calls' }] } },
    { sinceUnixNano: 1_795_244_639_000_000_000n },
  ] as const) {
    const { coverage: _a, traceCount: _b, ...answer } = await source.search(query);
    const { coverage: _c, traceCount: _d, ...expected } = await reference.search(query);
    expect(answer).toEqual(expected);
  }
});

test('tempo: a search says what to find in TraceQL, newest first, and does without where that is refused', async () => {
  const { stub, source } = await openRecorded((url) => {
    const isOrdered = url.searchParams.get('q')?.includes('most_recent') === true;
    return isOrdered ? answerOf('search-syntax-error') : recordedV2(url);
  });
  const where = { service: 'shop', route: '/orders' };
  expect((await source.search({ where, errorsOnly: true })).matchCount).toBe(0);
  expect((await source.search({ where })).matchCount).toBe(1);
  const asked = stub.requests.flatMap(({ url = '' }) => new URL(url, stub.url).searchParams.getAll('q'));
  const text = '{ resource.service.name = "shop" && span.http.route = "/orders" }';
  const failed = `${text} && { status = error }`;
  expect(asked).toEqual([`${failed} with (most_recent=true)`, failed, text]);
});

test('tempo: a Tempo that searches a week at most is asked for a week, and the answer says so', async () => {
  const { source } = await openRecorded((url) =>
    url.searchParams.get('start') === '1' ? answerOf('search-syntax-error') : recordedV2(url),
  );
  const { coverage, matchCount } = await source.search({});
  expect(matchCount).toBe(3);
  expect(coverage.searchedSinceUnixNano).toBeTypeOf('bigint');
});

test('tempo: a partial trace is given and said, in the bundle too', async () => {
  const { source } = await openRecorded((url) =>
    url.pathname.startsWith('/api/v2/traces/')
      ? json({ ...bodyOf('trace-v2-2'), status: 'PARTIAL', message: 'trace exceeds max size' })
      : recordedV2(url),
  );
  const { coverage } = await source.trace(IDS[1] ?? '');
  expect(coverage.isPartial).toBe(true);
  const { omissions } = await makeBundle(source, IDS[1] ?? '');
  expect(omissions.map(({ what }) => what).join()).toContain('PARTIAL');
});

const WINDOW = { sinceUnixNano: 1_795_244_578_000_000_000n, untilUnixNano: 1_795_244_758_000_000_000n };

test('tempo: aggregates come from TraceQL metrics, marked approximate', async () => {
  const quantiles = bodyOf('metrics-quantiles').series as { labels: { value: { doubleValue?: number } }[] }[];
  const p95 = quantiles.filter(({ labels }) => labels.some(({ value }) => value.doubleValue === 0.95));
  const asked: string[] = [];
  const { source } = await openRecorded((url) => {
    if (url.pathname !== '/api/metrics/query') return recordedV2(url);
    const q = url.searchParams.get('q') ?? '';
    asked.push(q);
    return q.includes('quantile') ? json({ series: p95 }) : answerOf('metrics-count');
  });
  const answer = await source.aggregate({
    ...WINDOW,
    where: { attributes: [{ key: 'http.route', op: 'exists' }] },
    groupBy: ['route'],
    measures: [{ name: 'count' }, { name: 'p95' }],
  });
  expect(asked).toEqual([
    '{ .http.route != nil } | count_over_time() by (span.http.request.method, span.http.route)',
    '{ .http.route != nil } | quantile_over_time(duration, 0.95) by (span.http.request.method, span.http.route)',
  ]);
  expect(answer).toMatchObject({
    accuracy: 'approximate',
    rows: [
      { group: ['/charge'], values: [1, 536.870912] },
      { group: ['/checkout'], values: [1, 536.870912] },
      { group: ['/orders'], values: [1, 134.217728] },
    ],
  });
});

test('tempo: what its metrics cannot say comes from whole traces, marked as a sample', async () => {
  const { source } = await openRecorded();
  for (const query of [
    { groupBy: ['route'], measures: [{ name: 'count' }] },
    { ...WINDOW, groupBy: ['minute'], measures: [{ name: 'count' }] },
    { ...WINDOW, groupBy: [], measures: [{ name: 'trace_count' }] },
    { ...WINDOW, groupBy: ['service'], measures: [{ name: 'p95' }] },
    {
      ...WINDOW,
      where: { attributes: [{ key: 'http.route', op: 'matches', pattern: '^/c' }] },
      groupBy: ['route'],
      measures: [{ name: 'count' }],
    },
  ] as const) {
    const answer = await source.aggregate(query);
    const { rows } = await new MemorySource(sent).aggregate(query);
    expect(answer).toMatchObject({ rows, accuracy: 'sampled', coverage: { sampledTraceCount: 3 } });
  }
});

const HOSTILE = [
  '" || true }',
  '\\" || { } //',
  '\n} | rate()',
  '\\',
  '"\\u0022',
  '\ud800"',
  '` }',
  '\u2028" }',
];

test('tempo: no value can break out of its place in a query', () => {
  for (const value of HOSTILE) {
    for (const filter of [
      { service: value },
      { name: value },
      { route: `GET ${value}` },
      { attributes: [{ key: value, op: 'equals', value }] },
      { attributes: [{ key: value, op: 'exists' }] },
      { attributes: [{ key: 'a', op: 'matches', pattern: value }] },
    ] as const) {
      // What is left once every whole string literal is taken out holds nothing of the value.
      const rest = spanSet(filter).text.replace(/"(?:[^"\\\n]|\\.)*"/g, '§');
      expect(rest).toMatch(/^\{ [§a-z._ =!&|()]+ \}$/);
    }
    expect(JSON.parse(literal(value))).toBe(value.toWellFormed());
  }
  expect(attribute('span', 'agentlog.n_plus_one.severity')).toBe('span.agentlog.n_plus_one.severity');
  expect(attribute('', 'x } || { .y')).toBe('."x } || { .y"');
});

test('tempo: everything that is asked parses as TraceQL, by the grammar that Grafana uses', () => {
  const questions = MEASURES.flatMap((name) => [
    ...DIMENSIONS.map((dimension) => ({ groupBy: [dimension], measures: [{ name }] })),
    ...FILTERS.map((where) => ({
      where,
      groupBy: [],
      measures: [{ name, of: 'gen_ai.usage.input_tokens' }],
    })),
  ]);
  const plans = questions.flatMap((query) => metricsPlan(query)?.queries ?? []);
  expect(plans.length).toBeGreaterThan(50);
  const asked = [...FILTERS.map((filter) => spanSet(filter).text), ...plans];
  const hostile = HOSTILE.flatMap((value) => [
    spanSet({ service: value, name: value, route: `GET ${value}` }).text,
    spanSet({ attributes: [{ key: value, op: 'equals', value }] }).text,
  ]);
  const failed = [...asked, ...hostile].filter((query) => {
    let isWrong = false;
    // Tempo knows both, this grammar neither: where a trace begins, and the escape of a line's end (as Go has it).
    const known = query.replaceAll('nestedSetParent', 'duration').replaceAll('\\n', ' ');
    traceql.parse(known).iterate({
      enter: (node) => {
        isWrong ||= node.type.isError;
      },
    });
    return isWrong;
  });
  expect(failed).toEqual([]);
});

test('tempo: every condition in TraceQL', () => {
  const where = {
    service: 'shop',
    route: 'GET /orders',
    name: 'x',
    isEntry: true,
    isError: false,
    httpStatus: '5xx',
    minDurationMs: 1.5,
    maxDurationMs: 2_000,
    attributes: [
      { key: 'a', op: 'equals', value: 1 },
      { key: 'b', op: 'equals', value: true },
      { key: 'c', op: 'equals', value: 1e300 },
      { key: 'd', op: 'matches', pattern: '^x' },
    ],
  } as const;
  expect(spanSet(where)).toEqual({
    text:
      '{ resource.service.name = "shop" && span.http.route = "/orders"' +
      ' && (span.http.request.method = "GET" || span.http.method = "GET") && name = "x"' +
      ' && (kind = server || kind = consumer || nestedSetParent < 0) && status != error' +
      ' && ((span.http.response.status_code >= 500 && span.http.response.status_code < 600)' +
      ' || (span.http.status_code >= 500 && span.http.status_code < 600))' +
      ' && duration >= 1500000ns && duration <= 2000000000ns' +
      ' && .a = 1 && .b = true && .c != nil && .d != nil }',
    isExact: false,
  });
});

const live = process.env.TEMPO_URL;
const otlp = process.env.TEMPO_OTLP_URL;

/** Beside the recordings, where there is one: TEMPO_URL to ask, TEMPO_OTLP_URL if the fixture is not in it yet. */
if (live !== undefined) {
  test('tempo, live: gives back the spans it was sent', async () => {
    const source = await openSource(`tempo:${live}`);
    if (otlp !== undefined) {
      const { spansRequest } = await import('../../src/core/otlp/requests.ts');
      const body = JSON.stringify(spansRequest(fixtureSpans()));
      await fetch(`${otlp}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      await expect
        .poll(() => source.trace(IDS[0] ?? '').catch(() => undefined), { timeout: 30_000 })
        .toBeDefined();
    }
    await expectTracesAlike(source, sent);
    const { traces } = await source.search({ ...WINDOW, where: { service: 'shop' } });
    expect(traces.map(({ traceId }) => traceId)).toEqual(expect.arrayContaining(IDS.slice(0, 2)));
  });
}
