import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Case,
  compare,
  namesOf,
  type Outcome,
  requestsTo,
  runUnder,
  STOCK,
  span,
} from './beside-stock.ts';
import { REGISTER, readLocal } from './run-app.ts';

const resource = (outcome: Outcome) => span(outcome)?.resource.attributes ?? {};
const carried = ({ run }: Outcome) => JSON.parse(/^\{"traceparent.*\}$/m.exec(run.stdout)?.[0] ?? 'null');
const points = ({ bodies, paths }: Outcome) =>
  Object.fromEntries(
    bodies
      .filter((_, i) => paths[i] === '/v1/metrics')
      .flatMap((body) => JSON.parse(body.toString()).resourceMetrics)
      .flatMap((each) => each.scopeMetrics)
      .filter((each) => each.scope.name === 'app')
      .flatMap((each) => each.metrics)
      .map((metric) => [metric.name, (metric.sum ?? metric.histogram).aggregationTemporality]),
  );

const ROOTS = ['GET', 'GET', 'caller', 'limits', 'work 0', 'work 1', 'work 2', 'work 3', 'work 4'];
const ALL = [...ROOTS, 'remote 0', 'remote 1'].sort();
const NO_REMOTE_0 = ALL.filter((name) => name !== 'remote 0');

const CASES: readonly Case[] = [
  { name: 'nothing set', env: {}, observe: namesOf, expected: NO_REMOTE_0 },
  {
    name: 'OTEL_SDK_DISABLED',
    env: { OTEL_SDK_DISABLED: 'true' },
    observe: (outcome) => [outcome.requests.length, carried(outcome)],
    expected: [0, { traceparent: false, b3: false, multi: false, baggage: false }],
  },
  ...(
    [
      ['always_on', undefined, ALL],
      ['always_off', undefined, []],
      ['traceidratio', '1', ALL],
      // Its trace id is all ones: above a half.
      ['traceidratio', '0', []],
      ['parentbased_always_on', undefined, NO_REMOTE_0],
      ['parentbased_always_off', undefined, ['remote 1']],
      ['parentbased_traceidratio', '0', ['remote 1']],
      ['parentbased_traceidratio', '7', NO_REMOTE_0],
      ['no_such_sampler', undefined, NO_REMOTE_0],
    ] as const
  ).map(([sampler, arg, expected]) => ({
    name: `OTEL_TRACES_SAMPLER=${sampler}${arg === undefined ? '' : `, _ARG=${arg}`}`,
    env: { OTEL_TRACES_SAMPLER: sampler, ...(arg === undefined ? {} : { OTEL_TRACES_SAMPLER_ARG: arg }) },
    observe: namesOf,
    expected,
  })),
  {
    name: 'OTEL_TRACES_EXPORTER=none',
    env: { OTEL_TRACES_EXPORTER: 'none' },
    observe: (outcome) => [outcome.spans.length, outcome.logs.length],
    expected: [0, 5],
  },
  {
    name: 'OTEL_TRACES_EXPORTER=otlp,none',
    env: { OTEL_TRACES_EXPORTER: 'otlp,none' },
    observe: namesOf,
    expected: NO_REMOTE_0,
  },
  {
    name: 'OTEL_TRACES_EXPORTER that is unknown',
    env: { OTEL_TRACES_EXPORTER: 'carrier-pigeon' },
    observe: ({ spans }) => spans.length,
    expected: 0,
  },
  {
    name: 'OTEL_LOGS_EXPORTER=otlp,none',
    env: { OTEL_LOGS_EXPORTER: 'otlp,none' },
    observe: (outcome) => [outcome.logs.length, outcome.spans.length],
    expected: [0, NO_REMOTE_0.length],
  },
  {
    name: 'OTEL_TRACES_EXPORTER=console and OTEL_LOGS_EXPORTER=console,otlp',
    env: { OTEL_TRACES_EXPORTER: 'console', OTEL_LOGS_EXPORTER: 'console,otlp' },
    observe: ({ spans, logs, run }) => [
      spans.length,
      logs.length,
      run.stdout.match(/^ {2}name: '.*'/gm)?.sort(),
      run.stdout.match(/^ {2}body: '.*'/gm)?.length,
    ],
    expected: [0, 5, NO_REMOTE_0.map((name) => `  name: '${name}'`), 5],
  },
  {
    name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, as it is given',
    env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '{url}/elsewhere' },
    observe: (outcome) => outcome.requests.map((each) => each.path).sort(),
    expected: ['/elsewhere', '/v1/logs'],
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT with a path',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: '{url}/base/' },
    observe: (outcome) => outcome.requests.map((each) => each.path).sort(),
    expected: ['/base/v1/logs', '/base/v1/traces'],
  },
  {
    name: 'OTEL_EXPORTER_OTLP_HEADERS, and those of a signal over them',
    env: {
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=blue,x-plan=a%20b',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x-tenant=green',
    },
    observe: (outcome) =>
      outcome.requests.map(({ path, headers }) => [path, headers['x-tenant'], headers['x-plan']]).sort(),
    expected: [
      ['/v1/logs', 'green', 'a b'],
      ['/v1/traces', 'blue', 'a b'],
    ],
  },
  {
    name: 'OTEL_EXPORTER_OTLP_PROTOCOL, and that of a signal over it',
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json' },
    observe: (outcome) => outcome.requests.map(({ path, headers }) => [path, headers['content-type']]).sort(),
    expected: [
      ['/v1/logs', 'application/json'],
      ['/v1/traces', 'application/x-protobuf'],
    ],
  },
  {
    name: 'OTEL_EXPORTER_OTLP_COMPRESSION=gzip, none for one signal',
    env: { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip', OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: 'none' },
    observe: (outcome) => [
      outcome.requests.map(({ path, headers }) => [path, headers['content-encoding']]).sort(),
      namesOf(outcome),
    ],
    expected: [
      [
        ['/v1/logs', undefined],
        ['/v1/traces', 'gzip'],
      ],
      NO_REMOTE_0,
    ],
  },
  {
    name: 'endpoints, headers, protocols and compressions of single signals over the general ones',
    env: {
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '{url}/t',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: '{url}/l',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: '{url}/m',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=blue',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-tenant=green',
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'x-tenant=red',
      OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'gzip',
    },
    observe: ({ requests }) =>
      [
        ...new Set(
          requests.map(({ path, headers }) =>
            [path, headers['content-type'], headers['x-tenant'], headers['content-encoding']].join(' '),
          ),
        ),
      ].sort(),
    expected: [
      '/l application/x-protobuf blue ',
      '/m application/json red gzip',
      '/t application/json green gzip',
    ],
  },
  {
    name: 'OTEL_ATTRIBUTE_COUNT_LIMIT',
    env: { OTEL_ATTRIBUTE_COUNT_LIMIT: '2' },
    observe: (outcome) => [span(outcome)?.attributes, outcome.logs[0]?.attributes],
    expected: [
      { a: 'abcdefghij', b: 2 },
      { a: 'abcdefghij', b: 2 },
    ],
  },
  {
    name: 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT and OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT over the general one',
    env: {
      OTEL_ATTRIBUTE_COUNT_LIMIT: '2',
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '1',
      OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '3',
    },
    observe: (outcome) => [
      Object.keys(span(outcome)?.attributes ?? {}),
      Object.keys(outcome.logs[0]?.attributes ?? {}),
    ],
    expected: [['a'], ['a', 'b', 'c']],
  },
  {
    name: 'OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT=0 is no limit',
    env: { OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '0' },
    observe: ({ logs }) => Object.keys(logs[0]?.attributes ?? {}).length,
    expected: 4,
  },
  {
    name: 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    env: { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '3' },
    observe: (outcome) => [span(outcome)?.attributes.a, outcome.logs[0]?.attributes.a],
    expected: ['abc', 'abc'],
  },
  {
    name: 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT, OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    env: { OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '2', OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '4' },
    observe: (outcome) => [span(outcome)?.attributes.a, outcome.logs[0]?.attributes.a],
    expected: ['ab', 'abcd'],
  },
  {
    name: 'OTEL_SPAN_EVENT_COUNT_LIMIT, OTEL_SPAN_LINK_COUNT_LIMIT',
    env: { OTEL_SPAN_EVENT_COUNT_LIMIT: '2', OTEL_SPAN_LINK_COUNT_LIMIT: '1' },
    observe: (outcome) => [
      span(outcome)?.events.map((event) => event.name),
      span(outcome)?.links.map((link) => Object.keys(link.attributes ?? {}).length),
    ],
    expected: [['event 1', 'event 2'], [4]],
  },
  {
    name: 'OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT, OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT',
    env: { OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT: '1', OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT: '3' },
    observe: (outcome) => [
      span(outcome)?.events.map((event) => Object.keys(event.attributes).length),
      span(outcome)?.links.map((link) => Object.keys(link.attributes).length),
    ],
    expected: [
      [1, 1, 1],
      [0, 3],
    ],
  },
  ...(
    [
      ['tracecontext', { traceparent: true }],
      ['baggage', { baggage: true }],
      ['b3', { b3: true }],
      ['b3multi,baggage', { multi: true, baggage: true }],
      ['none', {}],
      ['tracecontext,none', {}],
      ['no-such,b3', { b3: true }],
    ] as const
  ).map(([value, expected]) => ({
    name: `OTEL_PROPAGATORS=${value}`,
    env: { OTEL_PROPAGATORS: value },
    observe: carried,
    expected: { traceparent: false, b3: false, multi: false, baggage: false, ...expected },
  })),
  {
    name: 'OTEL_SERVICE_NAME over OTEL_RESOURCE_ATTRIBUTES',
    env: {
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=no,deployment.environment.name=a%2Cb',
    },
    observe: (outcome) => {
      const { 'service.name': name, 'deployment.environment.name': environment } = resource(outcome);
      return [name, environment];
    },
    expected: ['shop', 'a,b'],
  },
  {
    name: 'no OTEL_SERVICE_NAME',
    env: {},
    observe: (outcome) => resource(outcome)['service.name'],
    expected: expect.stringMatching(/^unknown_service:/),
  },
  {
    name: 'OTEL_NODE_RESOURCE_DETECTORS=none',
    env: { OTEL_NODE_RESOURCE_DETECTORS: 'none', OTEL_SERVICE_NAME: 'unread' },
    observe: (outcome) => Object.keys(resource(outcome)).sort(),
    expected: ['service.name', 'telemetry.sdk.language', 'telemetry.sdk.name', 'telemetry.sdk.version'],
  },
  {
    name: 'OTEL_NODE_RESOURCE_DETECTORS=env,os,no-such',
    env: { OTEL_NODE_RESOURCE_DETECTORS: 'env,os,no-such' },
    observe: (outcome) =>
      Object.keys(resource(outcome))
        .filter((key) => /^(?:os|host|process)\./.test(key))
        .sort(),
    expected: ['os.type', 'os.version'],
  },
  {
    name: 'a whole resource',
    env: { OTEL_SERVICE_NAME: 'shop' },
    observe: (outcome) => Object.keys(resource(outcome)).sort(),
    expected: expect.arrayContaining(['host.id', 'os.type', 'process.pid']),
  },
  {
    name: 'OTEL_NODE_ENABLED_INSTRUMENTATIONS without http',
    env: { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'pg,express' },
    observe: (outcome) => namesOf(outcome).filter((name) => name === 'GET'),
    expected: [],
  },
  {
    name: 'OTEL_NODE_DISABLED_INSTRUMENTATIONS wins over the enabled ones',
    env: { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http', OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' },
    observe: (outcome) => namesOf(outcome).filter((name) => name === 'GET'),
    expected: [],
  },
  ...(
    [
      ['cumulative', { requests: 2, open: 2, latency: 2 }],
      ['delta', { requests: 1, open: 2, latency: 1 }],
      ['lowmemory', { requests: 1, open: 2, latency: 1 }],
      ['no-such', { requests: 2, open: 2, latency: 2 }],
    ] as const
  ).map(([value, expected]) => ({
    name: `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=${value}`,
    env: { OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: value },
    observe: points,
    expected,
  })),
  {
    name: 'OTEL_METRIC_EXPORT_INTERVAL shorter than the app’s pause',
    env: { OTEL_METRICS_EXPORTER: 'otlp', OTEL_METRIC_EXPORT_INTERVAL: '100', APP_PAUSE_MS: '700' },
    observe: (outcome) => requestsTo(outcome, '/v1/metrics').length > 1,
    expected: true,
  },
  ...(
    [
      ['none', []],
      ['error', ['error']],
      ['WARN', ['error', 'warn']],
      ['info', ['error', 'warn', 'info']],
      ['debug', ['error', 'warn', 'info', 'debug']],
      ['verbose', ['error', 'warn', 'info', 'debug', 'verbose']],
      ['all', ['error', 'warn', 'info', 'debug', 'verbose']],
      ['no-such', ['error', 'warn', 'info']],
      ['', []],
    ] as const
  ).map(([level, expected]) => ({
    name: `OTEL_LOG_LEVEL=${level}`,
    env: { OTEL_LOG_LEVEL: level },
    observe: ({ run }: Outcome) =>
      [...`${run.stdout}${run.stderr}`.matchAll(/^(?:Trace: )?diag (\w+)$/gm)].map(([, said]) => said).sort(),
    expected: [...expected].sort(),
  })),
  {
    name: 'OTEL_METRICS_EXPORTER=none,otlp',
    env: { OTEL_METRICS_EXPORTER: 'none,otlp' },
    observe: (outcome) => requestsTo(outcome, '/v1/metrics').length,
    expected: 0,
  },
];

describe('config: as upstream', () => compare(CASES));

describe('config: what we do otherwise', () => {
  const both = (env: Record<string, string>) =>
    Promise.all([runUnder(REGISTER, { env }), runUnder(STOCK, { env })]);

  test('the default protocol is http/json, upstream’s http/protobuf', async () => {
    const types = (await both({ OTEL_EXPORTER_OTLP_PROTOCOL: '' })).map(
      ({ requests }) => new Set(requests.map(({ headers }) => headers['content-type'])),
    );
    expect(types).toEqual([new Set(['application/json']), new Set(['application/x-protobuf'])]);
  });

  test('`none` sends nothing and keeps the local file; the sampler does not thin it', async () => {
    const [ours] = await both({
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_TRACES_SAMPLER: 'always_off',
    });
    expect(ours.requests).toEqual([]);
    const local = readLocal(join(ours.directory, '.agentlog'));
    expect(local.spans.map((each) => each.name).sort()).toEqual(ALL);
    expect(local.logs).toHaveLength(5);
  });

  test('a detector that asks a cloud is left out, and said; what the user names is not overwritten', async () => {
    const [ours] = await both({ OTEL_NODE_RESOURCE_DETECTORS: 'env,gcp', OTEL_SERVICE_NAME: 'shop' });
    expect(resource(ours)['service.name']).toBe('shop');
    expect(ours.run.stderr).toContain('"gcp" is not carried');
  });

  test('by default: host, os, process, and over them what the environment says', async () => {
    const [ours] = await both({
      OTEL_NODE_RESOURCE_DETECTORS: '',
      OTEL_RESOURCE_ATTRIBUTES: 'host.name=mine',
    });
    expect(resource(ours)).toMatchObject({
      'host.name': 'mine',
      'process.pid': expect.anything(),
      'os.type': 'linux',
    });
  });

  test.each([
    ['OTEL_TRACES_EXPORTER', 'zipkin'],
    ['OTEL_METRICS_EXPORTER', 'prometheus'],
  ])('an exporter we do not carry is said: %s=%s', async (variable, value) => {
    const [ours] = await both({ [variable]: value });
    expect(ours.run.stderr).toContain(`${variable}: "${value}" is not supported`);
    expect(ours.spans.length > 0).toBe(variable !== 'OTEL_TRACES_EXPORTER');
  });

  test('in place of a protocol that there is not: http/json, and it is said; upstream’s http/protobuf', async () => {
    const outcomes = await both({ OTEL_EXPORTER_OTLP_PROTOCOL: 'carrier-pigeon' });
    const types = outcomes.map(
      ({ requests }) => new Set(requests.map(({ headers }) => headers['content-type'])),
    );
    expect(types).toEqual([new Set(['application/json']), new Set(['application/x-protobuf'])]);
    expect(outcomes[0].run.stderr).toContain('OTEL_EXPORTER_OTLP_PROTOCOL: "carrier-pigeon" is not one of');
  });

  test('metrics on the console keep to the interval, upstream’s to a minute', async () => {
    const outcomes = await both({
      OTEL_METRICS_EXPORTER: 'console',
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      APP_PAUSE_MS: '1000',
    });
    const printed = outcomes.map(({ run }) => run.stdout.match(/name: 'requests'/g)?.length ?? 0);
    expect(printed.map((count) => count > 1)).toEqual([true, false]);
  });
});
