import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runApp, temporaryDirectory } from './run-app.ts';

const STOCK = ['--import', '@opentelemetry/auto-instrumentations-node/register'];
const OURS = ['--import', '@agentlog/otel/register'];

let directory: ReturnType<typeof temporaryDirectory>;
let url: string;
let arrived: string[] = [];
let close: () => void;

/** Makes `<name>.pem` and `<name>.key` in the directory. */
function makeCertificate(name: string, subject: readonly string[]): void {
  const file = (extension: string) => join(directory.path, `${name}.${extension}`);
  const files = ['-keyout', file('key'), '-out', file('pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...kind, ...files, ...subject], { stdio: 'ignore' });
}

beforeAll(async () => {
  directory = temporaryDirectory();
  makeCertificate('server', ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']);
  makeCertificate('client', ['-subj', '/CN=app']);
  const read = (name: string) => readFileSync(join(directory.path, name));
  const server = createServer(
    { key: read('server.key'), cert: read('server.pem'), ca: read('client.pem'), requestCert: true },
    (request, response) => {
      arrived.push(request.url ?? '');
      request.resume().on('end', () => response.end('{}'));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => server.close().closeAllConnections();
});

afterAll(() => {
  close();
  directory[Symbol.dispose]();
});

/** What reaches a collector that asks for a client's certificate. */
async function arrivesFrom(nodeArgs: readonly string[], env: Record<string, string>): Promise<string[]> {
  arrived = [];
  const run = await runApp('config.cjs', {
    nodeArgs,
    env: {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_CERTIFICATE: join(directory.path, 'server.pem'),
      OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
      OTEL_NODE_RESOURCE_DETECTORS: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      AGENTLOG_LOCAL: 'off',
      ...env,
    },
  });
  expect(run.code).toBe(0);
  return [...new Set(arrived)].sort();
}

const certificate = (signal: string) => ({
  [`OTEL_EXPORTER_OTLP_${signal}CLIENT_CERTIFICATE`]: join(directory.path, 'client.pem'),
  [`OTEL_EXPORTER_OTLP_${signal}CLIENT_KEY`]: join(directory.path, 'client.key'),
});

test.each([
  ['no certificate: nothing arrives', () => ({}), []],
  ['OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and _KEY', () => certificate(''), ['/v1/logs', '/v1/traces']],
  ['those of one signal', () => certificate('TRACES_'), ['/v1/traces']],
  [
    'the authority of one signal',
    () => ({
      ...certificate(''),
      OTEL_EXPORTER_OTLP_CERTIFICATE: '',
      OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE: join(directory.path, 'server.pem'),
    }),
    ['/v1/logs'],
  ],
])('mutual TLS: %s, with us as with the stock register', async (_, env, expected) => {
  expect(await arrivesFrom(OURS, env())).toEqual(expected);
  expect(await arrivesFrom(STOCK, env())).toEqual(expected);
});
