// Dies, or nearly, in the middle of two open spans, in the way APP_END names.
import { trace } from '@opentelemetry/api';

const tracer = trace.getTracer('app');
const end = process.env.APP_END;

if (end === 'survive') {
  process.on('uncaughtException', () => {
    console.log('caught it');
  });
}

setTimeout(() => {
  tracer.startActiveSpan('GET /checkout', (root) => {
    console.log(root.spanContext().traceId);
    tracer.startActiveSpan('charge', () => {
      tracer.startSpan('SELECT cart').end();
      if (end === 'wait') {
        console.log('ready');
        setInterval(() => {}, 1000);
      } else if (end === 'exit') process.exit(3);
      else if (end === 'reject') Promise.reject(new RangeError('card declined'));
      else throw new RangeError('card declined');
    });
  });
}, 1);
