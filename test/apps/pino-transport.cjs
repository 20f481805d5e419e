// Logs through a pino transport, which is a worker thread, inside a span.
const pino = require('pino');
const { trace } = require('@opentelemetry/api');

const logger = pino(pino.transport({ target: 'pino/file', options: { destination: 1 } }));
trace.getTracer('app').startActiveSpan('work', (span) => {
  logger.info({ order: 7 }, 'charged');
  span.end();
});
