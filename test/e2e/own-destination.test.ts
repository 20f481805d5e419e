import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startReceiver } from './receiver.ts';
import { APPS, GENERATED, runApp, temporaryDirectory } from './run-app.ts';

/** A word that is a secret by its key, made here so that no scanner finds it in the repository. */
const SECRET = ['hunter', '2', 'and', 'more'].join('');

const app = (start: string) => `
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { preset, start } from '@agentlog/otel';
const destinations = [new OTLPTraceExporter({ url: process.env.OWN_URL + '/v1/traces' })];
${start}
trace.getTracer('app').startSpan('login', { attributes: { password: process.env.SECRET, user: 'ada' } }).end();
`;

test.each([
  ['start', 'start({ destinations });'],
  ['preset', 'const sdk = new NodeSDK(preset({ destinations })); sdk.start();'],
])(
  'own destination: an exporter of the user’s own, given to %s, gets the redacted copy',
  async (name, code) => {
    using directory = temporaryDirectory();
    const [ours, own] = [await startReceiver(), await startReceiver()];
    mkdirSync(GENERATED, { recursive: true });
    const file = join(GENERATED, `own-destination-${name}.mjs`);
    writeFileSync(file, app(code));
    const run = await runApp(file, {
      nodeArgs: [],
      cwd: APPS,
      env: {
        OWN_URL: own.url,
        OTEL_EXPORTER_OTLP_ENDPOINT: ours.url,
        AGENTLOG_DIR: join(directory.path, '.agentlog'),
        SECRET,
      },
    });
    await Promise.all([ours.close(), own.close()]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    for (const { spans, bodies } of [ours, own]) {
      expect(spans).toMatchObject([
        { name: 'login', attributes: { user: 'ada', 'agentlog.redaction.count': 1 } },
      ]);
      expect(Buffer.concat(bodies).includes(SECRET)).toBe(false);
    }
  },
);
