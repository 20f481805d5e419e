// Ends APP_SPANS spans (default 50) of APP_BYTES each (default 0) in five steps and lives APP_MS (default 0) longer;
// prints the counters at its exit.
import { start } from '@agentlog/otel';
import { trace } from '@opentelemetry/api';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const telemetry = start();
process.on('exit', () => console.log(JSON.stringify(telemetry.status())));

const tracer = trace.getTracer('app');
const count = Number(process.env.APP_SPANS ?? 50);
const note = 'x'.repeat(Number(process.env.APP_BYTES ?? 0));
const attributes = note === '' ? {} : { note };
for (let step = 0; step < 5; step++) {
  for (let i = 0; i < count / 5; i++) {
    tracer.startSpan(`work ${step * (count / 5) + i}`, { attributes }).end();
  }
  await sleep(30);
}
await sleep(Number(process.env.APP_MS ?? 0));
