// Serves HTTP whose handler does as much as a small request does: a few spans, log records, an outgoing call to itself.
// `/usage` gives the RSS after a full collection and the event loop's delay since the last time it was asked.
const { createServer, get } = require('node:http');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { logs, trace } = require('@opentelemetry/api');

const tracer = trace.getTracer('soak');
const logger = logs.getLogger('soak');
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

const server = createServer((request, response) => {
  if (request.url === '/usage') {
    globalThis.gc?.();
    const p99Ms = delay.percentile(99) / 1e6;
    delay.reset();
    response.end(JSON.stringify({ rssBytes: process.memoryUsage.rss(), p99Ms }));
  } else if (request.url === '/inner') response.end('inner');
  else
    tracer.startActiveSpan('work', (span) => {
      for (let i = 0; i < 5; i++) {
        const attributes = {
          'db.system.name': 'postgresql',
          'db.query.text': `SELECT * FROM t${i % 3} WHERE id = $1`,
          i,
        };
        tracer.startSpan('query', { kind: 2, attributes }).end();
      }
      logger.emit({ severityNumber: 9, body: `request ${request.url}` });
      get({ port: server.address().port, path: '/inner' }, (inner) => {
        inner.resume().on('end', () => {
          span.end();
          response.end('done');
        });
      });
    });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('SIGTERM', () => process.exit(0));
