import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../commands/run-cli.ts';
import { startReceiver } from './receiver.ts';
import { type Run, readLocal, runApp, temporaryDirectory } from './run-app.ts';

interface Outcome {
  readonly run: Run;
  readonly attributes: Readonly<Record<string, unknown>>;
}

async function record(env: Record<string, string> = {}, given: object = {}): Promise<Outcome> {
  using directory = temporaryDirectory();
  const run = await runApp('redaction.mjs', {
    nodeArgs: [],
    env: {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      AGENTLOG_DIR: join(directory.path, '.agentlog'),
      GIVEN: JSON.stringify(given),
      ...env,
    },
  });
  const { spans } = readLocal(join(directory.path, '.agentlog'));
  expect(run.code).toBe(0);
  return { run, attributes: spans.find((span) => span.name === 'work')?.attributes ?? {} };
}

const PLAIN = {
  'db.password': 'hunter2-swordfish',
  'app.customerRef': 'cust-20417',
  'debug.token': 'debug-4711',
};
const KEY = '[REDACTED:sensitive-key]';

test('redaction options: without any, secrets are masked and what is personal or weak stays', async () => {
  const { run, attributes } = await record();
  expect(run.stderr).toBe('');
  expect(attributes).toMatchObject({
    'db.password': KEY,
    'debug.token': KEY,
    'app.customerRef': PLAIN['app.customerRef'],
    auth: 'weak-x91',
    note: 'mail to ada@example.org, sent npm_[REDACTED:npm-token]',
    'agentlog.redaction.count': 3,
  });
});

test('redaction options: keys, allowed keys, rules and the pseudonym key from the environment', async () => {
  const env = {
    AGENTLOG_REDACTION_KEYS: 'customer ref, ship to',
    AGENTLOG_REDACTION_ALLOW: 'debug.*',
    AGENTLOG_REDACTION_DISABLE: 'npm-token',
    AGENTLOG_REDACTION_ENABLE: 'email',
    AGENTLOG_PSEUDONYM_KEY: 'key-of-the-test',
  };
  const first = await record(env);
  expect(first.run.stderr).toBe('');
  expect(first.attributes).toMatchObject({
    'db.password': KEY,
    'app.customerRef': KEY,
    'debug.token': PLAIN['debug.token'],
  });
  expect(first.attributes.note).toMatch(/^mail to \[email:[0-9a-f]{12}\], sent npm_aB3/);
  const other = await record({ ...env, AGENTLOG_PSEUDONYM_KEY: 'another key' });
  expect(other.attributes.note).not.toBe(first.attributes.note);
});

test('redaction options: code wins over the environment, in one object', async () => {
  const { attributes } = await record(
    { AGENTLOG_REDACTION: 'off', AGENTLOG_REDACTION_KEYS: 'debug' },
    { redaction: { policy: 'strict', extraKeys: ['customer ref'] } },
  );
  expect(attributes).toMatchObject({ 'app.customerRef': KEY, auth: KEY });
  expect(attributes.note).toContain('[REDACTED:email]');
});

test('redaction options: a dry run counts and changes nothing', async () => {
  const { attributes, run } = await record({ AGENTLOG_REDACTION_DRY_RUN: '1' });
  expect(run.stderr).toBe(
    'agentlog-otel: redaction.dryRun: what would be masked is counted, and leaves as it is.\n',
  );
  expect(attributes).toMatchObject({ ...PLAIN, 'agentlog.redaction.count': 3 });
});

test('redaction options: off masks nothing; in production the environment alone cannot turn it off', async () => {
  const off = { AGENTLOG_REDACTION: 'off' };
  const production = { ...off, NODE_ENV: 'production' };
  expect((await record({ ...off, NODE_ENV: 'development' })).attributes).toMatchObject(PLAIN);
  const refused = await record(production);
  expect(refused.attributes['db.password']).toBe(KEY);
  expect(refused.run.stderr).toMatch(
    /^agentlog-otel: AGENTLOG_REDACTION: "off" is refused under NODE_ENV=production.*allowOff: true.*\n$/,
  );
  for (const redaction of [{ allowOff: true }, { policy: 'off' }]) {
    const allowed = await record(production, { redaction });
    expect(allowed.run.stderr).toBe('');
    expect(allowed.attributes).toMatchObject(PLAIN);
  }
});

test('redaction options: in production the environment alone can neither make a dry run nor allow all keys', async () => {
  for (const [name, value] of [
    ['AGENTLOG_REDACTION_DRY_RUN', '1'],
    ['AGENTLOG_REDACTION_ALLOW', 'app.customerRef, *'],
  ] as const) {
    const production = { [name]: value, NODE_ENV: 'production' };
    const refused = await record(production);
    expect(refused.attributes['db.password'], name).toBe(KEY);
    expect(refused.run.stderr).toMatch(
      new RegExp(`^agentlog-otel: ${name}: .*refused under NODE_ENV=production.*allowOff: true.*\n$`),
    );
    const allowed = await record(production, { redaction: { allowOff: true } });
    expect(allowed.attributes, name).toMatchObject(PLAIN);
  }
});

test('redaction options: what cannot be used is said, and the default is used', async () => {
  const { run, attributes } = await record({ AGENTLOG_REDACTION: 'of' }, { redaction: { extraKeys: [1] } });
  expect(run.stderr).toContain('AGENTLOG_REDACTION: expected one of default, strict, off');
  expect(run.stderr).toContain('redaction.extraKeys: expected a list of texts');
  expect(attributes['db.password']).toBe(KEY);
});

test('doctor: says which policy is in force, why off is refused, and never the pseudonym key', async () => {
  using project = temporaryDirectory();
  const { stdout } = await runCli(['doctor'], {
    cwd: project.path,
    env: {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      NODE_ENV: 'production',
      AGENTLOG_REDACTION: 'off',
      AGENTLOG_PSEUDONYM_KEY: 'key-of-the-test',
    },
  });
  expect(stdout).toMatch(/redaction\.policy +default {2}\[AGENTLOG_REDACTION\]/);
  expect(stdout).toMatch(/redaction\.pseudonymKey +\*\*\* {2}\[AGENTLOG_PSEUDONYM_KEY\]/);
  expect(stdout).toContain('"off" is refused under NODE_ENV=production');
  expect(stdout).not.toContain('key-of-the-test');
});

test.each(['start', 'preset'])(
  'redaction: the masked values are counted by rule as a metric: %s',
  async (way) => {
    const receiver = await startReceiver();
    const run = await runApp('redaction.mjs', {
      nodeArgs: [],
      env: {
        WAY: way,
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_METRICS_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        AGENTLOG_LOCAL: 'off',
      },
    });
    await receiver.close();
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const all = receiver.bodies.map((body) => JSON.parse(body.toString()));
    const found = all
      .flatMap((body) => body.resourceMetrics ?? [])
      .flatMap((resource) => resource.scopeMetrics)
      .flatMap((scope) => scope.metrics)
      .filter((metric) => metric.name === 'agentlog.redaction.masked')
      .flatMap((metric) => metric.sum.dataPoints);
    const byRule = found.map((point) => [
      point.attributes[0].value.stringValue,
      Number(point.asInt ?? point.asDouble),
    ]);
    expect(Object.fromEntries(byRule)).toMatchObject({ 'sensitive-key': 2, 'npm-token': 1 });
  },
);

test.each(['start', 'preset'])(
  'redaction: what the SDK says of itself under OTEL_LOG_LEVEL=all holds no secret: %s',
  async (way) => {
    using directory = temporaryDirectory();
    const secrets = ['inTheFlag', 'inTheList', 'inAnAttribute', 'inASetting'].map(
      (name) => `${name}-hunter2-swordfish`,
    );
    const run = await runApp('redaction.mjs', {
      nodeArgs: [],
      args: [`--db-password=${secrets[0]}`, '--api-token', secrets[1] as string],
      env: {
        WAY: way,
        OTEL_LOG_LEVEL: 'all',
        OTEL_RESOURCE_ATTRIBUTES: `deploy.password=${secrets[2]},team=blue`,
        OTEL_TRACES_SAMPLER: `password=${secrets[3]}`,
        OTEL_PROPAGATORS: `tracecontext,password=${secrets[3]}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
        OTEL_METRICS_EXPORTER: 'none',
        AGENTLOG_DIR: join(directory.path, '.agentlog'),
      },
    });
    expect(run.code).toBe(0);
    // The resource itself is said: what is masked is in it.
    expect(run.stdout).toContain('deploy.password');
    expect(run.stderr).toContain('OTEL_TRACES_SAMPLER');
    for (const secret of secrets) expect(run.stdout + run.stderr).not.toContain(secret);
  },
);
