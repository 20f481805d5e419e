// Ends a few spans, then ends itself in the way the first argument names.
import { trace } from '@opentelemetry/api';

const tracer = trace.getTracer('app');
for (let i = 0; i < 5; i++) tracer.startSpan(`work ${i}`).end();

const end = process.env.APP_END ?? 'clean';
if (end === 'throw') throw new Error('the app failed');
if (end === 'reject') Promise.reject(new Error('the app failed'));
if (end === 'exit') process.exit(3);
if (end === 'abort') setTimeout(() => process.abort(), 300);
if (end === 'wait' || end === 'own-listener') {
  if (end === 'own-listener') {
    process.on('SIGTERM', () => {
      console.log('closing');
      clearInterval(timer);
    });
  }
  const timer = setInterval(() => {}, 1000);
  console.log('ready');
}
