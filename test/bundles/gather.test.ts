import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test, vi } from 'vitest';
import type { Bundle } from '../../src/bundles/bundle.ts';
import { type BundleOptions, makeBundle } from '../../src/bundles/index.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import type { LogRecord, Span } from '../../src/core/span.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { Story, type StoryLog, type StorySpan, type Values } from '../traces/otlp.ts';

vi.mock('../../src/core/natives.ts', () => import('../late-natives.ts'));

const ID = 'f00df00df00df00df00df00df00df00d';
const SERVICE = { 'service.name': 'shop' };

/** Traces by id, each with when it began in seconds before the story. */
class Telemetry {
  readonly spans: Span[] = [];
  readonly logs: LogRecord[] = [];

  add(
    id: string,
    spans: readonly StorySpan[],
    { atS = 0, resource = SERVICE as Values, logs = [] as StoryLog[] } = {},
  ): this {
    const story = new Story(id, atS * 1000);
    this.spans.push(...decodeLine(story.spans(resource, spans)).spans);
    this.logs.push(...decodeLine(story.logs(resource, logs)).logs);
    return this;
  }

  bundle(options: BundleOptions = {}): Promise<Bundle> {
    return makeBundle(new MemorySource(this.spans, this.logs), ID, options);
  }
}

const entry = (ms: number, rest: Partial<StorySpan> = {}, attributes: Values = {}): StorySpan => ({
  id: 1,
  name: 'GET /orders',
  kind: 2,
  at: 0,
  ms,
  attributes: { 'http.request.method': 'GET', 'http.route': '/orders', ...attributes },
  ...rest,
});
const client = (id: number, attributes: Values, rest: Partial<StorySpan> = {}): StorySpan => ({
  id,
  parent: 1,
  name: 'call',
  kind: 3,
  at: id,
  ms: 2,
  attributes,
  ...rest,
});
const idOf = (n: number): string => n.toString(16).padStart(32, 'a');

test('bundles: the baseline is the same route of the day before, without this trace and what came later', async () => {
  const telemetry = new Telemetry().add(ID, [entry(500, {}, { 'agentlog.db.query_count': 41 })]);
  for (let n = 0; n < 20; n += 1) {
    const rest: Partial<StorySpan> = n === 0 ? { error: 'x' } : {};
    telemetry.add(idOf(n), [entry(10 + n, rest, { 'agentlog.db.query_count': 3 })], { atS: -60 * (n + 1) });
  }
  telemetry.add(idOf(90), [entry(9_000)], { atS: 60 }).add(idOf(91), [entry(9_000)], { atS: -90_000 });
  telemetry.add(idOf(92), [entry(9_000, {}, { 'http.route': '/other' })], { atS: -5 });
  const { baseline } = await telemetry.bundle();
  expect(baseline).toEqual({
    route: 'GET /orders',
    requestCount: 20,
    errorRate: 0.05,
    p50Ms: 19,
    p95Ms: 28,
    queriesPerRequest: 3,
    thisMs: 500,
    thisQueryCount: 41,
    concurrentCount: 0,
  });
});

test('bundles: earlier occurrences of the same fingerprint are counted, with the first and the last', async () => {
  const failed = (at: number): StorySpan[] => [
    entry(
      10,
      {
        error: 'x',
        events: [
          { name: 'exception', at, attributes: { 'exception.type': 'E', 'exception.message': `m${at}` } },
        ],
      },
      { 'agentlog.exception.fingerprint': '0123456789abcdef' },
    ),
  ];
  const telemetry = new Telemetry().add(ID, failed(0));
  expect((await telemetry.bundle()).occurrences).toEqual([
    { fingerprint: '0123456789abcdef', traceCount: 0 },
  ]);
  telemetry.add(idOf(1), failed(1), { atS: -86_400 * 3 }).add(idOf(2), failed(2), { atS: -600 });
  const bundle = await telemetry.bundle();
  expect(bundle.occurrences).toEqual([
    {
      fingerprint: '0123456789abcdef',
      traceCount: 2,
      firstMinute: '2026-11-18T08:40Z',
      lastMinute: '2026-11-21T08:30Z',
    },
  ]);
  expect(bundle.nextSteps.join('\n')).toContain('--error 0123456789abcdef');
});

test.each<[string, Values, string, string]>([
  [
    'a database',
    { 'db.system.name': 'postgresql', 'server.address': 'db', 'server.port': 5432, 'db.namespace': 'shop' },
    'database',
    'postgresql db:5432/shop',
  ],
  ['an old database', { 'db.system': 'mysql', 'net.peer.name': 'm' }, 'database', 'mysql m'],
  ['redis', { 'db.system.name': 'redis', 'server.address': 'r' }, 'cache', 'redis r'],
  ['memcached', { 'db.system': 'memcached' }, 'cache', 'memcached'],
  [
    'kafka',
    { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' },
    'messaging',
    'kafka orders',
  ],
  ['a mail server', { 'server.address': 'mx.internal', 'server.port': 587 }, 'mail', 'mx.internal:587'],
  [
    'a mail service',
    { 'server.address': 'api.sendgrid.com', 'server.port': 443 },
    'mail',
    'api.sendgrid.com:443',
  ],
  ['S3', { 'rpc.service': 'S3', 'aws.s3.bucket': 'invoices' }, 'storage', 'S3 invoices'],
  [
    'a bucket by its host',
    { 'server.address': 'b.s3.eu-west-1.amazonaws.com' },
    'storage',
    'b.s3.eu-west-1.amazonaws.com',
  ],
  [
    'another service',
    { 'server.address': 'api.example.com', 'server.port': 443 },
    'service',
    'api.example.com:443',
  ],
  ['a model', { 'gen_ai.provider.name': 'openai', 'gen_ai.operation.name': 'chat' }, 'llm', 'openai'],
])('bundles: %s is a related system', async (_label, attributes, kind, name) => {
  const telemetry = new Telemetry().add(ID, [
    entry(9),
    client(2, attributes),
    client(3, attributes, { error: 'no', ms: 5 }),
  ]);
  const { relatedSystems } = await telemetry.bundle();
  expect(relatedSystems).toEqual([
    expect.objectContaining({ kind, name, callCount: 2, errorCount: 1, totalMs: 7, slowestMs: 5 }),
  ]);
});

test('bundles: the request below a model call is not another system, a 403 is an authorisation', async () => {
  const telemetry = new Telemetry().add(ID, [
    entry(9),
    client(2, { 'gen_ai.provider.name': 'openai', 'gen_ai.operation.name': 'chat' }),
    client(3, { 'server.address': 'api.openai.com' }, { parent: 2 }),
    client(4, { 'server.address': 'idp', 'http.response.status_code': 403 }),
  ]);
  const { relatedSystems } = await telemetry.bundle();
  expect(relatedSystems.map(({ kind, name, callCount }) => [kind, name, callCount])).toEqual([
    ['service', 'idp', 1],
    ['llm', 'openai', 1],
    ['authorisation', 'idp', 1],
  ]);
});

test('bundles: linked traces are looked up, and one that is not there is said', async () => {
  const links = [{ traceId: idOf(1) }, { traceId: idOf(2) }];
  const telemetry = new Telemetry()
    .add(ID, [{ ...entry(9), links }])
    .add(idOf(1), [{ id: 1, name: 'publish', at: 0, ms: 4, error: 'x' }], {
      atS: -1,
      resource: { 'service.name': 'jobs' },
    });
  const { linkedTraces } = await telemetry.bundle();
  expect(linkedTraces).toEqual([
    expect.objectContaining({
      traceId: idOf(1),
      isFound: true,
      rootName: 'publish',
      services: ['jobs'],
      spanCount: 1,
      errorCount: 1,
    }),
    expect.objectContaining({ traceId: idOf(2), isFound: false }),
  ]);
});

test('bundles: of what sends messages the traces that link to it are found, and a source that cannot says so', async () => {
  const producer: StorySpan = { id: 2, parent: 1, name: 'signup publish', kind: 4, at: 1, ms: 1 };
  const links = [{ traceId: ID }];
  const telemetry = new Telemetry()
    .add(ID, [entry(9), producer])
    .add(idOf(1), [{ id: 1, name: 'signup process', kind: 5, at: 0, ms: 4, error: 'x', links }], { atS: 2 })
    .add(idOf(2), [{ id: 1, name: 'unrelated', kind: 5, at: 0, ms: 4 }], { atS: 2 });
  const bundle = await telemetry.bundle();
  expect(bundle.linkedTraces).toEqual([
    expect.objectContaining({
      traceId: idOf(1),
      direction: 'from',
      rootName: 'signup process',
      errorCount: 1,
    }),
  ]);
  expect(bundle.nextSteps.join()).toContain(
    `What came of it elsewhere: \`npx agentlog-otel bundle --trace-id ${idOf(1)}`,
  );
  const source = new MemorySource(telemetry.spans);
  const capabilities = { ...source.capabilities(), canFindLinks: false };
  Object.assign(source, { capabilities: () => capabilities });
  const { linkedTraces, omissions } = await makeBundle(source, ID);
  expect(linkedTraces).toEqual([]);
  expect(omissions).toContainEqual(expect.objectContaining({ what: 'traces that link to this one' }));
});

test('bundles: a backend that does not come back costs the day before, and that is said', async () => {
  vi.useFakeTimers();
  try {
    const source = new MemorySource(new Telemetry().add(ID, [entry(9)]).spans);
    const capabilities = { ...source.capabilities(), isRemote: true };
    let asked = 0;
    const aggregate = (): Promise<never> => {
      asked += 1;
      return new Promise(() => undefined);
    };
    Object.assign(source, { capabilities: () => capabilities, aggregate });
    const made = makeBundle(source, ID);
    await vi.advanceTimersByTimeAsync(60_000);
    const { omissions, baseline, occurrences } = await made;
    expect(asked).toBe(1);
    expect([baseline, occurrences]).toEqual([undefined, []]);
    expect(omissions).toContainEqual(
      expect.objectContaining({ what: 'the day before', why: expect.stringContaining('longer than 10 s') }),
    );
  } finally {
    vi.useRealTimers();
  }
});

function withFrame(file: string): Telemetry {
  const stack = `TypeError: x\n    at pay (${file}:3:9)`;
  const attributes = {
    'exception.type': 'TypeError',
    'exception.message': 'x',
    'exception.stacktrace': stack,
  };
  return new Telemetry().add(ID, [
    entry(9, { error: 'x', events: [{ name: 'exception', at: 1, attributes }] }),
  ]);
}

test('bundles: the lines around an in-app frame are there, redacted, also when the path is of another machine', async () => {
  const key = ['sk', 'live', 'a1B2c3D4e5F6a7B8'].join('_');
  const lines = ['// one', `const key = '${key}';`, 'throw new TypeError("x");', '// four'];
  const project = temporaryDirectory({ 'src/pay.mjs': `${lines.join('\n')}\n` });
  for (const [file, isGuessed] of [
    [join(project, 'src/pay.mjs'), false],
    ['/srv/app/src/pay.mjs', true],
  ] as const) {
    const { excerpts } = await withFrame(file).bundle({ project });
    expect(excerpts).toEqual([
      expect.objectContaining({ file: 'src/pay.mjs', line: 3, firstLine: 1, why: 'frame', isGuessed }),
    ]);
    expect(excerpts[0]?.lines[2]).toBe(lines[2]);
    expect(excerpts[0]?.lines).toHaveLength(4);
    expect(JSON.stringify(excerpts)).not.toContain(key);
  }
});

test('bundles: files of the project are named by their path in it, wherever a trace names them; others stay', async () => {
  const project = temporaryDirectory({ 'src/pay (1).mjs': 'one\ntwo\nthrow new TypeError("x");\n' });
  const file = join(project, 'src/pay (1).mjs');
  const stack = [
    'TypeError: x',
    `    at pay (${file}:3:9)`,
    `    at ${pathToFileURL(file).href}:2:1`,
    `    at use (${join(project, 'node_modules/lib/index.js')}:5:1)`,
    `    at other (/srv${file}:7:1)`,
  ].join('\n');
  const attributes = {
    'exception.type': 'TypeError',
    'exception.message': 'x',
    'exception.stacktrace': stack,
  };
  const called = { 'code.file.path': file, 'code.line.number': 2, 'url.path': file };
  const telemetry = new Telemetry().add(ID, [
    entry(9, { error: 'x', attributes: called, events: [{ name: 'exception', at: 1, attributes }] }),
  ]);
  const { errors, hypotheses, excerpts, trace } = await telemetry.bundle({ project });
  expect(errors[0]?.frames.map((frame) => [frame.file, frame.isInApp])).toEqual([
    ['src/pay (1).mjs', true],
    ['src/pay (1).mjs', true],
    ['node_modules/lib/index.js', false],
    [`/srv${file}`, true],
  ]);
  expect(hypotheses[0]?.facts.at).toBe('src/pay (1).mjs:3');
  expect(excerpts[0]).toMatchObject({ file: 'src/pay (1).mjs', line: 3, isGuessed: false });
  expect(trace.spans[0]?.attributes).toMatchObject({ 'code.file.path': 'src/pay (1).mjs', 'url.path': file });
  const elsewhere = await telemetry.bundle({ project: temporaryDirectory() });
  expect(elsewhere.hypotheses[0]?.facts.at).toBe(`${file}:3`);
});

test('bundles: a job that failed is a failure, though who sent it went on; one that a retry saved is none', async () => {
  const job = (id: number, error?: string): StorySpan => ({
    id,
    parent: 2,
    name: 'process mails',
    kind: 5,
    at: id * 5,
    ms: 3,
    attributes: { 'messaging.message.id': '7' },
    ...(error && { error }),
  });
  const sent: StorySpan[] = [entry(2), { id: 2, parent: 1, name: 'add mails', kind: 4, at: 1, ms: 1 }];
  const lost = await new Telemetry().add(ID, [...sent, job(3), job(4, 'no address')]).bundle();
  expect(lost.outcome).toBe('failed');
  expect(lost.hypotheses[0]?.facts.span).toBe('process mails');
  const saved = await new Telemetry().add(ID, [...sent, job(3, 'no address'), job(4)]).bundle();
  expect(saved.outcome).toBe('problem');
});

test('bundles: no planted frame reads a setting, a package or a file outside the project, by link or by dots', async () => {
  const outside = temporaryDirectory({ 'secret.js': 'a\nb\nc\nd\n' });
  const project = temporaryDirectory({ '.env': 'a\nb\nc\n', 'a.json': '1\n2\n3\n', 'src/x.js': '1\n2\n3\n' });
  mkdirSync(join(project, '.hidden'));
  writeFileSync(join(project, '.hidden/y.js'), '1\n2\n3\n');
  symlinkSync(join(outside, 'secret.js'), join(project, 'src/link.js'));
  symlinkSync(outside, join(project, 'linked'));
  for (const file of ['.env', 'a.json', '.hidden/y.js', 'src/link.js', 'linked/secret.js', '../secret.js']) {
    expect((await withFrame(join(project, file)).bundle({ project })).excerpts, file).toEqual([]);
    expect((await withFrame(`/srv/app/${file}`).bundle({ project })).excerpts, file).toEqual([]);
  }
  expect((await withFrame(join(outside, 'secret.js')).bundle({ project })).excerpts).toEqual([]);
  expect((await withFrame(join(project, 'src/x.js')).bundle()).excerpts).toEqual([]);
  expect((await withFrame(join(project, 'src/x.js')).bundle({ project })).excerpts).toHaveLength(1);
});

test('bundles: the request is a curl command in which nothing can leave its quotes', async () => {
  const attributes = {
    'url.scheme': 'http',
    'server.address': 'shop',
    'server.port': 8080,
    'url.path': "/orders/'; rm -rf ~ #`x`\n<b>",
    'url.query': 'token=[REDACTED:jwt]&q=ü',
    'http.request.header.x-tenant': ["a'b`c`"],
  };
  const { reproduction } = await new Telemetry().add(ID, [entry(1, {}, attributes)]).bundle();
  expect(reproduction?.command).toBe(
    "curl -i 'http://shop:8080/orders/%27;%20rm%20-rf%20~%20#%60x%60%0A%3Cb%3E?token=MASKED_JWT&q=%C3%BC' -H 'x-tenant: abc'",
  );
  expect(reproduction?.placeholders).toEqual(['MASKED_JWT']);
});

test('bundles: a failure with a stack is a likely cause, one that says nothing is insufficient evidence', async () => {
  const certain = await withFrame('/srv/app/pay.mjs').bundle();
  expect(certain.hypotheses[0]).toMatchObject({ rule: 'first-failure', confidence: 'high' });
  const mute = await new Telemetry().add(ID, [entry(9, { error: true })]).bundle();
  expect(mute.hypotheses[0]).toMatchObject({ rule: 'insufficient-evidence' });
  const fine = await new Telemetry().add(ID, [entry(9)]).bundle();
  expect(fine.hypotheses).toEqual([]);
});

test('bundles: the safety report names what an outsider could have written, what was cut and the policy', async () => {
  const cut = `abc [CUT: ${100_000} characters]`;
  const telemetry = new Telemetry().add(
    ID,
    [
      entry(
        9,
        { droppedAttributesCount: 3 },
        { 'url.path': '/x', 'user_agent.original': cut, 'agentlog.cut.count': 2 },
      ),
    ],
    { logs: [{ span: 1, at: 1, severity: 9, body: 'hello' }] },
  );
  const { safety } = await telemetry.bundle({ redaction: { policy: 'strict', disable: ['email'] } });
  expect(safety.exposure).toMatchObject({ policy: 'strict', disabledRules: ['email'] });
  expect([...safety.outsiderFields]).toEqual([
    ['log.body', 1],
    ['url.path', 1],
    ['user_agent.original', 1],
  ]);
  expect([...safety.truncatedFields]).toEqual([['user_agent.original', 1]]);
  expect([...safety.omitted.values()]).toEqual([3, 2]);
});
