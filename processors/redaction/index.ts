export { createRedactingPropagator, redactBaggage } from './propagator.ts';
export { redactLog } from './redact-log.ts';
export { redactMetrics } from './redact-metrics.ts';
export { redactSpan } from './redact-span.ts';
