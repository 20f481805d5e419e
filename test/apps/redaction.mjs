// Starts with the options of `GIVEN` (JSON) and ends one span with secrets of several kinds.
import { preset, start } from '@agentlog/otel';
import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';

const given = JSON.parse(process.env.GIVEN ?? '{}');
let telemetry;
if (process.env.WAY === 'preset') {
  telemetry = new NodeSDK(preset(given));
  telemetry.start();
} else telemetry = start(given);
const span = trace.getTracer('app').startSpan('work');
span.setAttributes({
  'db.password': ['hunter2', 'swordfish'].join('-'),
  'app.customerRef': ['cust', '20417'].join('-'),
  'debug.token': ['debug', '4711'].join('-'),
  auth: ['weak', 'x91'].join('-'),
  note: `mail to ${['ada', 'example.org'].join('@')}, sent npm_${'aB3dE6gH9'.repeat(4)}`,
});
span.end();
if (process.env.WAY) await new Promise((done) => setTimeout(done, 150));
await telemetry.shutdown();
