// Uses every part of the API that a standard variable can change, then prints what an outgoing request carried.
// CommonJS, because upstream's register hooks nothing in an ESM app.
const { createServer, get } = require('node:http');
const { context, diag, logs, metrics, propagation, ROOT_CONTEXT, trace } = require('@opentelemetry/api');

for (const level of ['error', 'warn', 'info', 'debug', 'verbose']) diag[level](`diag ${level}`);
main();

async function main() {
  const tracer = trace.getTracer('app');
  const pause = Number(process.env.APP_PAUSE_MS ?? 0);

  const meter = metrics.getMeter('app');
  meter.createCounter('requests').add(3, { route: '/a' });
  meter.createUpDownCounter('open').add(1);
  meter.createHistogram('latency').record(12);

  const wide = { a: 'abcdefghij', b: 2, c: 3, d: 4 };
  const other = {
    context: { traceId: '0'.repeat(31).concat('1'), spanId: '0'.repeat(15).concat('2'), traceFlags: 1 },
  };
  const span = tracer.startSpan('limits', {
    attributes: wide,
    links: [other, { ...other, attributes: wide }],
  });
  for (let i = 0; i < 3; i++) span.addEvent(`event ${i}`, wide);
  span.end();

  // A parent from outside that was sampled, and one that was not.
  for (const traceFlags of [1, 0]) {
    const parent = {
      traceId: `${traceFlags}`.repeat(32).replace(/^0/, 'a'),
      spanId: 'b'.repeat(16),
      traceFlags,
      isRemote: true,
    };
    tracer.startSpan(`remote ${traceFlags}`, {}, trace.setSpanContext(ROOT_CONTEXT, parent)).end();
  }
  const log = (i) => logs.getLogger('app').emit({ body: `line ${i}`, severityNumber: 9, attributes: wide });
  for (let i = 0; i < 2; i++) log(i);
  if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  for (let i = 0; i < 5; i++) tracer.startSpan(`work ${i}`).end();
  for (let i = 2; i < 5; i++) log(i);

  const server = createServer((request, response) => {
    const { traceparent, b3, 'x-b3-traceid': multi, baggage } = request.headers;
    console.log(JSON.stringify({ traceparent: !!traceparent, b3: !!b3, multi: !!multi, baggage: !!baggage }));
    response.end();
  });
  server.listen(0, '127.0.0.1', () => {
    const bag = propagation.createBaggage({ tenant: { value: 'blue' } });
    tracer.startActiveSpan('caller', {}, propagation.setBaggage(context.active(), bag), (caller) => {
      get({ port: server.address().port }, (response) => {
        response.resume().on('end', () => {
          caller.end();
          server.close();
        });
      });
    });
  });
}
