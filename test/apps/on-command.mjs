// Reads lines: a number ends so many spans, `end` ends the app. Prints `ready`, `ended <n>` for each number, and the
// counters at its exit.
import { createInterface } from 'node:readline';
import { start } from '@agentlog/otel';
import { trace } from '@opentelemetry/api';

const telemetry = start();
process.on('exit', () => console.log(JSON.stringify(telemetry.status())));
const tracer = trace.getTracer('app');
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break;
  for (let i = 0; i < Number(line); i++) tracer.startSpan(`work ${i}`).end();
  console.log(`ended ${line}`);
}
process.stdin.destroy();
