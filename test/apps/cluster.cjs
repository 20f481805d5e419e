// A primary and two workers; each makes spans named after its process.
const cluster = require('node:cluster');
const { trace } = require('@opentelemetry/api');

for (let i = 0; i < 3; i++) trace.getTracer('app').startSpan(`pid ${process.pid}`).end();
if (cluster.isPrimary) {
  for (let i = 0; i < 2; i++) cluster.fork();
} else {
  process.disconnect();
}
