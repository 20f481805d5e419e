/** A backend is asked around a trace for so many requests and so much time; what that costs is said. */
import { expect, test, vi } from 'vitest';
import { REMOTE_LIMITS } from '../../src/bundles/ask-around.ts';
import { makeBundle } from '../../src/bundles/index.ts';
import { Allowance } from '../../src/sources/allowance.ts';
import { openSource } from '../../src/sources/index.ts';
import { json, type Stub, startStub } from '../sources/recorded.ts';
import { Story, type StorySpan } from '../traces/otlp.ts';

const ID = 'f00df00df00df00df00df00df00df00d';
const LINKED = 'beefbeefbeefbeefbeefbeefbeefbeef';
const spansOf = (traceId: string, spans: readonly StorySpan[]): object =>
  JSON.parse(new Story(traceId).spans({ 'service.name': 'shop' }, spans));
const entry = { id: 1, name: 'GET /orders', kind: 2, at: 0, ms: 9 };
const failed: StorySpan = {
  ...entry,
  error: 'x',
  attributes: { 'http.route': '/orders', 'agentlog.exception.fingerprint': '0123456789abcdef' },
  events: [{ name: 'exception', at: 1, attributes: { 'exception.type': 'Error', 'exception.message': 'x' } }],
  links: [{ traceId: LINKED }],
};

/** Jaeger with many services, one trace in the first of them. */
function manyServices(): Promise<Stub> {
  const services = Array.from({ length: 250 }, (_, index) => `service-${index}`);
  return startStub(({ pathname, searchParams }) => {
    if (pathname === '/api/v3/services') return json({ services });
    if (pathname === `/api/v3/traces/${ID}`) return json({ result: spansOf(ID, [failed]) });
    const isFirst = searchParams.get('query.service_name') === 'service-0';
    return json({ result: isFirst ? spansOf('a'.repeat(32), [entry]) : {} });
  });
}

test('bundles: what a backend with many services is asked around a trace is bounded, and what is missing is said', async () => {
  const stub = await manyServices();
  const source = await openSource(`jaeger:${stub.url}`, {});
  // On a busy machine its time would be over before its requests are.
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    const { occurrences, linkedTraces, omissions } = await makeBundle(source, ID);
    const lookup = 2;
    expect(stub.requests.length).toBe(REMOTE_LIMITS.requestCount + lookup);
    expect([occurrences, linkedTraces]).toEqual([[], []]);
    const why = 'the backend would have been asked more than 400 times';
    expect(omissions).toContainEqual({
      what: 'the day before',
      count: 1,
      why: expect.stringContaining(`${why}, so not all of it was asked`),
    });
    expect(omissions).toContainEqual({ what: 'further linked traces', count: 1, why });
  } finally {
    vi.useRealTimers();
    await source.close();
  }
});

test('bundles: a backend that fails beside the trace costs what it knows of it, not the bundle', async () => {
  const stub = await startStub(({ pathname }) =>
    pathname === `/api/v3/traces/${ID}`
      ? json({ result: spansOf(ID, [failed]) })
      : pathname === '/api/v3/services'
        ? json({ services: ['shop'] })
        : json({}, 500),
  );
  const source = await openSource(`jaeger:${stub.url}`, {});
  try {
    const { errors, omissions } = await makeBundle(source, ID);
    expect(errors).toHaveLength(1);
    const why = expect.stringContaining('cannot answer here (SOURCE_FAILED)');
    expect(omissions).toContainEqual({ what: 'the day before', count: 1, why });
    expect(omissions).toContainEqual({ what: 'further linked traces', count: 1, why });
  } finally {
    await source.close();
  }
});

test('sources: traces that were read before an allowance was spent are an answer that says it is cut', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `${'c'.repeat(30)}${10 + index}`);
  const stub = await startStub(({ pathname }) => {
    if (pathname === '/api/search') return json({ traces: ids.map((traceID) => ({ traceID })) });
    const id = pathname.split('/').at(-1) ?? '';
    return json({ trace: spansOf(id, [entry]) });
  });
  const source = await openSource(`tempo:${stub.url}`, {});
  const allowance = new Allowance({ requestCount: 8, timeMs: 60_000 });
  try {
    const query = { groupBy: ['name'], measures: [{ name: 'max' }] } as const;
    const answer = await allowance.run(() => source.aggregate(query));
    expect(answer).toMatchObject({ isCut: true, coverage: { sampledTraceCount: 7 } });
    expect(await allowance.run(() => source.trace(ids[0] ?? ''))).toBeUndefined();
    expect(stub.requests).toHaveLength(8);
    // Whoever runs in no allowance is not held back.
    expect((await source.aggregate(query)).coverage.sampledTraceCount ?? 20).toBe(20);
  } finally {
    allowance.close();
    await source.close();
  }
});
