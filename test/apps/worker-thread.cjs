// The worker of worker.mjs.
const { trace } = require('@opentelemetry/api');

trace.getTracer('app').startSpan('worker').end();
