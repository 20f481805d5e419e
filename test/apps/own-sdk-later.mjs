// An app that starts an SDK of its own, with upstream's instrumentations and an exporter of its own, then serves a request.
import { metrics, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';

const sdk = new NodeSDK({
  serviceName: 'own',
  traceExporter: new OTLPTraceExporter({ url: process.env.OWN_URL }),
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation(), new UndiciInstrumentation()],
});
sdk.start();
trace.getTracer('app').startSpan('own work').end();
metrics.getMeter('app').createCounter('app.count').add(1);

const { default: express } = await import('express');
const { default: pino } = await import('pino');
const logger = pino(process.stdout);
const app = express();
app.get('/hello', (_, response) => {
  logger.info('hello');
  response.send('hello');
});
const server = app.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}/hello`;
  await (await fetch(url)).text();
  server.close();
  await sdk.shutdown();
});
