// Ends a span every 10 ms, a hundred in all.
import { trace } from '@opentelemetry/api';

const tracer = trace.getTracer('app');
for (let i = 0; i < 100; i++) {
  tracer.startSpan(`work ${i}`).end();
  if (i === 50) console.log('half');
  await new Promise((resolve) => setTimeout(resolve, 10));
}
