import { expect, test } from 'vitest';
import type { Span } from '../../src/core/span.ts';
import { openSource } from '../../src/sources/index.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { expectTracesAlike } from './like-reference.ts';
import { type Answer, fixtureSpans, json, recordings, startStub } from './recorded.ts';

const recorded = recordings('jaeger');
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

/** API v3 as it answered: it ignores attributes, wants snake case, a window and a number, and knows a service or none. */
function recordedV3(url: URL): Answer {
  const { pathname, searchParams } = url;
  if (pathname === '/api/v3/services') return answerOf('services');
  const index = IDS.indexOf(pathname.split('/').at(-1) ?? '');
  if (index >= 0) return answerOf(`trace-${index + 1}`);
  if (pathname.startsWith('/api/v3/traces/')) return answerOf('trace-missing');
  if (pathname !== '/api/v3/traces') return answerOf('summaries');
  if (!searchParams.has('query.start_time_min')) return answerOf('find-without-window');
  if (!searchParams.has('query.num_traces')) return answerOf('find-without-num-traces');
  const service = searchParams.get('query.service_name');
  if (service === 'shop') return answerOf('find-shop');
  if (service === 'support') return answerOf('trace-3');
  return service === 'payments' ? answerOf('trace-2') : answerOf('find-none');
}

async function openRecorded(answer: (url: URL) => Answer = recordedV3) {
  const stub = await startStub(answer);
  return { stub, source: await openSource(`jaeger:${stub.url}`) };
}

test('jaeger: what it answered gives back the spans it was sent, field by field, and the same bundles', async () => {
  const { source } = await openRecorded();
  await expectTracesAlike(source, fixtureSpans());
});

test('jaeger: filters that it ignores are checked on what it gave', async () => {
  const { source } = await openRecorded();
  const reference = new MemorySource(fixtureSpans());
  for (const query of [
    {},
    { limit: 1 },
    { errorsOnly: true },
    { where: { route: '/orders' } },
    { where: { service: 'shop', isError: true } },
    { where: { service: 'nope' } },
    { where: { attributes: [{ key: 'db.query.summary', op: 'equals', value: 'SELECT items' }] } },
    { text: 'unreachable card' },
    { order: 'slowest' },
  ] as const) {
    const { coverage: _a, traceCount: _b, ...answer } = await source.search(query);
    const { coverage: _c, traceCount: _d, ...expected } = await reference.search(query);
    expect(answer).toEqual(expected);
  }
});

test('jaeger: parameters in camel case are found out and remembered', async () => {
  const { stub, source } = await openRecorded((url) => {
    if (url.pathname === '/api/v3/services') return answerOf('services');
    if (!url.searchParams.has('query.startTimeMin')) return answerOf('find-camel-case-params');
    return url.searchParams.get('query.serviceName') === 'shop'
      ? answerOf('find-shop')
      : answerOf('find-none');
  });
  expect((await source.search({ where: { service: 'shop' } })).matchCount).toBe(2);
  expect((await source.search({ where: { service: 'shop' } })).matchCount).toBe(2);
  expect(stub.requests.filter(({ url }) => url?.includes('start_time_min'))).toHaveLength(1);
});

test('jaeger: a store that holds fewer traces than were asked for is asked for fewer, and the answer says it is cut', async () => {
  const { source } = await openRecorded((url) => {
    if (url.pathname === '/api/v3/services') return answerOf('services');
    if (Number(url.searchParams.get('query.num_traces')) > 20) return answerOf('find-without-num-traces');
    const [span] = fixtureSpans();
    const many = Array.from({ length: 20 }, (_, index) => ({
      traceId: String(index + 1).padStart(32, '0'),
      spanId: span?.spanId,
      name: 'x',
      startTimeUnixNano: '1795244638208000000',
    }));
    return json({ result: { resourceSpans: [{ scopeSpans: [{ spans: many }] }] } });
  });
  const answer = await source.search({ where: { service: 'shop' } });
  // The filter is checked: these spans name no service.
  expect(answer).toMatchObject({
    matchCount: 0,
    traceCount: 20,
    isCut: true,
    coverage: { sampledTraceCount: 20 },
  });
});

test('jaeger: a store that will not search all of time is asked for a week, and the answer says so', async () => {
  const { source } = await openRecorded((url) =>
    url.searchParams.get('query.start_time_min')?.startsWith('1970')
      ? json({ error: {} }, 500)
      : recordedV3(url),
  );
  const { coverage } = await source.search({});
  expect(coverage.searchedSinceUnixNano).toBeTypeOf('bigint');
});

test('jaeger: aggregates rest on whole traces and say how many', async () => {
  const { source } = await openRecorded();
  const query = { groupBy: ['route'], measures: [{ name: 'count' }, { name: 'p95' }] } as const;
  const answer = await source.aggregate(query);
  const { rows } = await new MemorySource(fixtureSpans()).aggregate(query);
  expect(answer).toMatchObject({ rows, accuracy: 'sampled', coverage: { sampledTraceCount: 3 } });
});

test('jaeger: without API v3 the older one answers, as exactly as its form can', async () => {
  const { source } = await openRecorded((url) => {
    if (url.pathname.startsWith('/api/v3/')) return answerOf('summaries');
    if (url.pathname === '/api/services') return json({ data: ['shop', 'payments', 'support', 'jaeger'] });
    if (url.pathname === '/api/traces') {
      if (!url.searchParams.has('service')) return answerOf('legacy-without-service');
      if (url.searchParams.get('service') === 'support') return answerOf('legacy-find-error');
      return answerOf(
        url.searchParams.get('service') === 'shop' ? 'legacy-find-route' : 'legacy-find-min-duration',
      );
    }
    if (url.pathname.endsWith(IDS[1] ?? '')) return answerOf('legacy-find-min-duration');
    return answerOf(url.pathname.endsWith(IDS[0] ?? '') ? 'legacy-find-route' : 'trace-missing');
  });
  // Its form has no flags; all times of the fixture are whole microseconds.
  const sent = fixtureSpans().map((span): Span => ({ ...span, flags: 0 }));
  await expectTracesAlike(
    source,
    sent.filter(({ traceId }) => traceId !== IDS[2]),
  );
  const { traces } = await source.search({});
  expect(traces.map(({ traceId }) => traceId)).toEqual([IDS[1], IDS[0]]);
  await expect(source.trace('f'.repeat(32))).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' });
});

test('jaeger: an unknown id names the newest traces, a prefix is refused before anything is asked', async () => {
  const { stub, source } = await openRecorded();
  await expect(source.trace('f'.repeat(32))).rejects.toMatchObject({
    code: 'TRACE_NOT_FOUND',
    message: expect.stringContaining(IDS[0] ?? ''),
  });
  const asked = stub.requests.length;
  for (const id of ['948fa8de', '../../api/services', 'zz', `${IDS[0]}?x=1`, '']) {
    await expect(source.trace(id)).rejects.toMatchObject({ code: 'USAGE' });
  }
  await expect(source.logs({})).rejects.toMatchObject({ code: 'QUERY_UNSUPPORTED' });
  expect(stub.requests).toHaveLength(asked);
});
