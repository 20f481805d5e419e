// Ends a few spans.
import { trace } from '@opentelemetry/api';

const tracer = trace.getTracer('app');
for (let i = 0; i < 5; i++) tracer.startSpan(`work ${i}`).end();
