import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { type Receiver, startReceiver } from './receiver.ts';
import { APPS, REGISTER, type Run, readLocal, runApp, temporaryDirectory } from './run-app.ts';

interface Outcome extends Receiver {
  readonly run: Run;
  readonly local: ReturnType<typeof readLocal>;
}

/** Runs the app of the configuration tests with a file in place of the variables; `${COLLECTOR}` is the receiver. */
async function runWith(yaml: string, nodeArgs: readonly string[], env = {}): Promise<Outcome> {
  using directory = temporaryDirectory();
  const receiver = await startReceiver();
  const file = join(directory.path, 'otel.yaml');
  const AGENTLOG_DIR = join(directory.path, '.agentlog');
  writeFileSync(file, yaml);
  const run = await runApp('config.cjs', {
    nodeArgs,
    env: { OTEL_CONFIG_FILE: file, COLLECTOR: receiver.url, AGENTLOG_DIR, ...env },
  });
  await receiver.close();
  const local = nodeArgs === REGISTER ? readLocal(AGENTLOG_DIR) : { spans: [], logs: [], text: '' };
  return { ...receiver, run, local };
}

const STOCK = ['--import', pathToFileURL(join(APPS, 'stock-file.mjs')).href];

const YAML = `
file_format: "1.0"
resource:
  attributes:
    - { name: service.name, value: shop }
    - { name: deployment.environment.name, value: "\${STAGE:-staging}" }
  detection/development:
    detectors: [{ process: }]
attribute_limits: { attribute_count_limit: 3 }
propagator:
  composite: [{ b3multi: }, { baggage: }]
tracer_provider:
  limits: { event_count_limit: 1, attribute_value_length_limit: 4 }
  sampler: { parent_based: { root: { always_on: }, remote_parent_sampled: { always_off: } } }
  processors:
    - batch:
        schedule_delay: 60000
        max_export_batch_size: 4
        exporter:
          otlp_http:
            endpoint: \${COLLECTOR}/file/traces
            encoding: json
            compression: gzip
            headers: [{ name: x-tenant, value: blue }]
            headers_list: x-tenant=no,x-plan=basic
    - simple: { exporter: { console: } }
logger_provider:
  processors:
    - batch: { exporter: { otlp_http: { endpoint: "\${COLLECTOR}/file/logs", encoding: json } } }
meter_provider:
  readers:
    - periodic:
        exporter:
          otlp_http:
            endpoint: \${COLLECTOR}/file/metrics
            encoding: json
            temporality_preference: delta
            default_histogram_aggregation: base2_exponential_bucket_histogram
`;

function seen({ spans, logs, bodies, paths, requests, run }: Outcome): unknown {
  const limits = spans.find((span) => span.name === 'limits');
  const metrics = bodies
    .filter((_, i) => paths[i] === '/file/metrics')
    .flatMap((body) => JSON.parse(body.toString()).resourceMetrics)
    .flatMap((each) => each.scopeMetrics)
    .filter((each) => each.scope.name === 'app')
    .flatMap((each) => each.metrics);
  return {
    names: spans.map((span) => span.name).sort(),
    attributes: limits?.attributes,
    events: limits?.events.map((event) => event.name),
    resource: Object.keys(limits?.resource.attributes ?? {}).sort(),
    service: limits?.resource.attributes['service.name'],
    stage: limits?.resource.attributes['deployment.environment.name'],
    logs: logs.map((log) => [log.body, Object.keys(log.attributes)]),
    requests: requests
      .filter(({ path }) => path === '/file/traces')
      .map(({ headers, records }) => [
        headers['x-tenant'],
        headers['x-plan'],
        headers['content-encoding'],
        records <= 4,
      ])
      .at(0),
    metrics: metrics.map((metric) => [
      metric.name,
      Object.keys(metric).find((key) => /sum|histogram/i.test(key)),
      (metric.sum ?? metric.exponentialHistogram).aggregationTemporality,
    ]),
    printed: run.stdout.match(/^ {2}name: '.*'/gm)?.sort(),
    carried: /^\{"traceparent.*\}$/m.exec(run.stdout)?.[0],
  };
}

test('OTEL_CONFIG_FILE: the same arrives as with upstream’s SDK on the same file', async () => {
  const stock = await runWith(YAML, STOCK, { STAGE: 'prod' });
  const ours = await runWith(YAML, REGISTER, { STAGE: 'prod', OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http' });
  expect(ours.run).toMatchObject({ code: 0, stderr: '' });
  expect(seen(ours)).toEqual(seen(stock));
  expect(seen(ours)).toMatchObject({
    service: 'shop',
    stage: 'prod',
    attributes: { a: 'abcd' },
    events: ['event 2'],
    requests: ['blue', 'basic', 'gzip', true],
    metrics: expect.arrayContaining([['latency', 'exponentialHistogram', 1]]),
    carried: '{"traceparent":false,"b3":false,"multi":true,"baggage":true}',
  });
  expect(ours.spans.map((span) => span.name)).not.toContain('remote 1');
});

test('OTEL_CONFIG_FILE: the local file keeps everything, whatever the file says', async () => {
  const { spans, local } = await runWith(
    YAML.replace('root: { always_on: }', 'root: { always_off: }'),
    REGISTER,
  );
  expect(spans).toEqual([]);
  expect(local.spans.map((span) => span.name)).toEqual(
    expect.arrayContaining(['limits', 'remote 0', 'remote 1']),
  );
});

test('OTEL_CONFIG_FILE: every key that is not supported is named once', async () => {
  const { run } = await runWith(
    `${YAML}
  views: [{ selector: { instrument_name: latency }, stream: { name: other } }]
log_level: debug
instrumentation/development: { general: {} }
`.replace('- simple: { exporter: { console: } }', '- simple: { exporter: { otlp_file/development: } }'),
    REGISTER,
  );
  expect(run.code).toBe(0);
  expect(run.stderr.trim().split('\n')).toEqual([
    'agentlog-otel: OTEL_CONFIG_FILE: not supported and left out: ' +
      'tracer_provider.processors.simple.exporter.otlp_file/development, meter_provider.views, ' +
      'log_level, instrumentation/development.',
  ]);
});

test.each([
  ['is not there', undefined],
  ['is not YAML', '{ file_format: ['],
  ['does not fit the schema', 'file_format: "1.0"\ntracer_provider: { processors: 7 }'],
])(
  'OTEL_CONFIG_FILE: a file that %s is said; the app runs, nothing is sent, the local file goes on',
  async (_, yaml) => {
    const missing = yaml === undefined ? { OTEL_CONFIG_FILE: join(APPS, 'no-such-file.yaml') } : {};
    const { run, requests, local } = await runWith(yaml ?? '', REGISTER, missing);
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(
      /^agentlog-otel: OTEL_CONFIG_FILE: .*nothing is sent, the local files go on.*\n$/,
    );
    expect(requests).toEqual([]);
    expect(local.spans.length).toBeGreaterThan(0);
  },
);

test('OTEL_CONFIG_FILE: `disabled: true` records nothing', async () => {
  const { run, requests, local } = await runWith(`file_format: "1.0"\ndisabled: true`, REGISTER);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(requests).toEqual([]);
  expect(local).toMatchObject({ spans: [], logs: [], text: '' });
});

test('OTEL_CONFIG_FILE: with `disabled: true` a NodeSDK of preset() sends nothing either, wherever the variables point', async () => {
  using directory = temporaryDirectory();
  await using receiver = await startReceiver();
  const file = join(directory.path, 'otel.yaml');
  writeFileSync(file, 'file_format: "1.0"\ndisabled: true\n');
  const run = await runApp('redaction.mjs', {
    nodeArgs: [],
    env: {
      WAY: 'preset',
      OTEL_CONFIG_FILE: file,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRICS_EXPORTER: 'otlp',
      AGENTLOG_DIR: join(directory.path, '.agentlog'),
    },
  });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(receiver.paths).toEqual([]);
  expect(existsSync(join(directory.path, '.agentlog'))).toBe(false);
});
