// Preloaded: starts upstream's SDK with our preset; the life cycle begins with the first span, which is late.
import { preset } from '@agentlog/otel';
import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';

new NodeSDK(preset()).start();
const tracer = trace.getTracer('app');
const { getTracer } = trace;
const held = [];
// The app's spans are held back until it has added its listeners.
trace.getTracer = () => ({ startSpan: (name) => ({ end: () => held.push(name) }) });
setTimeout(() => {
  trace.getTracer = getTracer;
  for (const name of held) tracer.startSpan(name).end();
});
