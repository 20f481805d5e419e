/** What tried incidents taught: that the first thing a bundle says is where and what to fix, class by class. */
import { expect, test } from 'vitest';
import type { Bundle } from '../../src/bundles/bundle.ts';
import { makeBundle } from '../../src/bundles/index.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { loadFormat } from '../../src/formats/index.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { Story, type StoryLog, type StorySpan, type Values } from '../traces/otlp.ts';

const ID = 'f00df00df00df00df00df00df00df00d';
const RESOURCE = { 'service.name': 'shop', 'process.pid': 7 };
const route = { 'http.request.method': 'GET', 'http.route': '/stock/:sku', 'url.path': '/stock/mug' };
const entry = (ms: number, rest: Partial<StorySpan> = {}): StorySpan => ({
  id: 1,
  name: 'GET /stock/:sku',
  kind: 2,
  at: 0,
  ms,
  attributes: route,
  ...rest,
});
const fetched = (ms: number, rest: Partial<StorySpan> = {}): StorySpan => ({
  id: 3,
  parent: 2,
  name: 'GET',
  kind: 3,
  at: 2,
  ms,
  attributes: { 'http.request.method': 'GET', 'url.full': 'http://10.0.0.9/v1/stock/mug' },
  ...rest,
});
const thrown = (type: string, message: string, stack = ''): Values => ({
  'exception.type': type,
  'exception.message': message,
  'exception.stacktrace': stack || `${type}: ${message}`,
});
const failedWith = (type: string, message: string, at: number): Partial<StorySpan> => ({
  error: message,
  events: [{ name: 'exception', at, attributes: thrown(type, message) }],
});
/** What nobody caught, as it is logged on the handler's span. */
const uncaught = (at: number, type: string, message: string, stack?: string): StoryLog => ({
  span: 2,
  at,
  severity: 21,
  body: 'uncaught exception',
  attributes: thrown(type, message, stack),
});

const FILES = {
  'app.mjs': "const app = express();\napp.get('/stock/:sku', stock);\n",
  'src/stock-client.mjs':
    'export const stockOf = (sku) =>\n  fetch(`$' + '{process.env.STOCK_URL}/v1/stock/$' + '{sku}`);\n',
};

interface Given {
  readonly spans: readonly StorySpan[];
  readonly logs?: readonly StoryLog[];
  /** How long earlier requests took, and how many seconds before this one they began. */
  readonly earlier?: readonly (readonly [ms: number, beforeS: number])[];
  readonly health?: object;
  readonly files?: Readonly<Record<string, string>>;
}

async function bundled({ spans, logs = [], earlier = [], health, files = FILES }: Given): Promise<Bundle> {
  const story = new Story(ID);
  const before = earlier.flatMap(([ms, beforeS], index) => {
    const other = new Story(index.toString(16).padStart(32, 'a'), -beforeS * 1_000);
    return decodeLine(other.spans(RESOURCE, [entry(ms)])).spans;
  });
  const source = new MemorySource(
    [...before, ...decodeLine(story.spans(RESOURCE, spans)).spans],
    decodeLine(story.logs(RESOURCE, logs)).logs,
  );
  if (health !== undefined) Object.assign(source, { health: async () => health });
  return makeBundle(source, ID, { project: temporaryDirectory(files) });
}

const places = ({ excerpts }: Bundle): string[] => excerpts.map(({ file, line }) => `${file}:${line}`);

test('first screen: a time limit that is far too short is shown where the call is made', async () => {
  const bundle = await bundled({
    spans: [
      entry(14, { error: true, attributes: { ...route, 'http.response.status_code': 502 } }),
      {
        id: 2,
        parent: 1,
        name: 'handler',
        at: 1,
        ms: 10,
        attributes: { 'http.route': '/stock/:sku' },
        ...failedWith('TimeoutError', 'aborted due to timeout', 9),
      },
      fetched(9),
    ],
  });
  expect(bundle.hypotheses[0]).toMatchObject({
    rule: 'waited-too-long',
    claim: expect.stringContaining('gave up after 9 ms: a limit that short may be set wrong'),
  });
  // The other side saw the caller leave: that is the same failure, told once.
  const callee = {
    id: 9,
    parent: 3,
    name: 'GET',
    kind: 2,
    at: 5,
    ms: 30,
    attributes: { 'http.response.status_code': 499 },
  };
  const both = await bundled({
    spans: [
      entry(14, { error: true, attributes: { ...route, 'http.response.status_code': 502 } }),
      fetched(9, failedWith('TimeoutError', 'aborted due to timeout', 9)),
      callee,
    ],
  });
  expect(both.hypotheses.map(({ rule, claim }) => [rule, /after (\d+) ms/.exec(claim)?.[1]])).toEqual([
    ['waited-too-long', '9'],
  ]);
  // The last word of the path is a value: the template has the rest of it.
  expect(places(bundle)[0]).toBe('src/stock-client.mjs:2');
});

test('first screen: a wait for a connection is the pool’s, with who else asked and the statement it waited to send', async () => {
  const bundle = await bundled({
    spans: [
      entry(1_900),
      { id: 2, parent: 1, name: 'pg-pool.connect', kind: 3, at: 1, ms: 1_400 },
      {
        id: 3,
        parent: 1,
        name: 'SELECT',
        kind: 3,
        at: 1_402,
        ms: 400,
        attributes: { 'db.query.text': 'SELECT id, left_over FROM stock' },
      },
    ],
    earlier: [...Array.from({ length: 6 }, () => [1_000, 0.5] as const), [1_000, 60], [1_000, 90]],
    files: { 'stock.mjs': "\nconst { rows } = await db.query('SELECT id, left_over FROM stock');\n" },
  });
  expect(bundle.hypotheses[0]).toMatchObject({
    rule: 'pool-wait',
    facts: { tookMs: 1_400, concurrentCount: 6 },
  });
  expect(places(bundle)).toEqual(['stock.mjs:2']);
  expect((await loadFormat('markdown')).render(bundle)).toContain('· 6 others at the same time');
});

test('first screen: what nobody caught, without a line of the app, is told by the failed call that it came of', async () => {
  const bundle = await bundled({
    spans: [
      entry(50),
      { id: 2, parent: 1, name: 'handler', at: 1, ms: 48 },
      fetched(280, failedWith('UND_ERR_SOCKET', 'other side closed', 281)),
    ],
    logs: [uncaught(283, 'TypeError', 'fetch failed')],
  });
  expect(bundle.hypotheses[0]).toMatchObject({
    rule: 'uncaught-exception',
    facts: { message: 'other side closed', ledTo: 'TypeError: fetch failed', uncaught: true },
  });
  expect(bundle.hypotheses.filter(({ rule }) => rule === 'uncaught-exception')).toHaveLength(1);
  expect(places(bundle)[0]).toBe('src/stock-client.mjs:2');
});

test('first screen: an exception of the app’s own line is told by that line, whatever failed before it', async () => {
  const stack = 'TypeError: rates is undefined\n    at best (/srv/app/src/best.mjs:4:9)';
  const bundle = await bundled({
    spans: [
      entry(50),
      { id: 2, parent: 1, name: 'handler', at: 1, ms: 48 },
      fetched(20, failedWith('Error', 'x', 22)),
    ],
    logs: [uncaught(23, 'TypeError', 'rates is undefined', stack)],
  });
  expect(bundle.hypotheses[0]).toMatchObject({
    rule: 'uncaught-exception',
    facts: { message: 'rates is undefined', at: '/srv/app/src/best.mjs:4' },
  });
});

test('first screen: a rejection that nobody caught is no swallowed failure, though its span told of it first', async () => {
  const stack = 'error: null value\n    at save (/srv/app/src/audit.mjs:7:9)';
  const bundle = await bundled({
    spans: [
      entry(50),
      { id: 2, parent: 1, name: 'handler', at: 1, ms: 40 },
      {
        id: 3,
        parent: 2,
        name: 'INSERT audit',
        kind: 3,
        at: 5,
        ms: 20,
        ...failedWith('error', 'null value', 25),
      },
    ],
    logs: [uncaught(45, '23502', 'null value', stack)],
  });
  expect(bundle.outcome).toBe('failed');
  expect(bundle.hypotheses.map(({ rule }) => rule)).toEqual(['uncaught-exception']);
  expect(bundle.hypotheses[0]?.facts).toMatchObject({ at: '/srv/app/src/audit.mjs:7', uncaught: true });
});

test('first screen: a call that was refused and that nobody looked at is shown; one that was made again, or found nothing, is not', async () => {
  const answered = (status: number, id = 3): StorySpan => ({
    ...fetched(9),
    id,
    at: id * 10,
    ...(status >= 400 && { error: true as const }),
    attributes: { ...fetched(9).attributes, 'http.response.status_code': status },
  });
  const rulesOf = async (...calls: readonly StorySpan[]): Promise<unknown[]> => {
    const handler = { id: 2, parent: 1, name: 'handler', at: 1, ms: 98 };
    const { hypotheses, excerpts } = await bundled({ spans: [entry(100), handler, ...calls] });
    return hypotheses.map(({ rule, confidence }) => [rule, confidence, excerpts[0]?.file]);
  };
  expect(await rulesOf(answered(403))).toEqual([['swallowed-failure', 'low', 'src/stock-client.mjs']]);
  expect(await rulesOf(answered(404))).toEqual([]);
  expect(await rulesOf(answered(503), answered(200, 4))).toEqual([]);
});

test('first screen: spans whose parent in the same process is nowhere are those of a process that was killed', async () => {
  const story = new Story(ID);
  const line = story.spans(RESOURCE, [{ ...fetched(9), parent: 9 }]);
  const bundleWith = (flags: number): Promise<Bundle> => {
    const spans = decodeLine(line).spans.map((span) => ({ ...span, flags }));
    return makeBundle(new MemorySource(spans), ID);
  };
  const rulesWith = async (flags: number): Promise<string[]> =>
    (await bundleWith(flags)).hypotheses.map(({ rule }) => rule);
  const killed = await bundleWith(0x101);
  expect(killed.hypotheses.map(({ rule }) => rule)).toEqual(['process-killed']);
  expect((await loadFormat('markdown')).render(killed)).toMatch(/^# Trace \w+: not finished/);
  expect(killed.nextSteps.join()).not.toContain('Parents are missing');
  expect((await bundleWith(0x301)).nextSteps.join()).toContain('Parents are missing');
  // Of another process, or of an SDK that does not say: its spans may be elsewhere.
  expect(await rulesWith(0x301)).toEqual([]);
  expect(await rulesWith(1)).toEqual([]);
});

test('first screen: own work that became slow while the process was busy is work that grew, not a called side', async () => {
  const bundle = await bundled({
    spans: [entry(1_200)],
    earlier: Array.from({ length: 8 }, (_, index) => [200, 60 + index] as const),
    health: { measuredAfterMs: 5, eventLoopUtilization: 1, heapUsedBytes: 350e6, eventLoopDelayMaxMs: 430 },
  });
  expect(bundle.hypotheses[0]).toMatchObject({
    rule: 'blocked-event-loop',
    claim: expect.stringContaining('may have grown'),
    facts: { usualMs: 200, eventLoopBusyPercent: 100, heapBytes: 350e6 },
  });
});

test('first screen: the loop around a call that a helper makes is shown by the span that the app began', async () => {
  const call = (id: number): StorySpan => ({
    id,
    parent: 1,
    name: 'SELECT plans',
    kind: 3,
    at: id * 3,
    ms: 2,
    attributes: {
      'db.system.name': 'postgresql',
      'db.query.text': 'SELECT * FROM plans WHERE id = $1',
      'code.file.path': '/srv/app/src/repository.mjs',
      'code.line.number': 2,
    },
  });
  const bundle = await bundled({
    spans: [
      { id: 1, name: 'job renewals', at: 0, ms: 200 },
      ...Array.from({ length: 40 }, (_, index) => call(index + 2)),
    ],
    files: {
      'src/repository.mjs':
        'export const byId = (table, id) =>\n  db.query(`SELECT * FROM $' +
        '{table} WHERE id = $1`, [id]);\n',
      'src/jobs.mjs': "\n\nawait tracer.startActiveSpan('job renewals', renew);\n",
    },
  });
  expect(bundle.hypotheses[0]?.rule).toBe('repeated-call');
  expect(places(bundle)).toEqual(['src/repository.mjs:2', 'src/jobs.mjs:3']);
  const text = (await loadFormat('markdown')).render(bundle);
  expect(text.indexOf('src/jobs.mjs:3')).toBeLessThan(text.indexOf('## Spans'));
});

test('first screen: where nothing is wrong, or nothing says why, the code of the request is shown, and how to learn more', async () => {
  const fine = await bundled({ spans: [entry(20)] });
  expect([fine.hypotheses, places(fine)]).toEqual([[], ['app.mjs:2']]);
  const silent = await bundled({
    spans: [entry(20, { error: true, attributes: { ...route, 'http.response.status_code': 500 } })],
  });
  expect(silent.hypotheses[0]).toMatchObject({
    rule: 'insufficient-evidence',
    claim: expect.stringContaining('AGENTLOG_CONSOLE=1'),
  });
  expect(places(silent)).toEqual(['app.mjs:2']);
  expect(silent.nextSteps[0]).toContain('nothing was logged either');
});
