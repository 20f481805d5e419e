import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Receiver, startReceiver } from '../e2e/receiver.ts';
import { temporaryDirectory } from '../e2e/run-app.ts';
import { runCli } from './run-cli.ts';

let receiver: Receiver;
let project: ReturnType<typeof temporaryDirectory>;

beforeEach(async () => {
  receiver = await startReceiver();
  project = temporaryDirectory();
});

afterEach(async () => {
  await receiver.close();
  project[Symbol.dispose]();
});

function doctor(env: Record<string, string> = {}, ...args: string[]) {
  return runCli(['doctor', ...args], {
    cwd: project.path,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env },
  });
}

/** A package as far as `node_modules` goes. */
function install(name: string, version = '1.0.0', below = ''): void {
  const directory = join(project.path, below, 'node_modules', name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name, version }));
}

test('doctor: when all is well it says what is in force and where from, writes nothing, and exits 0', async () => {
  install('pg', '8.23.1');
  const { code, stdout, stderr } = await doctor({
    OTEL_BSP_SCHEDULE_DELAY: '123',
    OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'undici',
    AGENTLOG_FLUSH_TIMEOUT_MS: '777',
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`Node ${process.versions.node}; hooks for import: synchronous`);
  expect(stdout).toContain('one copy of each');
  for (const signal of ['traces', 'logs', 'metrics']) {
    expect(stdout).toContain(`ok    ${signal} to ${receiver.url}/v1/${signal} (http/json)`);
  }
  expect(stdout).toMatch(/^ {2}pg \(pg\)$/m);
  expect(stdout).toContain('not undici: disabled by OTEL_NODE_DISABLED_INSTRUMENTATIONS');
  expect(stdout).toMatch(/not installed: .*koa/);
  expect(stdout).toMatch(/span queue.* every 123 ms.* \[OTEL_BSP_SCHEDULE_DELAY\]/);
  expect(stdout).toMatch(/flushTimeoutMs +777 {2}\[AGENTLOG_FLUSH_TIMEOUT_MS\]/);
  expect(stdout).toMatch(/log queue.*\[default\]/);
  expect(readdirSync(project.path)).toEqual(['node_modules']);
  expect(receiver.requests.map(({ path }) => path).sort()).toEqual(['/v1/logs', '/v1/metrics', '/v1/traces']);
});

test('doctor: a collector that does not answer loses telemetry: exit 1', async () => {
  await receiver.close();
  const { code, stdout, stderr } = await doctor();
  expect(code).toBe(1);
  expect(stdout).toContain(`FAIL  traces to ${receiver.url}/v1/traces (http/json): ECONNREFUSED`);
  expect(stderr).toMatch(/^agentlog-otel: Telemetry would be lost: traces cannot be sent to .*ECONNREFUSED/);
});

test('doctor: a collector that refuses loses telemetry: exit 1', async () => {
  const refusing = await startReceiver({ status: 401 });
  const { code, stderr } = await doctor({ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${refusing.url}/v1/logs` });
  await refusing.close();
  expect(code).toBe(1);
  expect(stderr).toContain(`logs cannot be sent to ${refusing.url}/v1/logs: HTTP 401`);
  expect(stderr).not.toContain('traces cannot');
});

test('doctor: a directory that others may enter loses telemetry: exit 1', async () => {
  mkdirSync(join(project.path, 'open'));
  chmodSync(join(project.path, 'open'), 0o755);
  const { code, stderr } = await doctor({ AGENTLOG_DIR: 'open' });
  expect(code).toBe(1);
  expect(stderr).toContain('the local files cannot be written');
});

test.each([
  [{ OTEL_SDK_DISABLED: 'true' }, 'recording is off'],
  [
    {
      AGENTLOG_LOCAL: 'off',
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
    },
    'no destination',
  ],
])('doctor: %j records nothing: exit 1', async (env, message) => {
  const { code, stderr } = await doctor(env);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});

test('doctor: local files alone are enough', async () => {
  const none = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };
  expect(await doctor(none)).toMatchObject({ code: 0, stderr: '' });
});

test('doctor: secrets are masked, in text and in JSON', async () => {
  const password = ['hunter', '2hunter', '2'].join('');
  const url = receiver.url.replace('//', `//ada:${password}@`);
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${password},x-api-key=${password}`,
    OTEL_RESOURCE_ATTRIBUTES: `db.password=${password}`,
  };
  for (const args of [[], ['--json']]) {
    const { stdout, stderr } = await doctor(env, ...args);
    expect(stdout).toContain('authorization');
    expect(stdout + stderr).not.toContain(password);
  }
});

test('doctor: a secret in the wrong setting, or in an address without its scheme, is masked', async () => {
  const password = ['hunter', '2hunter', '2'].join('');
  for (const wrong of [
    { OTEL_TRACES_SAMPLER: `password=${password}` },
    { OTEL_PROPAGATORS: `tracecontext,password=${password}` },
    { OTEL_EXPORTER_OTLP_PROTOCOL: `customer-ref=${password}`, AGENTLOG_REDACTION_KEYS: 'customer ref' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: `ada:${password}@collector:4318` },
    { AGENTLOG_REDACTION: 'off', OTEL_RESOURCE_ATTRIBUTES: `db.password=${password}` },
  ]) {
    for (const args of [[], ['--json']]) {
      const { stdout, stderr } = await doctor(wrong, ...args);
      expect(stdout + stderr, Object.keys(wrong)[0]).not.toContain(password);
    }
  }
});

test('doctor: a value of the environment cannot leave its line', async () => {
  const { stdout } = await doctor({ OTEL_SERVICE_NAME: 'a\nDestinations\u001b[31m' });
  expect(stdout.match(/^Destinations$/gm)).toHaveLength(1);
  expect(stdout).not.toContain('\u001b');
});

test('doctor: no collector at the default address is no failure: one warning, exit 0', async () => {
  const { code, stdout, stderr } = await doctor({ OTEL_EXPORTER_OTLP_ENDPOINT: '' });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toContain('FAIL');
  const isThere = stdout.includes('ok    traces to http://localhost:4318');
  if (!isThere) expect(stdout).toMatch(/Warnings\n {2}no collector at http:\/\/localhost:4318, .*\n$/);
});

test('doctor: a library of a version that nothing is known of is named, with what is', async () => {
  install('express', '99.1.0');
  install('pg', '8.23.1');
  install('pg-pool', '77.0.0');
  const { code, stdout } = await doctor();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}not express: express 99\.1\.0 is not >=4\.0\.0 <6$/m);
  expect(stdout).toMatch(/^ {2}pg \(pg, pg-pool\)$/m);
});

test('doctor: two copies of a package of OpenTelemetry are named', async () => {
  install('@opentelemetry/api', '1.9.0');
  install('@opentelemetry/api', '1.8.0', 'node_modules/other');
  const { code, stdout } = await doctor();
  expect(code).toBe(0);
  expect(stdout).toContain('more than one copy');
  expect(stdout).toMatch(/@opentelemetry\/api is there 3 times \(.*1\.8\.0.*1\.9\.0/);
});

test('doctor: --json has the same facts', async () => {
  const { code, stdout } = await doctor({ OTEL_TRACES_SAMPLER: 'no-such' }, '--json');
  expect(code).toBe(0);
  const diagnosis = JSON.parse(stdout);
  expect(diagnosis).toMatchObject({
    node: { version: process.versions.node },
    losses: [],
    warnings: [expect.stringContaining('OTEL_TRACES_SAMPLER: "no-such" is unknown')],
  });
  expect(diagnosis.settings).toContainEqual({
    name: 'sampler',
    value: 'parentbased, root always_on',
    from: 'OTEL_TRACES_SAMPLER',
  });
  expect(existsSync(join(project.path, '.agentlog'))).toBe(false);
});

test('doctor: with OTEL_CONFIG_FILE it says so and names what is not supported', async () => {
  const file = join(project.path, 'otel.yaml');
  const exporter = `{ otlp_http: { endpoint: "${receiver.url}/file/traces", encoding: json } }`;
  writeFileSync(
    file,
    `file_format: "1.0"\nlog_level: debug\ntracer_provider: { processors: [{ batch: { exporter: ${exporter} } }] }\n`,
  );
  const { code, stdout } = await doctor({ OTEL_CONFIG_FILE: file });
  expect(code).toBe(0);
  expect(stdout).toContain(`ok    traces to ${receiver.url}/file/traces (http/json)`);
  expect(stdout).toMatch(/sampler .*\[OTEL_CONFIG_FILE\]/);
  expect(stdout).toContain('OTEL_CONFIG_FILE: not supported and left out: log_level');
});
